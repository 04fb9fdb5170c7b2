import { status as grpcStatus } from '@grpc/grpc-js';
import type { Client, ClientDuplexStream, ServiceError } from '@grpc/grpc-js';
import { Metadata } from '@grpc/grpc-js';
import { tableNames } from '@tomte/model';
import {
  agentService,
  columnPlans,
  Compression,
  crc32c,
  expandBlocks,
  MAX_BATCH_BYTES,
  MINIMUM_PROTOCOL_VERSION,
  PROTOCOL_VERSION,
} from '@tomte/wire';
import type { AgentMessage, CollectorMessage, Nack, SeqRange, Welcome } from '@tomte/wire';
import type { SpoolEntry } from '../spool/segment.ts';
import type { DeliveryOptions, DeliveryProblem } from './delivery-options.ts';
import { releasePayload } from './release-payload.ts';

export interface SessionEnd {
  readonly problem: DeliveryProblem;
  readonly isRefusal: boolean;
}

/** Counters that live longer than a session. */
export interface DeliveryCounters {
  sentBatches: number;
  sentBytes: number;
  resentBatches: number;
  acknowledgedBatches: number;
  refusedBatches: number;
  deferredBatches: number;
}

export interface SessionListener {
  welcomed(welcome: Welcome): void;
  /** Something was acknowledged or refused. */
  settled(): void;
  ended(end: SessionEnd): void;
}

type Stream = ClientDuplexStream<AgentMessage, CollectorMessage>;

/** Batches that a collector asked to send later; beyond it the stream is given up and tried again. */
const MAX_DEFERRED = 1_024;
/** A collector that accepts the stream and says nothing. */
const WELCOME_TIMEOUT_MS = 10_000;
const DEFAULT_RETRY_BATCH_MS = 5_000;
/** Handed to the stream and not yet taken by it: more would be held in memory, where the spool holds them on disk. */
const MAX_QUEUED_MESSAGES = 2;

function toEnd(error: ServiceError, isWelcomed: boolean): SessionEnd {
  const detail = (error.details || error.message).replace(/\s*Resolution note:\s*\.?\s*$/, '');
  if (error.code === grpcStatus.UNAUTHENTICATED || error.code === grpcStatus.PERMISSION_DENIED) {
    return { isRefusal: true, problem: { code: 'COLLECTOR_REFUSED_TOKEN', detail } };
  }
  if (error.code === grpcStatus.FAILED_PRECONDITION) {
    return { isRefusal: true, problem: { code: 'COLLECTOR_REFUSED_VERSION', detail } };
  }
  return {
    isRefusal: false,
    problem: { code: isWelcomed ? 'STREAM_LOST' : 'COLLECTOR_UNREACHABLE', detail },
  };
}

/** gRPC holds bytes of its own from here on: whoever sends again reads the spool. */
function serializeAndRelease(message: AgentMessage): Buffer {
  const bytes = agentService.connect.requestSerialize(message);
  if (message.kind?.$case === 'batch') releasePayload(message.kind.batch.payload);
  return bytes;
}

/** One stream to one collector, from Hello to its end. */
export class DeliverySession {
  readonly #options: DeliveryOptions;
  readonly #counters: DeliveryCounters;
  readonly #listener: SessionListener;
  readonly #stream: Stream;
  readonly #unanswered = new Set<number>();
  readonly #deferred = new Set<number>();
  /** Deferred batches whose time has come. */
  readonly #due: number[] = [];
  readonly #cancels: (() => void)[] = [];
  #isWelcomed = false;
  #isEnded = false;
  #isPumping = false;
  #lastSeq = 0;
  #creditBatches = 0;
  #creditBytes = 0;
  #maxBatchBytes = MAX_BATCH_BYTES;
  #compressions: readonly Compression[] = [];

  constructor(
    client: Client,
    parts: { options: DeliveryOptions; counters: DeliveryCounters; listener: SessionListener },
  ) {
    this.#options = parts.options;
    this.#counters = parts.counters;
    this.#listener = parts.listener;
    this.#stream = this.#open(client);
    this.#stream.on('data', (message: CollectorMessage) => this.#receive(message));
    this.#stream.on('error', (error: ServiceError) => this.#end(toEnd(error, this.#isWelcomed)));
    this.#stream.on('end', () => this.#lost('the collector ended the stream'));
    this.#cancels.push(this.#options.spool.onDurable(() => this.#pump()));
    this.#cancels.push(
      this.#options.clock.after(WELCOME_TIMEOUT_MS, () => {
        if (!this.#isWelcomed) this.#lost('the collector did not answer');
      }),
    );
    this.#sayHello();
  }

  get unansweredBatches(): number {
    return this.#unanswered.size;
  }

  close(): void {
    this.#lost('closed');
  }

  #open(client: Client): Stream {
    const { path, responseDeserialize } = agentService.connect;
    const metadata = new Metadata();
    const token = this.#options.token?.();
    if (token !== undefined) metadata.set('authorization', `Bearer ${token}`);
    return client.makeBidiStreamRequest(path, serializeAndRelease, responseDeserialize, metadata);
  }

  #sayHello(): void {
    const { spool, clock, identity, entities } = this.#options;
    const hello = {
      protocolVersion: PROTOCOL_VERSION,
      minimumProtocolVersion: MINIMUM_PROTOCOL_VERSION,
      schemas: tableNames.map((table) => ({ table, hash: columnPlans[table].hash })),
      ...identity,
      spoolId: spool.spoolId,
      wallNs: clock.wallNs(),
      monotonicNs: clock.monotonicNs(),
      firstUnacknowledgedSeq: spool.firstUnacknowledgedSeq,
      entityFeedId: entities?.position.feedId ?? 0n,
      entityVersion: entities?.position.version ?? 0,
    };
    this.#stream.write({ kind: { $case: 'hello', hello } });
  }

  #receive({ kind }: CollectorMessage): void {
    if (this.#isEnded) return;
    switch (kind?.$case) {
      case 'welcome':
        this.#welcome(kind.welcome);
        break;
      case 'ack':
        this.#acknowledge(kind.ack.ranges);
        break;
      case 'nack':
        void this.#refused(kind.nack);
        break;
      case 'credit':
        this.#credit(kind.credit.batches, kind.credit.bytes);
        break;
      case 'pulse':
        this.#stream.write({ kind: { $case: 'pulse', pulse: kind.pulse } });
        break;
      case 'entities':
        if (this.#options.entities?.apply(kind.entities) === false)
          this.#lost('what the collector tells of the cluster does not follow on what is known');
        break;
      case undefined: // A kind from the future.
        break;
    }
  }

  #welcome(welcome: Welcome): void {
    this.#isWelcomed = true;
    if (welcome.maxBatchBytes > 0) this.#maxBatchBytes = Math.min(MAX_BATCH_BYTES, welcome.maxBatchBytes);
    this.#compressions = welcome.compressions;
    this.#listener.welcomed(welcome);
    this.#credit(welcome.credit?.batches ?? 0, welcome.credit?.bytes ?? 0);
  }

  #credit(batches: number, bytes: number): void {
    this.#creditBatches += batches;
    this.#creditBytes += bytes;
    this.#pump();
  }

  #acknowledge(ranges: readonly SeqRange[]): void {
    let acknowledged = 0;
    for (const { first, last } of ranges) {
      for (const seq of this.#unanswered) {
        if (seq < first || seq > last) continue;
        this.#unanswered.delete(seq);
        acknowledged += 1;
      }
    }
    this.#counters.acknowledgedBatches += acknowledged;
    this.#options.spool.acknowledge(ranges);
    this.#listener.settled();
  }

  async #refused(nack: Nack): Promise<void> {
    this.#unanswered.delete(nack.seq);
    if (nack.retryable) {
      this.#defer(nack.seq);
      return;
    }
    this.#counters.refusedBatches += 1;
    await this.#options.spool.refuse(nack.seq, nack.detail, nack.lossRecorded);
    this.#listener.settled();
  }

  #defer(seq: number): void {
    this.#counters.deferredBatches += 1;
    if (this.#deferred.size >= MAX_DEFERRED) {
      this.#lost('the collector takes no batches');
      return;
    }
    this.#deferred.add(seq);
    const delayMs = this.#options.retryBatchMs ?? DEFAULT_RETRY_BATCH_MS;
    const cancel = this.#options.clock.after(delayMs, () => {
      this.#cancels.splice(this.#cancels.indexOf(cancel), 1);
      this.#deferred.delete(seq);
      this.#due.push(seq);
      this.#pump();
    });
    this.#cancels.push(cancel);
  }

  #nextEntry(): SpoolEntry | undefined {
    const { spool } = this.#options;
    for (let seq = this.#due.shift(); seq !== undefined; seq = this.#due.shift()) {
      const entry = spool.findEntry(seq);
      if (entry !== undefined) return entry;
    }
    const entry = spool.findNext(this.#lastSeq);
    if (entry !== undefined) this.#lastSeq = entry.seq;
    return entry;
  }

  #canSend(): boolean {
    return (
      !this.#isEnded &&
      this.#stream.writableLength < MAX_QUEUED_MESSAGES &&
      this.#isWelcomed &&
      this.#creditBatches > 0 &&
      this.#creditBytes > 0
    );
  }

  /** Sends what may be sent; at most one loop runs, and every event that may give it work starts it. */
  #pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    this.#sendAll()
      .catch((thrown: unknown) => this.#lost(thrown instanceof Error ? thrown.message : String(thrown)))
      .finally(() => {
        this.#isPumping = false;
      });
  }

  async #sendAll(): Promise<void> {
    while (this.#canSend()) {
      const entry = this.#nextEntry();
      if (entry === undefined) return;
      const payload = await this.#options.spool.read(entry);
      if (this.#isEnded) return;
      if (payload === undefined) continue;
      if (entry.blockBytes > this.#maxBatchBytes) await this.#refuseOversized(entry);
      else this.#send(entry, payload);
    }
  }

  /** It would end the stream, again and again. */
  async #refuseOversized(entry: SpoolEntry): Promise<void> {
    this.#counters.refusedBatches += 1;
    await this.#options.spool.refuse(entry.seq, `${entry.blockBytes} bytes are more than a collector takes`);
    this.#listener.settled();
  }

  #send(entry: SpoolEntry, payload: Buffer): void {
    const { seq, table, day, rows, firstTimeNs, lastTimeNs } = entry;
    const resent = entry.mayBeSent;
    entry.mayBeSent = true;
    this.#unanswered.add(seq);
    this.#creditBatches -= 1;
    this.#creditBytes -= entry.blockBytes;
    this.#counters.sentBatches += 1;
    this.#counters.sentBytes += payload.length;
    if (resent) this.#counters.resentBatches += 1;
    const batch = {
      seq,
      table,
      day,
      rows,
      firstTimeNs,
      lastTimeNs,
      resent,
      ...this.#sendable(entry, payload),
    };
    this.#stream.write({ kind: { $case: 'batch', batch } }, () => this.#pump());
  }

  /** As it lies in the spool, or expanded for a collector that does not know its compression. */
  #sendable(entry: SpoolEntry, payload: Uint8Array) {
    const { compression, blockBytes, payloadCrc32c } = entry;
    if (compression === Compression.NONE || this.#compressions.includes(compression))
      return { compression, blockBytes, payload, payloadCrc32c };
    const blocks = expandBlocks({ compression, blockBytes, payload }) ?? payload; // The collector refuses what is none.
    const asSent = { compression: Compression.NONE, blockBytes: blocks.length };
    return { ...asSent, payload: blocks, payloadCrc32c: crc32c(blocks) };
  }

  #lost(detail: string): void {
    const code = this.#isWelcomed ? 'STREAM_LOST' : 'COLLECTOR_UNREACHABLE';
    this.#end({ isRefusal: false, problem: { code, detail } });
  }

  #end(end: SessionEnd): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    for (const cancel of this.#cancels) cancel();
    // Nothing more may leave on this stream once another can be opened.
    this.#stream.cancel();
    this.#listener.ended(end);
  }
}
