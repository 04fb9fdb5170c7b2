import type { LoggedRequest } from '@tomte/workloads';
import type { Api } from '../harness/api.ts';

/** Bytes of one direction of a connection: from the first on, without the end. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Where a request and its response lie in the streams of their connection, by the server's own log. */
export interface Placed {
  readonly nonce: string;
  readonly clientPort: number;
  readonly request: Stretch;
  readonly response: Stretch;
}

/** A stretch that is told as lost, on the server's side of a connection. */
export interface Gap {
  readonly clientPort: number;
  readonly direction: string;
  readonly reason: string;
  readonly stretch: Stretch;
}

/** The log of a server whose clients never pipeline, in the order in which it answered. */
export function placeRequests(lines: readonly LoggedRequest[]): Placed[] {
  const ends = new Map<number, { request: number; response: number }>();
  return lines.map((line) => {
    const clientPort = Number(line.peer?.split(':').at(-1));
    const before = ends.get(clientPort) ?? { request: 0, response: 0 };
    const after = {
      request: before.request + (line.requestBytes ?? 0),
      response: before.response + (line.responseBytes ?? 0),
    };
    ends.set(clientPort, after);
    return {
      nonce: line.nonce,
      clientPort,
      request: { from: before.request, to: after.request },
      response: { from: before.response, to: after.response },
    };
  });
}

/** @param source whose positions are meant: those of ciphertext that was lost before a hello was seen are others. */
export async function readGaps(
  api: Api,
  serverPort: number,
  source: 'socket_data' | 'tls_data',
): Promise<Gap[]> {
  const rows = await api.rows(
    `SELECT c.client_port AS client_port, CAST(l.direction, 'String') AS direction, l.reason AS reason,
            l.first_byte AS first_byte, l.bytes AS bytes
     FROM loss AS l
     INNER JOIN (SELECT DISTINCT connection_id, client_port FROM connections
                 WHERE server_port = {serverPort:UInt16} AND role = 'server') AS c ON c.connection_id = l.connection_id AND l.role = 'server'
     WHERE l.connection_id != 0 AND l.source IN ({source:String}, 'requests')`,
    { serverPort, source },
  );
  return rows.map((row) => {
    const from = Number(row['first_byte']);
    return {
      clientPort: Number(row['client_port']),
      direction: String(row['direction']),
      reason: String(row['reason']),
      stretch: { from, to: from + Number(row['bytes']) },
    };
  });
}

/** Of these requests, the ones that no gap touches. */
export function outsideOfGaps(placed: readonly Placed[], gaps: readonly Gap[]): string[] {
  const byPort = Map.groupBy(gaps, ({ clientPort }) => clientPort);
  return placed.filter((one) => !touchesAny(one, byPort.get(one.clientPort) ?? [])).map(({ nonce }) => nonce);
}

/** Of these requests, the ones that a gap touches. */
export function insideOfGaps(placed: readonly Placed[], gaps: readonly Gap[]): string[] {
  const outside = new Set(outsideOfGaps(placed, gaps));
  return placed.filter(({ nonce }) => !outside.has(nonce)).map(({ nonce }) => nonce);
}

/** Seen from the server: it receives the request and sends the response. */
function touchesAny({ request, response }: Placed, gaps: readonly Gap[]): boolean {
  return gaps.some(({ direction, stretch }) => {
    const own = direction === 'received' ? request : response;
    return stretch.from < own.to && own.from < stretch.to;
  });
}
