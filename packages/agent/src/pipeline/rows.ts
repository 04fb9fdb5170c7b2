import type { BatchRow } from '@tomte/wire';
import type { Peer, Placement } from '../identity/cluster-view.ts';
import { unknownProcess } from '../identity/process-table.ts';
import type { ProcessIdentity } from '../identity/process-table.ts';
import type { ConnectionEvent, ProbeEvent, ProcessEvent, SyscallStatsEvent } from '../sources/source.ts';
import type { Connection } from './connection.ts';
import type { LossEntry } from './loss-ledger.ts';
import type { TimeLine } from './time-line.ts';

/** Rows of the tables that are written seldom: plain objects. */

/** Service of a process: the workload of its pod, else what its executable tells. */
export function serviceOf(process: ProcessIdentity, placement: Placement): string {
  return placement.workloadName === '' ? process.serviceName : placement.workloadName;
}

/**
 * Service of the other end: its workload, else the Kubernetes service that was asked for. Outside of the cluster nobody
 * else tells who it is: there it is what the client calls it.
 *
 * @param calledName host that the request or the ClientHello names, with or without a port; of a client's end only
 */
export function peerServiceOf(peer: Peer, calledName: string): string {
  if (peer.kind === 'external') return hostOf(calledName);
  return peer.workloadName === '' ? peer.serviceName : peer.workloadName;
}

/** RFC 3986 §3.2.2: an IPv6 address stands in brackets. */
function hostOf(authority: string): string {
  return authority.replace(/:\d{1,5}$/, '').toLowerCase();
}

function processColumnsOf(process: ProcessIdentity, placement: Placement) {
  return {
    pid: process.pid,
    process_start_time: process.startWallNs,
    process_name: process.name,
    process_executable: process.executable,
    process_command_line: process.commandLine,
    container_id: process.containerId,
    service_name: serviceOf(process, placement),
    k8s_namespace_name: placement.namespaceName,
    k8s_pod_name: placement.podName,
    k8s_pod_uid: placement.podUid,
    k8s_container_name: placement.containerName,
    k8s_workload_kind: placement.workloadKind,
    k8s_workload_name: placement.workloadName,
    k8s_node_name: placement.nodeName,
    k8s_service_name: placement.serviceName,
    k8s_unresolved_reason: placement.unresolvedReason,
  };
}

function peerColumnsOf(peer: Peer, calledName: string) {
  return {
    peer_service_name: peerServiceOf(peer, calledName),
    peer_kind: peer.kind,
    peer_k8s_namespace_name: peer.namespaceName,
    peer_k8s_pod_name: peer.podName,
    peer_k8s_workload_kind: peer.workloadKind,
    peer_k8s_workload_name: peer.workloadName,
    peer_k8s_node_name: peer.nodeName,
    peer_k8s_service_name: peer.serviceName,
    peer_unresolved_reason: peer.unresolvedReason,
  };
}

function toWhole(value: number): bigint {
  return BigInt(Math.max(0, Math.round(value)));
}

function endReasonOf(event: ConnectionEvent): BatchRow<'connections'>['end_reason'] {
  if (event.kind === 'failed') return 'connect_failed';
  return event.isReset ? 'reset' : 'closed';
}

export function toConnectionRow(
  event: ConnectionEvent,
  of: { connection: Connection; process: ProcessIdentity | undefined; placement: Placement; peer: Peer },
  timeLine: TimeLine,
): BatchRow<'connections'> {
  const { connection } = of;
  const isLocal = connection.clientIsLocal;
  return {
    end_time: timeLine.wallNs(event.atNs),
    duration_ns: connection.openedNs === undefined ? null : toWhole(event.atNs - connection.openedNs),
    connect_ns: connection.connectNs,
    end_reason: endReasonOf(event),
    error_number: event.errorNumber,
    sent_bytes: toWhole(event.sentBytes),
    received_bytes: toWhole(event.receivedBytes),
    retransmitted_segments: event.retransmittedSegments,
    round_trip_ns: event.roundTripNs === undefined ? null : toWhole(event.roundTripNs),
    protocol: connection.protocol === 'unknown' ? '' : connection.protocol,
    encrypted: connection.isEncrypted,
    tls_state: connection.tlsState,
    tls_server_name: connection.tlsFacts.serverName,
    tls_version: connection.tlsFacts.version,
    tls_cipher_suite: connection.tlsFacts.cipherSuite,
    tls_alpn: connection.tlsFacts.alpn,
    client_address: isLocal ? event.localAddress : event.remoteAddress,
    client_port: isLocal ? event.localPort : event.remotePort,
    server_address: isLocal ? event.remoteAddress : event.localAddress,
    server_port: isLocal ? event.remotePort : event.localPort,
    role: connection.rowRole,
    connection_id: connection.rowId,
    ...processColumnsOf(of.process ?? unknownProcess(connection.pid), of.placement),
    ...peerColumnsOf(of.peer, connection.rowRole === 'client' ? connection.tlsFacts.serverName : ''),
  };
}

export function toProcessRow(
  event: ProcessEvent,
  of: { process: ProcessIdentity; placement: Placement },
  timeLine: TimeLine,
): BatchRow<'process_events'> {
  return {
    time: timeLine.wallNs(event.atNs),
    event: event.kind,
    parent_pid: event.parentPid,
    exit_code: event.exitCode ?? null,
    exit_signal: event.exitSignal ?? null,
    ...processColumnsOf(of.process, of.placement),
  };
}

export function toSyscallRow(
  event: SyscallStatsEvent,
  of: { process: ProcessIdentity | undefined; placement: Placement },
  timeLine: TimeLine,
): BatchRow<'syscall_stats'> {
  return {
    interval_start: timeLine.wallNs(event.atNs - event.intervalNs),
    interval_ns: toWhole(event.intervalNs),
    syscall: event.syscall,
    call_count: event.callCount,
    error_count: event.errorCount,
    total_ns: event.totalNs,
    max_ns: event.maxNs,
    ...processColumnsOf(of.process ?? unknownProcess(event.pid), of.placement),
  };
}

export function toProbeRow(event: ProbeEvent, bootId: string, timeLine: TimeLine): BatchRow<'probe_status'> {
  return {
    time: timeLine.wallNs(event.atNs),
    boot_id: bootId,
    probe: event.probe,
    target: event.target,
    state: event.state,
    method: event.method,
    detail: event.detail,
  };
}

export function toLossRow(entry: LossEntry, timeLine: TimeLine): BatchRow<'loss'> {
  return {
    start_time: timeLine.wallNs(entry.startNs),
    end_time: timeLine.wallNs(entry.endNs),
    source: entry.source,
    reason: entry.reason,
    events: entry.events === null ? null : toWhole(entry.events),
    bytes: entry.bytes === null ? null : toWhole(entry.bytes),
    connection_id: entry.connectionId,
    role: entry.role,
    direction: entry.direction,
    first_byte: toWhole(entry.firstByte),
    detail: entry.detail,
  };
}
