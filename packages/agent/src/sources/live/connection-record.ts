import { connectionEventKind, connectionRole } from '@tomte/bpf-host';
import type { ConnectionEvent as ConnectionRecord } from '@tomte/bpf-host';
import type { ConnectionEvent, ConnectionRole } from '../source.ts';
import type { ListeningPorts } from './listening-ports.ts';

const kinds: Readonly<Record<number, ConnectionEvent['kind']>> = {
  [connectionEventKind.connectionSeen]: 'seen',
  [connectionEventKind.connectionOpened]: 'opened',
  [connectionEventKind.connectionFailed]: 'failed',
  [connectionEventKind.connectionClosed]: 'closed',
  [connectionEventKind.connectionTlsBound]: 'tls_bound',
};

const roles: Readonly<Record<number, ConnectionRole>> = {
  [connectionRole.roleClient]: 'client',
  [connectionRole.roleServer]: 'server',
};

/** What the kernel saw; failing that, whoever holds a port that is listened on is the server. */
function roleOf(record: ConnectionRecord, ports: ListeningPorts): ConnectionRole {
  const known = roles[record.role];
  if (known !== undefined) return known;
  const { networkNamespace, pid, localPort, at } = record;
  return ports.isListening(networkNamespace, pid, localPort, at) ? 'server' : 'unknown';
}

/** A copy that stays valid: the record and its addresses are views of the ring. */
export function toConnectionEvent(record: ConnectionRecord, ports: ListeningPorts): ConnectionEvent {
  return {
    kind: kinds[record.kind] ?? 'seen',
    atNs: record.at,
    connectionId: record.connectionId,
    pid: record.pid,
    role: roleOf(record, ports),
    fromStart: record.isFromStart !== 0,
    connectStartNs: Number.isNaN(record.connectStart) ? undefined : record.connectStart,
    errorNumber: record.errorNumber,
    isReset: record.isReset !== 0,
    sentBytes: record.sentBytes,
    receivedBytes: record.receivedBytes,
    isTls: record.isTls !== 0,
    plaintextSentBytes: record.plaintextSentBytes,
    plaintextReceivedBytes: record.plaintextReceivedBytes,
    retransmittedSegments: record.retransmittedSegments,
    roundTripNs: record.roundTripUs === 0 ? undefined : record.roundTripUs * 1000,
    networkNamespace: record.networkNamespace,
    cgroupId: record.cgroupId,
    initialSendSequence: record.initialSendSequence,
    initialReceiveSequence: record.initialReceiveSequence,
    localAddress: record.localAddress.slice(),
    localPort: record.localPort,
    remoteAddress: record.remoteAddress.slice(),
    remotePort: record.remotePort,
  };
}
