import { lossReasons } from '@tomte/model';
import type {
  ConnectionEvent,
  DataEvent,
  EventSink,
  ProbeEvent,
  ProcessEvent,
  SyscallStatsEvent,
} from '../sources/source.ts';
import type { SourceCounters, SourceLoss } from '../sources/source.ts';
import { ByteReader, type ByteWriter } from './byte-codec.ts';

/** Kinds of a recording's events. Append only. */
const KIND = {
  data: 1,
  connection: 2,
  process: 3,
  syscalls: 4,
  counters: 5,
  loss: 6,
  probe: 7,
  clock: 8,
} as const;

const connectionKinds = ['seen', 'opened', 'failed', 'closed', 'tls_bound', 'tls_unbound'] as const;
const roles = ['unknown', 'client', 'server'] as const;
const processKinds = ['seen', 'exec', 'exit'] as const;
const probeStates = ['attached', 'absent', 'failed', 'detached', 'disabled'] as const;
const cutReasons = ['', 'capture_limit', 'read_fault', 'governor', 'not_in_memory'] as const;

const MAX_EVENT_BYTES = 1024 * 1024;
const MAX_TEXT_BYTES = 65_536;
const ADDRESS_BYTES = 16;
const IS_RECEIVED = 1;
const IS_PLAINTEXT = 2;
/** An absent number; no time or count is negative. */
const ABSENT = -1;

/** Encodes events one after the other: a kind, a length, the fields in a fixed order. */
export class EventEncoder implements EventSink {
  readonly #out: ByteWriter;

  constructor(out: ByteWriter) {
    this.#out = out;
  }

  data(event: DataEvent): void {
    const out = this.#out;
    this.#record(KIND.data, () => {
      out.float64(event.atNs);
      out.float64(event.connectionId);
      out.uint32(event.pid);
      out.uint8(
        (event.direction === 'received' ? IS_RECEIVED : 0) | (event.isPlaintextOfTls ? IS_PLAINTEXT : 0),
      );
      out.uint8(cutReasons.indexOf(event.cutReason));
      out.float64(event.position);
      out.float64(event.trueBytes);
      out.bytes(event.bytes);
    });
  }

  connection(event: ConnectionEvent): void {
    const out = this.#out;
    this.#record(KIND.connection, () => {
      out.float64(event.atNs);
      out.float64(event.connectionId);
      out.uint32(event.pid);
      out.uint8(connectionKinds.indexOf(event.kind));
      out.uint8(roles.indexOf(event.role));
      out.uint8((event.fromStart ? 1 : 0) | (event.isReset ? 2 : 0));
      out.float64(event.connectStartNs ?? ABSENT);
      out.uint32(event.errorNumber);
      out.float64(event.sentBytes);
      out.float64(event.receivedBytes);
      out.uint32(event.retransmittedSegments);
      out.float64(event.roundTripNs ?? ABSENT);
      out.uint32(event.networkNamespace);
      out.int64(event.cgroupId);
      out.bytes(event.localAddress);
      out.uint32(event.localPort);
      out.bytes(event.remoteAddress);
      out.uint32(event.remotePort);
      out.uint8(event.isTls ? 1 : 0);
      out.float64(event.plaintextSentBytes);
      out.float64(event.plaintextReceivedBytes);
      out.uint32(event.initialSendSequence);
      out.uint32(event.initialReceiveSequence);
    });
  }

  process(event: ProcessEvent): void {
    const out = this.#out;
    this.#record(KIND.process, () => {
      out.float64(event.atNs);
      out.uint8(processKinds.indexOf(event.kind));
      out.uint32(event.pid);
      out.uint32(event.parentPid);
      out.int64(event.startWallNs ?? BigInt(ABSENT));
      out.text(event.executable.slice(0, MAX_TEXT_BYTES / 4));
      out.text(event.commandLine.slice(0, MAX_TEXT_BYTES / 4));
      out.text(event.containerId.slice(0, MAX_TEXT_BYTES / 4));
      out.float64(event.exitCode ?? ABSENT);
      out.float64(event.exitSignal ?? ABSENT);
    });
  }

  syscalls(event: SyscallStatsEvent): void {
    const out = this.#out;
    this.#record(KIND.syscalls, () => {
      out.float64(event.atNs);
      out.float64(event.intervalNs);
      out.uint32(event.pid);
      out.text(event.syscall);
      for (const value of [event.callCount, event.errorCount, event.totalNs, event.maxNs]) out.int64(value);
    });
  }

  counters(event: SourceCounters): void {
    const out = this.#out;
    this.#record(KIND.counters, () => {
      out.float64(event.atNs);
      const { capturedEvents, capturedBytes, droppedEvents, droppedBytes } = event;
      for (const value of [capturedEvents, capturedBytes, droppedEvents, droppedBytes]) out.int64(value);
    });
  }

  loss(event: SourceLoss): void {
    const out = this.#out;
    this.#record(KIND.loss, () => {
      out.float64(event.startNs);
      out.float64(event.endNs);
      out.text(event.source);
      out.uint8(lossReasons.indexOf(event.reason));
      out.int64(event.events ?? BigInt(ABSENT));
      out.int64(event.bytes ?? BigInt(ABSENT));
      out.text(event.detail);
    });
  }

  probe(event: ProbeEvent): void {
    const out = this.#out;
    this.#record(KIND.probe, () => {
      out.float64(event.atNs);
      out.text(event.probe);
      out.text(event.target);
      out.uint8(probeStates.indexOf(event.state));
      out.text(event.method);
      out.text(event.detail.slice(0, MAX_TEXT_BYTES / 4));
    });
  }

  clock(atNs: number, wallNs: bigint): void {
    this.#record(KIND.clock, () => {
      this.#out.float64(atNs);
      this.#out.int64(wallNs);
    });
  }

  #record(kind: number, write: () => void): void {
    this.#out.uint8(kind);
    const lengthAt = this.#out.length;
    this.#out.uint32(0);
    write();
    this.#out.patchUint32(lengthAt, this.#out.length - lengthAt - 4);
  }
}

/**
 * Hands the events of one chunk to a sink; the number that were read, and whether all were sound. An event
 * of an unknown kind is passed over.
 */
export function decodeEvents(
  chunk: Buffer,
  sink: EventSink,
): { readonly events: number; readonly isSound: boolean } {
  const reader = new ByteReader(chunk);
  let events = 0;
  while (!reader.isAtEnd) {
    const kind = reader.uint8();
    const body = new ByteReader(reader.bytes(MAX_EVENT_BYTES));
    if (reader.isBad || !decodeEvent(kind, body, sink)) return { events, isSound: false };
    events += 1;
  }
  return { events, isSound: true };
}

/** Nothing reaches the sink unless every field was sound. */
function decodeEvent(kind: number, body: ByteReader, sink: EventSink): boolean {
  switch (kind) {
    case KIND.data:
      return tell(body, readData(body), (event) => sink.data(event));
    case KIND.connection:
      return tell(body, readConnection(body), (event) => sink.connection(event));
    case KIND.process:
      return tell(body, readProcess(body), (event) => sink.process(event));
    case KIND.syscalls:
      return tell(body, readSyscalls(body), (event) => sink.syscalls(event));
    case KIND.counters:
      return tell(body, readCounters(body), (event) => sink.counters(event));
    case KIND.loss:
      return tell(body, readLoss(body), (event) => sink.loss(event));
    case KIND.probe:
      return tell(body, readProbe(body), (event) => sink.probe(event));
    case KIND.clock:
      return tell(body, { atNs: body.whole(), wallNs: body.int64() }, (event) =>
        sink.clock(event.atNs, event.wallNs),
      );
    default:
      return true;
  }
}

function tell<T>(body: ByteReader, event: T, deliver: (event: T) => void): boolean {
  if (!body.isBad) deliver(event);
  return !body.isBad;
}

function readData(body: ByteReader): DataEvent {
  const atNs = body.whole();
  const connectionId = body.whole();
  const pid = body.uint32();
  const flags = body.uint8();
  const cutReason = body.choice(cutReasons, '');
  const position = body.whole();
  const trueBytes = body.whole();
  const bytes = body.bytes(MAX_EVENT_BYTES);
  if (bytes.length > trueBytes || position + trueBytes > Number.MAX_SAFE_INTEGER) body.isBad = true;
  return {
    atNs,
    connectionId,
    pid,
    direction: (flags & IS_RECEIVED) === 0 ? 'sent' : 'received',
    isPlaintextOfTls: (flags & IS_PLAINTEXT) !== 0,
    position,
    trueBytes,
    bytes,
    cutReason,
  };
}

function readOptional(body: ByteReader): number | undefined {
  const value = body.float64();
  return value < 0 ? undefined : value;
}

function readConnection(body: ByteReader): ConnectionEvent {
  const atNs = body.whole();
  const connectionId = body.whole();
  const pid = body.uint32();
  const kind = body.choice(connectionKinds, 'seen');
  const role = body.choice(roles, 'unknown');
  const flags = body.uint8();
  const fields = {
    connectStartNs: readOptional(body),
    errorNumber: body.uint32(),
    sentBytes: body.whole(),
    receivedBytes: body.whole(),
    retransmittedSegments: body.uint32(),
    roundTripNs: readOptional(body),
    networkNamespace: body.uint32(),
    cgroupId: BigInt.asUintN(64, body.int64()),
    localAddress: readAddress(body),
    localPort: body.uint32() & 0xffff,
    remoteAddress: readAddress(body),
    remotePort: body.uint32() & 0xffff,
    ...readTlsTotals(body),
    ...readSequences(body),
  };
  return {
    kind,
    atNs,
    connectionId,
    pid,
    role,
    fromStart: (flags & 1) !== 0,
    isReset: (flags & 2) !== 0,
    ...fields,
  };
}

/** Recordings from before these fields were there end without them. */
function readTlsTotals(
  body: ByteReader,
): Pick<ConnectionEvent, 'isTls' | 'plaintextSentBytes' | 'plaintextReceivedBytes'> {
  if (body.isAtEnd) return { isTls: false, plaintextSentBytes: 0, plaintextReceivedBytes: 0 };
  return {
    isTls: body.uint8() !== 0,
    plaintextSentBytes: body.whole(),
    plaintextReceivedBytes: body.whole(),
  };
}

function readSequences(
  body: ByteReader,
): Pick<ConnectionEvent, 'initialSendSequence' | 'initialReceiveSequence'> {
  if (body.isAtEnd) return { initialSendSequence: 0, initialReceiveSequence: 0 };
  return { initialSendSequence: body.uint32(), initialReceiveSequence: body.uint32() };
}

function readAddress(body: ByteReader): Uint8Array {
  const address = body.bytes(ADDRESS_BYTES);
  if (address.length !== ADDRESS_BYTES) body.isBad = true;
  return Uint8Array.from(address);
}

function readProcess(body: ByteReader): ProcessEvent {
  const atNs = body.whole();
  const kind = body.choice(processKinds, 'seen');
  const pid = body.uint32();
  const parentPid = body.uint32();
  const startWallNs = body.int64();
  return {
    kind,
    atNs,
    pid,
    parentPid,
    startWallNs: startWallNs < 0n ? undefined : startWallNs,
    executable: body.text(MAX_TEXT_BYTES),
    commandLine: body.text(MAX_TEXT_BYTES),
    containerId: body.text(MAX_TEXT_BYTES),
    exitCode: readOptional(body),
    exitSignal: readOptional(body),
  };
}

function readCount(body: ByteReader): bigint {
  return BigInt.asUintN(64, body.int64());
}

function readSyscalls(body: ByteReader): SyscallStatsEvent {
  const atNs = body.whole();
  const intervalNs = body.whole();
  const pid = body.uint32();
  const syscall = body.text(MAX_TEXT_BYTES);
  const [callCount, errorCount, totalNs, maxNs] = [
    readCount(body),
    readCount(body),
    readCount(body),
    readCount(body),
  ];
  return { atNs, intervalNs, pid, syscall, callCount, errorCount, totalNs, maxNs };
}

function readCounters(body: ByteReader): SourceCounters {
  const atNs = body.whole();
  const [capturedEvents, capturedBytes] = [readCount(body), readCount(body)];
  return {
    atNs,
    capturedEvents,
    capturedBytes,
    droppedEvents: readCount(body),
    droppedBytes: readCount(body),
  };
}

function readLoss(body: ByteReader): SourceLoss {
  const startNs = body.whole();
  const endNs = body.whole();
  const source = body.text(MAX_TEXT_BYTES);
  const reason = body.choice(lossReasons, 'read_fault');
  const events = body.int64();
  const bytes = body.int64();
  const known = { events: events < 0n ? undefined : events, bytes: bytes < 0n ? undefined : bytes };
  return { startNs, endNs, source, reason, ...known, detail: body.text(MAX_TEXT_BYTES) };
}

function readProbe(body: ByteReader): ProbeEvent {
  const atNs = body.whole();
  const probe = body.text(MAX_TEXT_BYTES);
  const target = body.text(MAX_TEXT_BYTES);
  const state = body.choice(probeStates, 'absent');
  return { atNs, probe, target, state, method: body.text(MAX_TEXT_BYTES), detail: body.text(MAX_TEXT_BYTES) };
}
