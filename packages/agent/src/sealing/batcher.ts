import { tableNames } from '@tomte/model';
import type { TableName } from '@tomte/model';
import { BlockBuilder } from '@tomte/wire';
import type { BatchRow, Delivery } from '@tomte/wire';
import type { SealedBatch } from '../batch.ts';

export interface BatcherLimits {
  readonly maxRows: number;
  /** Bytes of a block; kept well below what a message may carry. */
  readonly maxBytes: number;
  /** A batch is sealed when its first row is this old. */
  readonly maxAgeNs: number;
}

export const defaultBatcherLimits: BatcherLimits = {
  maxRows: 16_384,
  maxBytes: 4 * 1024 * 1024,
  maxAgeNs: 0.75e9,
};

/** The same on every row of an agent. */
export type BatchOrigin = Pick<Delivery, 'clusterName' | 'hostName' | 'agentId'>;

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
  /** Source time of the first row, on the clock that `sealOld` is asked with. */
  openedNs: number;
}

/** Collects rows into batches of one table and one UTC day, and seals them by age and size. */
export class Batcher {
  readonly #open = new Map<TableName, OpenBatch<TableName>>();
  readonly #limits: BatcherLimits;
  readonly #delivery: BatchOrigin;
  readonly #target: SealTarget;
  #nowNs = 0;

  constructor(limits: BatcherLimits, delivery: BatchOrigin, target: SealTarget) {
    this.#limits = limits;
    this.#delivery = delivery;
    this.#target = target;
  }

  append<T extends TableName>(table: T, day: number, row: BatchRow<T>): void {
    this.builder(table, day).append(row);
  }

  /** A builder with room for one more row of that day. */
  builder<T extends TableName>(table: T, day: number): BlockBuilder<T> {
    const open = this.#openBatch(table);
    if (open.builder.rows > 0 && (open.day !== day || open.builder.isFull)) this.#seal(table, open);
    if (open.builder.rows === 0) {
      open.day = day;
      open.openedNs = this.#nowNs;
    }
    return open.builder as unknown as BlockBuilder<T>; // Proof: `#openBatch` keeps the builder of a table under its name.
  }

  /** Moves time on and seals what is old enough. */
  sealOld(nowNs: number): void {
    this.#nowNs = nowNs;
    for (const table of tableNames) {
      const open = this.#open.get(table);
      if (open !== undefined && open.builder.rows > 0 && nowNs - open.openedNs >= this.#limits.maxAgeNs)
        this.#seal(table, open);
    }
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
    const open = { builder: new BlockBuilder(table, this.#limits), day: 0, openedNs: 0 };
    this.#open.set(table, open);
    return open;
  }

  #seal(table: TableName, open: OpenBatch<TableName>): void {
    const seq = this.#target.nextSeq();
    const block = open.builder.seal({
      ...this.#delivery,
      spoolId: this.#target.spoolId,
      batchSeq: BigInt(seq),
    });
    this.#target.append(seq, {
      table,
      day: open.day,
      rows: block.rows,
      firstTimeNs: block.firstTimeNs,
      lastTimeNs: block.lastTimeNs,
      payload: block.payload,
    });
  }
}
