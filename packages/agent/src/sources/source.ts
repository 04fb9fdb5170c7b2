import type { LossReason } from '@tomte/model';

/**
 * Every source (live kernel, recording, pcap) speaks through this sink, in the order in which things
 * happened on one connection. All times are nanoseconds since the source's origin, exact as numbers
 * for 104 days; `SourceOrigin` and `clock` tie them to the wall.
 */
export interface EventSink {
  data(event: DataEvent): void;
  connection(event: ConnectionEvent): void;
  process(event: ProcessEvent): void;
  syscalls(event: SyscallStatsEvent): void;
  counters(event: SourceCounters): void;
  loss(event: SourceLoss): void;
  probe(event: ProbeEvent): void;
  /** A new pair of readings of both clocks; between two of them wall time is interpolated. */
  clock(atNs: number, wallNs: bigint): void;
}

export interface SourceOrigin {
  /** CLOCK_MONOTONIC (live) or the first packet's time (pcap) at `atNs` 0. */
  readonly monotonicNs: bigint;
  /** Unix epoch at `atNs` 0. */
  readonly wallNs: bigint;
}

export interface EventSource {
  readonly origin: SourceOrigin;
  /** Resolves when the source has nothing more (recording, pcap) or was stopped. */
  run(sink: EventSink, signal: AbortSignal): Promise<void>;
  /**
   * Every event that happened before this time was handed over; undefined while that cannot be said, as before
   * all probes are attached. Absent where events come in the order of their times.
   */
  handedOverToNs?(): number | undefined;
}

/** Seen from the observed process: what it wrote, or what it read. */
export type Direction = 'sent' | 'received';

/**
 * Bytes that one system call or one TLS call moved. The object and its bytes are reused: valid during
 * the call only. Plaintext of TLS has positions of its own (`isPlaintextOfTls`), apart from the socket's.
 */
export interface DataEvent {
  atNs: number;
  connectionId: number;
  pid: number;
  direction: Direction;
  isPlaintextOfTls: boolean;
  /** Position in the stream of the first byte, counted from when the connection was first seen. */
  position: number;
  /** True number of bytes moved. */
  trueBytes: number;
  /** The first `bytes.length` of them; fewer than `trueBytes` where a limit or a fault cut it. */
  bytes: Uint8Array;
  /** Why bytes.length < trueBytes; empty otherwise. */
  cutReason: '' | Extract<LossReason, 'capture_limit' | 'read_fault' | 'governor' | 'not_in_memory'>;
}

export interface SocketAddressPair {
  /** 16 bytes each, IPv4 as v4-mapped. */
  readonly localAddress: Uint8Array;
  readonly localPort: number;
  readonly remoteAddress: Uint8Array;
  readonly remotePort: number;
}

export type ConnectionRole = 'unknown' | 'client' | 'server';

export interface ConnectionEvent extends SocketAddressPair {
  /**
   * seen: first contact with a connection that may be older than the agent; opened: handshake done;
   * failed: it never came to be; closed: its end, with totals. Exactly one of failed or closed ends it.
   * tls_bound: a probed library's plaintext was found to be its own; tls_unbound, before its end: it carried
   * TLS of a process whose library is probed, and no plaintext was.
   */
  readonly kind: 'seen' | 'opened' | 'failed' | 'closed' | 'tls_bound' | 'tls_unbound';
  readonly atNs: number;
  readonly connectionId: number;
  readonly pid: number;
  readonly role: ConnectionRole;
  /** False when its first bytes may have passed before the agent looked. */
  readonly fromStart: boolean;
  /** Start of the handshake on the client side (opened), else undefined. */
  readonly connectStartNs: number | undefined;
  readonly errorNumber: number;
  readonly isReset: boolean;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** Its first bytes were TLS records. */
  readonly isTls: boolean;
  /** How far the plaintext streams of TLS reach; 0 where no library's plaintext was found to be its own. */
  readonly plaintextSentBytes: number;
  readonly plaintextReceivedBytes: number;
  readonly retransmittedSegments: number;
  readonly roundTripNs: number | undefined;
  readonly networkNamespace: number;
  readonly cgroupId: bigint;
  /**
   * TCP's initial sequence numbers of what this end sends and of what it receives: whatever translates addresses on
   * the way, both ends know the same two. Both 0 when the start of the connection was not seen.
   */
  readonly initialSendSequence: number;
  readonly initialReceiveSequence: number;
}

export interface ProcessEvent {
  readonly kind: 'seen' | 'exec' | 'exit';
  readonly atNs: number;
  readonly pid: number;
  readonly parentPid: number;
  /** Wall clock; undefined when /proc was gone. */
  readonly startWallNs: bigint | undefined;
  readonly executable: string;
  /** Not yet redacted. */
  readonly commandLine: string;
  readonly containerId: string;
  /** Of a live kernel: pod of its cgroup, empty outside of one. */
  readonly podUid?: string;
  readonly exitCode: number | undefined;
  readonly exitSignal: number | undefined;
}

export interface SyscallStatsEvent {
  readonly atNs: number;
  readonly intervalNs: number;
  readonly pid: number;
  readonly syscall: string;
  readonly callCount: bigint;
  readonly errorCount: bigint;
  readonly totalNs: bigint;
  readonly maxNs: bigint;
}

/** Totals since the source began: captured = shipped + dropped, for events and bytes. */
export interface SourceCounters {
  readonly atNs: number;
  readonly capturedEvents: bigint;
  readonly capturedBytes: bigint;
  readonly droppedEvents: bigint;
  readonly droppedBytes: bigint;
}

/** What the source itself lost since the last report of the same reason. */
export interface SourceLoss {
  readonly startNs: number;
  readonly endNs: number;
  readonly source: string;
  readonly reason: LossReason;
  readonly events: bigint | undefined;
  readonly bytes: bigint | undefined;
  readonly detail: string;
}

export interface ProbeEvent {
  readonly atNs: number;
  readonly probe: string;
  readonly target: string;
  readonly state: 'attached' | 'absent' | 'failed' | 'detached' | 'disabled';
  readonly method: string;
  readonly detail: string;
}
