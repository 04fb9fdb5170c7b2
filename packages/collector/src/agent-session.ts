import { status as grpcStatus } from '@grpc/grpc-js';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { Clock } from '@tomte/kit';
import {
  Compression,
  knownCompressions,
  MINIMUM_PROTOCOL_VERSION,
  NackReason,
  negotiateVersion,
  PROTOCOL_VERSION,
} from '@tomte/wire';
import type { AgentMessage, Batch, CollectorMessage, CollectorOutput, Hello, Quarantine } from '@tomte/wire';
import { CumulativeSeq, toRanges } from './ack-ranges.ts';
import { admit, blockBytesOf } from './admission.ts';
import type { AdmissionContext, Admitted, Refusal } from './admission.ts';
import type { CollectorLimits, EntitySource, EntitySubscription } from './collector-options.ts';
import type { CollectorStats } from './collector-stats.ts';
import type { CreditAccount, CreditPool } from './credit-pool.ts';
import type { Ingest } from './ingest.ts';
import type { LossRecorder } from './loss-recorder.ts';
import { monotonicMs } from './pause.ts';
import type { BatchOutcome, BatchOwner, ReceivedBatch } from './received-batch.ts';

export type AgentCall = ServerDuplexStream<AgentMessage, CollectorOutput>;

export interface SessionParts {
  readonly clock: Clock;
  readonly limits: CollectorLimits;
  readonly stats: CollectorStats;
  readonly credits: CreditPool;
  readonly ingest: Ingest;
  readonly quarantine: Quarantine;
  readonly losses: LossRecorder;
  readonly collectorId: string;
  readonly clusterName: string;
  readonly entities: EntitySource | undefined;
  /** A spool speaks on one stream: the newest. */
  readonly greeted: (session: AgentSession) => void;
  readonly ended: (session: AgentSession) => void;
}

/** Who opened a stream, and for how long that is believed. */
export interface Bearer {
  readonly principal: string;
  readonly goodForMs?: number;
}

const MAX_NAME_LENGTH = 256;
const MAX_SCHEMAS = 256;
/** Agents of earlier versions do not know messages about the cluster. */
const ENTITIES_SINCE_VERSION = 2;

/** One stream of one agent. */
export class AgentSession implements BatchOwner {
  readonly #call: AgentCall;
  readonly #parts: SessionParts;
  readonly #account: CreditAccount;
  readonly #cancelHello: () => void;
  readonly #cancelBearer: () => void;
  #admission: AdmissionContext | undefined;
  #cumulative = new CumulativeSeq(1);
  #acknowledged: number[] = [];
  #isAckScheduled = false;
  #leaseWaiters: ((isLeased: boolean) => void)[] = [];
  /** Reading of our clock that the agent last returned. */
  #provenMs = 0;
  #entities: EntitySubscription | undefined;
  /** Who it is, by its token; streams of one spool have the same. */
  readonly principal: string;
  agentId = '';
  hostName = '';
  isEnded = false;
  othersEndMs = 0;

  constructor(call: AgentCall, { principal, goodForMs }: Bearer, parts: SessionParts) {
    this.#call = call;
    this.principal = principal;
    this.#cancelBearer =
      goodForMs === undefined
        ? () => undefined
        : parts.clock.after(goodForMs, () =>
            this.end(grpcStatus.UNAVAILABLE, 'the token is to be shown again'),
          );
    this.#parts = parts;
    this.#account = parts.credits.open();
    this.#cancelHello = parts.clock.after(parts.limits.helloMs, () => {
      parts.stats.streamsEndedSilent += 1;
      this.end(grpcStatus.DEADLINE_EXCEEDED, 'no greeting came in time');
    });
    call.on('data', (message: AgentMessage) => this.#receive(message));
    for (const event of ['end', 'cancelled', 'error', 'close'] as const) call.on(event, () => this.end());
  }

  get spoolId(): bigint {
    return this.#admission?.spoolId ?? 0n;
  }

  isLeased(): boolean {
    return !this.isEnded && monotonicMs(this.#parts.clock) - this.#provenMs < this.#parts.limits.leaseMs;
  }

  whenLeased(): Promise<boolean> {
    if (this.isEnded || this.isLeased()) return Promise.resolve(!this.isEnded);
    return new Promise((resolve) => this.#leaseWaiters.push(resolve));
  }

  /** Asks the agent to prove that it is still here, and promises it what others have let go of meanwhile. */
  pulse(): void {
    if (this.isEnded || this.#admission === undefined) return;
    this.#grant();
    this.#send({ $case: 'pulse', pulse: { collectorTimeMs: monotonicMs(this.#parts.clock) } });
  }

  settled(batch: ReceivedBatch, outcome: BatchOutcome): void {
    this.#release(batch.payload.length);
    if (this.isEnded) return;
    if (outcome.kind === 'committed') {
      this.#acknowledge(batch.seq);
    } else if (outcome.kind === 'refused') {
      void this.#refuse(toWireBatch(batch), { ...outcome, kind: 'refusal' });
    }
    this.#grant();
  }

  /** Nothing is sent or taken any more; batches of it that wait are dropped, since their agent sends them again. */
  end(code?: grpcStatus, details = ''): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.#cancelHello();
    this.#cancelBearer();
    this.#parts.credits.close(this.#account);
    this.#entities?.close();
    for (const resolve of this.#leaseWaiters.splice(0)) resolve(false);
    if (code === undefined) this.#call.end();
    else this.#call.emit('error', { code, details });
    this.#parts.ended(this);
  }

  #receive({ kind }: AgentMessage): void {
    if (this.isEnded) return;
    switch (kind?.$case) {
      case 'hello':
        this.#greet(kind.hello);
        break;
      case 'batch':
        this.#take(kind.batch);
        break;
      case 'pulse':
        this.#proven(kind.pulse.collectorTimeMs);
        break;
      case undefined: // A kind from the future.
        break;
    }
  }

  #greet(hello: Hello): void {
    const { limits, clock, stats, collectorId, clusterName } = this.#parts;
    const isOutOfBounds =
      hello.agentId.length > MAX_NAME_LENGTH ||
      hello.hostName.length > MAX_NAME_LENGTH ||
      hello.schemas.length > MAX_SCHEMAS;
    if (this.#admission !== undefined || isOutOfBounds || hello.spoolId === 0n) {
      this.end(grpcStatus.INVALID_ARGUMENT, 'the greeting is out of its bounds, or not the first');
      return;
    }
    const theirs = { minimum: hello.minimumProtocolVersion, maximum: hello.protocolVersion };
    const version = negotiateVersion(
      { minimum: MINIMUM_PROTOCOL_VERSION, maximum: PROTOCOL_VERSION },
      theirs,
    );
    if (version === undefined) {
      stats.streamsRefusedVersion += 1;
      this.end(
        grpcStatus.FAILED_PRECONDITION,
        `protocol ${theirs.minimum} to ${theirs.maximum}, here ${PROTOCOL_VERSION}`,
      );
      return;
    }
    this.#cancelHello();
    this.agentId = hello.agentId;
    this.hostName = hello.hostName;
    const schemaHashes = new Map(hello.schemas.map(({ table, hash }) => [table, hash]));
    this.#admission = { spoolId: hello.spoolId, schemaHashes, maxBatchBytes: limits.maxBatchBytes };
    this.#cumulative = new CumulativeSeq(hello.firstUnacknowledgedSeq);
    // It has left whatever collector it was with: that one's lease ends within this time.
    this.#provenMs = monotonicMs(clock);
    this.othersEndMs = this.#provenMs + limits.leaseMs + limits.leaseMarginMs;
    this.#parts.greeted(this);
    if (this.isEnded) return;
    const credit = this.#parts.credits.grant(this.#account);
    const welcome = {
      protocolVersion: version,
      collectorId,
      credit,
      maxBatchBytes: limits.maxBatchBytes,
      clusterName,
      compressions: [...knownCompressions],
    };
    this.#send({ $case: 'welcome', welcome });
    if (version >= ENTITIES_SINCE_VERSION) this.#subscribe(hello);
  }

  /** The feed holds back what the stream does not take: an agent that reads nothing costs no memory here. */
  #subscribe({ entityFeedId: feedId, entityVersion: version }: Hello): void {
    const send = (encoded: Uint8Array): boolean => !this.isEnded && this.#call.write({ encoded });
    this.#entities = this.#parts.entities?.subscribe({ feedId, version }, { send });
    this.#call.on('drain', () => this.#entities?.resume());
  }

  #proven(collectorTimeMs: number): void {
    const nowMs = monotonicMs(this.#parts.clock);
    if (collectorTimeMs > nowMs || collectorTimeMs <= this.#provenMs) return;
    this.#provenMs = collectorTimeMs;
    if (this.isLeased()) for (const resolve of this.#leaseWaiters.splice(0)) resolve(true);
  }

  #take(batch: Batch): void {
    const { stats, ingest } = this.#parts;
    const admission = this.#admission;
    if (admission === undefined || this.#account.openBatches <= 0 || this.#account.openBytes <= 0) {
      this.end(grpcStatus.RESOURCE_EXHAUSTED, 'a batch without credit');
      return;
    }
    stats.receivedBatches += 1;
    stats.receivedRows += batch.rows;
    stats.receivedBytes += batch.payload.length;
    const heldBytes = blockBytesOf(batch);
    this.#hold(heldBytes);
    const verdict = admit(batch, admission);
    if (verdict.kind === 'admitted') ingest.submit(this.#toReceived(batch, verdict));
    else {
      void this.#refuse(batch, verdict).finally(() => {
        this.#release(heldBytes);
        this.#grant();
      });
    }
  }

  #toReceived(batch: Batch, verdict: Admitted): ReceivedBatch {
    const { table, columns, firstTimeNs, lastTimeNs, blocks } = verdict;
    const { seq, day, rows, resent } = batch;
    const key = `${this.spoolId}:${seq}`;
    const where = { table, day, rows, firstTimeNs, lastTimeNs, columns };
    return {
      key,
      spoolId: this.spoolId,
      seq,
      ...where,
      payload: blocks,
      owner: this,
      isAmbiguous: resent,
      attempts: 0,
    };
  }

  /** Puts it aside, records the loss, tells the agent. The stream lives on. */
  async #refuse(batch: Batch, { reason, detail, retryable }: Refusal): Promise<void> {
    const { stats, quarantine, losses } = this.#parts;
    stats.nacksByReason[reason] = (stats.nacksByReason[reason] ?? 0) + 1;
    let lossRecorded = false;
    if (!retryable) {
      const label = `${this.spoolId}-${batch.seq}-${batch.table}`;
      if (await quarantine.put(label, batch.payload)) stats.quarantinedBatches += 1;
      // A batch of another spool says nothing true about its number.
      if (reason !== NackReason.FOREIGN) lossRecorded = await losses.record(batch, this, detail);
    }
    if (this.isEnded) return;
    if (!retryable) this.#cumulative.add(batch.seq);
    this.#send({ $case: 'nack', nack: { seq: batch.seq, reason, detail, retryable, lossRecorded } });
  }

  #hold(bytes: number): void {
    const { stats, credits } = this.#parts;
    credits.hold(this.#account, bytes);
    stats.heldBatches += 1;
    stats.heldBytes += bytes;
  }

  #release(bytes: number): void {
    const { stats, credits } = this.#parts;
    credits.release(this.#account, bytes);
    stats.heldBatches -= 1;
    stats.heldBytes -= bytes;
  }

  #grant(): void {
    if (this.isEnded) return;
    const credit = this.#parts.credits.grant(this.#account);
    if (credit !== undefined) this.#send({ $case: 'credit', credit });
  }

  /** One message for all that one insert has settled. */
  #acknowledge(seq: number): void {
    this.#acknowledged.push(seq);
    this.#cumulative.add(seq);
    if (this.#isAckScheduled) return;
    this.#isAckScheduled = true;
    queueMicrotask(() => {
      this.#isAckScheduled = false;
      const ranges = toRanges(this.#acknowledged.splice(0));
      if (!this.isEnded) this.#send({ $case: 'ack', ack: { upToSeq: this.#cumulative.upTo, ranges } });
    });
  }

  #send(kind: CollectorMessage['kind']): void {
    this.#call.write({ kind });
  }
}

function toWireBatch(batch: ReceivedBatch): Batch {
  const { seq, table, day, rows, firstTimeNs, lastTimeNs, payload } = batch;
  const uncompressed = { compression: Compression.NONE, blockBytes: 0 };
  return {
    seq,
    table,
    day,
    rows,
    firstTimeNs,
    lastTimeNs,
    payload,
    payloadCrc32c: 0,
    resent: true,
    ...uncompressed,
  };
}
