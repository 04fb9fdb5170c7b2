import { tableNames } from '@tomte/model';
import type { TableName } from '@tomte/model';
import { BlockBuilder, BlockScratch, compressBlocks } from '@tomte/wire';
import type { BatchRow, Delivery } from '@tomte/wire';
import type { SealedBatch } from '../batch.ts';

export interface BatcherLimits {
  readonly maxRows: number;
  /** Bytes of a block before it is compressed. */
  readonly maxBytes: number;
  /** Rows wait no longer, and batches of a table are sealed so far apart: the first row after a rest goes at once. */
  readonly maxAgeNs: number;
  /** The same where rows have waited already: for their pods. */
  readonly hurriedAgeNs: number;
}

export const defaultBatcherLimits: BatcherLimits = {
  maxRows: 16_384,
  maxBytes: 1024 * 1024,
  maxAgeNs: 0.75e9,
  hurriedAgeNs: 0.2e9,
};

/** The same on every row of an agent. */
export type BatchOrigin = Pick<Delivery, 'clusterName' | 'hostName' | 'agentId'>;

/** How far the rows are, when batches may be sealed. */
export interface Progress {
  /** Source time. */
  readonly nowNs: number;
  /** All that happened before it has become rows; undefined while that cannot be said. */
  readonly rowsToNs: number | undefined;
  /** Nanoseconds since the Unix epoch, of a source time. */
  toWallNs(atNs: number): bigint;
}

/** Where sealed batches go: the spool. */
export interface SealTarget {
  readonly spoolId: bigint;
  /** The number that the next batch must carry. */
  nextSeq(): number;
  /** False when it could not be kept; the target has counted that. */
  append(seq: number, batch: SealedBatch): boolean;
}

interface OpenBatch<T extends TableName> {
  readonly builder: BlockBuilder<T>;
  day: number;
  /** When the batch before was sealed, on the clock that `sealOld` is asked with. */
  sealedNs: number;
  isHurried: boolean;
  /** Source time of the earliest of what its rows tell: before it is on disk, nothing later is complete. */
  sinceNs: number;
}

/** Collects rows into batches of one table and one UTC day, and seals them by age and size. */
export class Batcher {
  readonly #open = new Map<TableName, OpenBatch<TableName>>();
  readonly #limits: BatcherLimits;
  readonly #delivery: BatchOrigin;
  readonly #target: SealTarget;
  readonly #scratch = new BlockScratch();
  #progress: Progress = { nowNs: 0, rowsToNs: undefined, toWallNs: () => 0n };

  constructor(limits: BatcherLimits, delivery: BatchOrigin, target: SealTarget) {
    this.#limits = limits;
    this.#delivery = delivery;
    this.#target = target;
  }

  /** @param sinceNs source time from which on the row tells; absent: it tells of something that has just ended */
  append<T extends TableName>(table: T, day: number, row: BatchRow<T>, sinceNs?: number): void {
    this.builder(table, day, sinceNs).append(row);
  }

  /** A builder with room for one more row of that day. */
  builder<T extends TableName>(table: T, day: number, sinceNs = this.#comesAfterNs()): BlockBuilder<T> {
    const open = this.#openBatch(table);
    if (open.builder.rows > 0 && (open.day !== day || open.builder.isFull)) this.#seal(table, open);
    if (open.builder.rows === 0) {
      open.day = day;
      open.isHurried = false;
      open.sinceNs = sinceNs;
    }
    if (sinceNs < open.sinceNs) open.sinceNs = sinceNs;
    return open.builder as unknown as BlockBuilder<T>; // Proof: `#openBatch` keeps the builder of a table under its name.
  }

  /** What waits in the batch of a table has waited before. */
  hurry(table: TableName): void {
    const open = this.#open.get(table);
    if (open !== undefined) open.isHurried = true;
  }

  /** Moves time on and seals what is due. */
  sealOld(progress: Progress): void {
    this.#progress = progress;
    for (const table of tableNames) {
      const open = this.#open.get(table);
      if (open !== undefined && open.builder.rows > 0 && this.#isDue(open)) this.#seal(table, open);
    }
  }

  #isDue({ sealedNs, isHurried }: OpenBatch<TableName>): boolean {
    const { maxAgeNs, hurriedAgeNs } = this.#limits;
    return this.#progress.nowNs - sealedNs >= (isHurried ? hurriedAgeNs : maxAgeNs);
  }

  sealAll(): void {
    for (const table of tableNames) {
      const open = this.#open.get(table);
      if (open !== undefined && open.builder.rows > 0) this.#seal(table, open);
    }
  }

  #openBatch(table: TableName): OpenBatch<TableName> {
    const known = this.#open.get(table);
    if (known !== undefined) return known;
    const builder = new BlockBuilder(table, this.#limits);
    const open = { builder, day: 0, sealedNs: Number.NEGATIVE_INFINITY, isHurried: false, sinceNs: 0 };
    this.#open.set(table, open);
    return open;
  }

  #seal(table: TableName, open: OpenBatch<TableName>): void {
    open.sealedNs = this.#progress.nowNs;
    const seq = this.#target.nextSeq();
    const delivery = { ...this.#delivery, spoolId: this.#target.spoolId, batchSeq: BigInt(seq) };
    const block = open.builder.seal(delivery, this.#scratch);
    this.#target.append(seq, {
      table,
      day: open.day,
      rows: block.rows,
      firstTimeNs: block.firstTimeNs,
      lastTimeNs: block.lastTimeNs,
      completeToNs: this.#completeToNs(),
      ...compressBlocks(block.payload),
    });
  }

  /** Up to the rows that wait in other batches. Its own builder is empty by now. */
  #completeToNs(): bigint {
    const { rowsToNs, toWallNs } = this.#progress;
    if (rowsToNs === undefined) return 0n;
    let completeNs = rowsToNs;
    for (const { builder, sinceNs } of this.#open.values())
      if (builder.rows > 0 && sinceNs < completeNs) completeNs = sinceNs;
    return Number.isFinite(completeNs) ? toWallNs(completeNs) : 0n;
  }

  /** Whatever becomes a row from now on happened then or later. */
  #comesAfterNs(): number {
    return this.#progress.rowsToNs ?? Number.NEGATIVE_INFINITY;
  }
}
