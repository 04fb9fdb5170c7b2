import { readTraceContext } from '@tomte/protocols';
import type { Exchange } from '@tomte/protocols';
import type { BlockBuilder } from '@tomte/wire';
import type { Peer, Placement } from '../identity/cluster-view.ts';
import { unknownProcess } from '../identity/process-table.ts';
import type { ProcessIdentity } from '../identity/process-table.ts';
import type { Redactor } from '../redaction/redactor.ts';
import type { Connection } from './connection.ts';
import { peerServiceOf, serviceOf } from './rows.ts';
import type { TimeLine } from './time-line.ts';
import type { IdentifiedExchange } from './waiting-exchanges.ts';

export interface RequestRowContext {
  readonly timeLine: TimeLine;
  readonly redactor: Redactor;
  /** Rows carry no headers or bodies when the governor says so. */
  readonly detail: 'bodies' | 'headers' | 'none';
}

const noHeaders: ReadonlyMap<string, string> = new Map();
const noBytes = new Uint8Array(0);
const noAddress = new Uint8Array(16);

/**
 * Writes one exchange as a row of `requests`, straight into the columns: this runs once for each
 * request of the node, so it makes no row object.
 */
export function writeRequestRow(
  builder: BlockBuilder<'requests'>,
  of: IdentifiedExchange,
  context: RequestRowContext,
): void {
  const { exchange } = of;
  writeTimes(builder, exchange, context.timeLine);
  writeMessage(builder, exchange, of.connection);
  writeContent(builder, exchange, context);
  builder.columns.unpaired_reason.put(of.connection.unpairedReason(exchange));
  writeEnds(builder, of.connection);
  writeProcess(builder, of.process ?? unknownProcess(of.connection.pid), of.placement);
  writePlacement(builder, of.placement);
  writePeer(builder, of.peer, calledName(of, context));
  builder.endRow();
}

function between(fromNs: number | null, toNs: number | null): number | null {
  return fromNs === null || toNs === null ? null : Math.max(0, Math.round(toNs - fromNs));
}

function writeTimes({ columns }: BlockBuilder<'requests'>, exchange: Exchange, timeLine: TimeLine): void {
  timeLine.putWallNs(columns.start_time, exchange.requestStartNs);
  columns.duration_ns.putNumber(between(exchange.requestStartNs, exchange.responseEndNs));
  columns.time_to_first_byte_ns.putNumber(between(exchange.requestEndNs, exchange.responseStartNs));
  columns.request_transfer_ns.putNumber(between(exchange.requestStartNs, exchange.requestEndNs));
}

function writeMessage(
  { columns }: BlockBuilder<'requests'>,
  exchange: Exchange,
  connection: Connection,
): void {
  columns.exchange_index.put(exchange.index);
  columns.protocol.put(exchange.protocol);
  columns.protocol_version.put(exchange.protocolVersion);
  columns.encrypted.put(connection.isEncrypted);
  columns.method.put(exchange.method);
  columns.status_code.put(exchange.statusCode);
  columns.outcome.put(exchange.outcome);
  columns.request_bytes.putNumber(exchange.requestBytes);
  columns.request_body_bytes.putNumber(exchange.requestBodyBytes);
  columns.response_bytes.putNumber(exchange.responseBytes);
  columns.response_body_bytes.putNumber(exchange.responseBodyBytes);
  columns.request_missing_bytes.putNumber(exchange.requestMissingBytes);
  columns.response_missing_bytes.putNumber(exchange.responseMissingBytes);
  columns.missing_reason.put(exchange.missingReason);
  const trace = readTraceContext(exchange.requestHeaders);
  columns.trace_id.put(trace.traceId);
  columns.span_id.put(trace.spanId);
}

function writeContent(
  builder: BlockBuilder<'requests'>,
  exchange: Exchange,
  context: RequestRowContext,
): void {
  const { columns } = builder;
  const { redactor, detail } = context;
  columns.host.put(redactor.text(exchange.host));
  columns.path.put(redactor.text(exchange.path));
  columns.query.put(exchange.query === '' ? '' : redactor.text(exchange.query));
  const hasHeaders = detail !== 'none';
  columns.request_headers.putMap(hasHeaders ? redactor.headers(exchange.requestHeaders) : noHeaders);
  columns.response_headers.putMap(hasHeaders ? redactor.headers(exchange.responseHeaders) : noHeaders);
  const hasBodies = detail === 'bodies';
  columns.request_body.putBytes(hasBodies ? redactor.body(exchange.requestBody) : noBytes);
  columns.response_body.putBytes(hasBodies ? redactor.body(exchange.responseBody) : noBytes);
  columns.attributes.putMap(
    exchange.attributes.size === 0 ? noHeaders : redactor.headers(exchange.attributes),
  );
}

/**
 * Where neither the handshake nor a request tells which end is which, the local one stands in the
 * server's columns, and `role` says unknown.
 */
function writeEnds({ columns }: BlockBuilder<'requests'>, connection: Connection): void {
  const at = connection.addresses;
  const isLocal = connection.clientIsLocal;
  columns.client_address.put((isLocal ? at?.localAddress : at?.remoteAddress) ?? noAddress);
  columns.client_port.put((isLocal ? at?.localPort : at?.remotePort) ?? 0);
  columns.server_address.put((isLocal ? at?.remoteAddress : at?.localAddress) ?? noAddress);
  columns.server_port.put((isLocal ? at?.remotePort : at?.localPort) ?? 0);
  columns.role.put(connection.rowRole);
  columns.connection_id.put(connection.rowId);
}

function writeProcess(
  { columns }: BlockBuilder<'requests'>,
  process: ProcessIdentity,
  placement: Placement,
): void {
  columns.service_name.put(serviceOf(process, placement));
  columns.pid.put(process.pid);
  columns.process_start_time.put(process.startWallNs);
  columns.process_name.put(process.name);
  columns.process_executable.put(process.executable);
  columns.process_command_line.put(process.commandLine);
  columns.container_id.put(process.containerId);
}

function writePlacement({ columns }: BlockBuilder<'requests'>, placement: Placement): void {
  columns.k8s_namespace_name.put(placement.namespaceName);
  columns.k8s_pod_name.put(placement.podName);
  columns.k8s_pod_uid.put(placement.podUid);
  columns.k8s_container_name.put(placement.containerName);
  columns.k8s_workload_kind.put(placement.workloadKind);
  columns.k8s_workload_name.put(placement.workloadName);
  columns.k8s_node_name.put(placement.nodeName);
  columns.k8s_service_name.put(placement.serviceName);
  columns.k8s_unresolved_reason.put(placement.unresolvedReason);
}

/** Needed outside of the cluster alone: it costs a redaction. */
function calledName(
  { exchange, connection, peer }: IdentifiedExchange,
  { redactor }: RequestRowContext,
): string {
  if (peer.kind !== 'external' || connection.rowRole !== 'client') return '';
  return redactor.text(exchange.host) || connection.tlsFacts.serverName;
}

/**
 * The other end by its address. The Host header is what the client called it, a proxy or an alias as often as not: it
 * counts only outside of the cluster. Where both ends were seen, views take the other end's row by its pair key.
 */
function writePeer({ columns }: BlockBuilder<'requests'>, peer: Peer, calledName: string): void {
  columns.peer_service_name.put(peerServiceOf(peer, calledName));
  columns.peer_kind.put(peer.kind);
  columns.peer_k8s_namespace_name.put(peer.namespaceName);
  columns.peer_k8s_pod_name.put(peer.podName);
  columns.peer_k8s_workload_kind.put(peer.workloadKind);
  columns.peer_k8s_workload_name.put(peer.workloadName);
  columns.peer_k8s_node_name.put(peer.nodeName);
  columns.peer_k8s_service_name.put(peer.serviceName);
  columns.peer_unresolved_reason.put(peer.unresolvedReason);
}
