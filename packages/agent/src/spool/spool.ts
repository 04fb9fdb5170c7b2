import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Quarantine } from '@tomte/wire';
import type { SeqRange } from '@tomte/wire';
import type { SealedBatch } from '../batch.ts';
import { lockDirectory } from './directory-lock.ts';
import { GroupWriter } from './group-writer.ts';
import type { SpoolEntry } from './segment.ts';
import { SegmentStore } from './segment-store.ts';
import { spoolErrors } from './spool-errors.ts';
import type { SpoolLoss, SpoolOptions } from './spool-options.ts';
import { toSpoolLimits } from './spool-options.ts';
import { emptySpool, recoverSpool } from './spool-recovery.ts';
import type { RecoveredSpool } from './spool-recovery.ts';
import { toRecordHeader } from './spool-record.ts';

const SHORTEST_REPLAY_FIRST_SEQ = 1;

export interface SpoolStats {
  /** With a batch's number it names the batch for ever. */
  readonly spoolId: bigint;
  /** The highest number on disk. */
  readonly durableSeq: number;
  /** Payload bytes and number of batches that no collector has acknowledged; on disk. */
  readonly bytes: number;
  readonly batches: number;
  readonly rows: number;
  readonly diskBytes: number;
  /** Appended, not yet on disk. */
  readonly pendingBytes: number;
  readonly appendedBatches: number;
  readonly evictedBatches: number;
  readonly evictedRows: number;
  readonly corruptBatches: number;
  readonly refusedBatches: number;
  readonly writeFailedBatches: number;
}

export type { RecoveredSpool };

/**
 * Sealed batches on disk until a collector has stored them. One writer and one sender. What
 * `durableSeq` names survives kill -9 and, as far as the disk keeps its word, a loss of power.
 */
export class Spool {
  readonly #store: SegmentStore;
  readonly #writer: GroupWriter;
  readonly #quarantine: Quarantine;
  readonly #onLoss: (loss: SpoolLoss) => void;
  readonly #release: () => Promise<void>;
  readonly recovered: Omit<RecoveredSpool, 'segments'>;
  #nextSeq: number;
  #appendedBatches = 0;
  #refusedBatches = 0;

  constructor(parts: {
    store: SegmentStore;
    writer: GroupWriter;
    quarantine: Quarantine;
    onLoss: (loss: SpoolLoss) => void;
    release: () => Promise<void>;
    recovered: RecoveredSpool;
  }) {
    this.#store = parts.store;
    this.#writer = parts.writer;
    this.#quarantine = parts.quarantine;
    this.#onLoss = parts.onLoss;
    this.#release = parts.release;
    this.recovered = parts.recovered;
    this.#nextSeq = parts.recovered.highestSeq + 1;
  }

  get spoolId(): bigint {
    return this.recovered.spoolId;
  }

  /** The number that the next batch must carry; the same until it was appended. */
  nextSeq(): number {
    return this.#nextSeq;
  }

  /**
   * Takes the batch over (its payload must not change any more) and returns at once; it is on disk after
   * a group's time. False when too much is waiting for the disk: then it was counted as lost.
   * @throws AppError SPOOL_OUT_OF_ORDER when `seq` is not `nextSeq()`
   */
  append(seq: number, batch: SealedBatch): boolean {
    if (seq !== this.#nextSeq) throw spoolErrors.outOfOrder(seq, this.#nextSeq);
    this.#nextSeq += 1;
    this.#appendedBatches += 1;
    return this.#writer.append(toRecordHeader(seq, batch), batch.payload);
  }

  /** The highest number on disk. */
  get durableSeq(): number {
    return this.#store.durableSeq;
  }

  /** Resolves when everything that was appended is on disk or counted as lost. */
  durable(): Promise<void> {
    return this.#writer.flush();
  }

  /** Calls back whenever more became durable; the result ends it. */
  onDurable(callback: () => void): () => void {
    return this.#store.onDurable(callback);
  }

  /** Every batch with a smaller number is settled. */
  get firstUnacknowledgedSeq(): number {
    return this.#store.firstUnsettledSeq;
  }

  /** The next durable batch after `seq` that is not settled. */
  findNext(seq: number): SpoolEntry | undefined {
    return this.#store.findNext(seq);
  }

  findEntry(seq: number): SpoolEntry | undefined {
    return this.#store.find(seq);
  }

  /** The payload; undefined when it is gone or damaged on disk (then it was counted and settled). */
  async read(entry: SpoolEntry): Promise<Buffer | undefined> {
    return this.#store.read(entry);
  }

  /** Both ends belong to a range. Unknown numbers are ignored. */
  acknowledge(ranges: readonly SeqRange[]): void {
    this.#store.acknowledge(ranges);
  }

  /** A collector will never take it: puts it aside and counts it, once. */
  async refuse(seq: number, detail: string, isLossRecorded = false): Promise<void> {
    const entry = this.#store.find(seq);
    if (entry === undefined) return;
    const payload = await this.#store.read(entry);
    if (payload !== undefined) await this.#quarantine.put(`refused-${seq}-${entry.table}`, payload);
    if (this.#store.find(seq) === undefined) return;
    this.#refusedBatches += 1;
    if (!isLossRecorded) this.#onLoss({ ...this.#store.toLoss(entry), reason: 'batch_refused', detail });
    this.#store.settleRange(seq, seq);
  }

  get stats(): SpoolStats {
    return {
      spoolId: this.spoolId,
      durableSeq: this.durableSeq,
      ...this.#store.stats,
      pendingBytes: this.#writer.pendingBytes,
      appendedBatches: this.#appendedBatches,
      refusedBatches: this.#refusedBatches,
      writeFailedBatches: this.#writer.failedBatches,
    };
  }

  /**
   * Writes what waits, notes that the end was in order, and lets the directory go.
   * @param completeToNs wall clock: whoever fills it has handed over all that happened before; 0 when that is not known
   */
  async close(completeToNs = 0n): Promise<void> {
    await this.#writer.close();
    await this.#store.close(completeToNs);
    await this.#release();
  }
}

/**
 * Opens or creates the spool in a directory, which it holds for itself until it is closed.
 * @throws AppError SPOOL_LOCKED, SPOOL_LOCK_UNAVAILABLE, SPOOL_UNUSABLE
 */
export async function openSpool(options: SpoolOptions): Promise<Spool> {
  const { directory, clock, onLoss } = options;
  await mkdir(directory, { recursive: true, mode: 0o700 }).catch((thrown: unknown) => {
    throw spoolErrors.unusable(directory, thrown);
  });
  const lock = await lockDirectory(directory);
  try {
    const quarantine = await Quarantine.open(join(directory, 'quarantine'));
    if (options.replaySpoolId !== undefined) await emptySpool(directory);
    const found = await recoverSpool({ directory, quarantine, onLoss, nowNs: clock.wallNs() });
    const recovered =
      options.replaySpoolId === undefined
        ? found
        : { ...found, spoolId: options.replaySpoolId, highestSeq: SHORTEST_REPLAY_FIRST_SEQ - 1 };
    const limits = toSpoolLimits(options);
    const store = new SegmentStore({ directory, clock, limits, quarantine, onLoss, recovered });
    await store.begin(options.replaySpoolId !== undefined);
    const writer = new GroupWriter({ clock, limits, store, onLoss });
    return new Spool({ store, writer, quarantine, onLoss, release: () => lock.close(), recovered });
  } catch (thrown) {
    await lock.close();
    throw thrown;
  }
}
