import type { Exchange } from '@tomte/protocols';
import type { ProcessTable } from '../identity/process-table.ts';
import type { Redactor } from '../redaction/redactor.ts';
import type { Connection } from './connection.ts';
import type { TimeLine } from './time-line.ts';

/** A request that has no end yet, as `/requests?state=open` lists it. Never stored. */
export interface OpenRequest {
  /** Nanoseconds since the Unix epoch, in decimal: JSON has no 64-bit numbers. */
  readonly startTimeNs: string;
  readonly ageMs: number;
  readonly protocol: string;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly statusCode: number | null;
  readonly role: string;
  readonly encrypted: boolean;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly connectionId: string;
  readonly exchangeIndex: number;
  readonly serviceName: string;
  readonly pid: number;
  readonly clientPort: number;
  readonly serverPort: number;
}

export interface OpenRequestQuery {
  readonly processes: ProcessTable;
  readonly redactor: Redactor;
  readonly timeLine: TimeLine;
  /** Requests that began at this time or before. */
  readonly olderThanNs: number;
  readonly nowNs: number;
  readonly maxCount: number;
}

export function listOpenRequests(
  connections: Iterable<Connection>,
  query: OpenRequestQuery,
): readonly OpenRequest[] {
  const found: { connection: Connection; exchange: Exchange }[] = [];
  for (const connection of connections) {
    for (const exchange of connection.openExchanges) {
      if (exchange.requestStartNs <= query.olderThanNs) found.push({ connection, exchange });
    }
  }
  found.sort((a, b) => a.exchange.requestStartNs - b.exchange.requestStartNs);
  return found
    .slice(0, query.maxCount)
    .map(({ connection, exchange }) => toOpenRequest(connection, exchange, query));
}

function toOpenRequest(connection: Connection, exchange: Exchange, query: OpenRequestQuery): OpenRequest {
  const { redactor, timeLine, nowNs } = query;
  const isLocal = connection.clientIsLocal;
  const at = connection.addresses;
  return {
    startTimeNs: timeLine.wallNs(exchange.requestStartNs).toString(),
    ageMs: Math.round((nowNs - exchange.requestStartNs) / 1e6),
    protocol: exchange.protocol,
    method: exchange.method,
    host: redactor.text(exchange.host),
    path: redactor.text(exchange.path),
    query: redactor.text(exchange.query),
    statusCode: exchange.statusCode,
    role: connection.rowRole,
    encrypted: connection.isEncrypted,
    requestBytes: exchange.requestBytes,
    responseBytes: exchange.responseBytes,
    connectionId: String(connection.rowId),
    exchangeIndex: exchange.index,
    serviceName: query.processes.get(connection.pid)?.serviceName ?? '',
    pid: connection.pid,
    clientPort: (isLocal ? at?.localPort : at?.remotePort) ?? 0,
    serverPort: (isLocal ? at?.remotePort : at?.localPort) ?? 0,
  };
}
