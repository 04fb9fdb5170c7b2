import type { records, Column, RecordDefinition, RowOf, SentColumns, TableName } from '@tomte/model';
import { columnPlanOf, deliveryColumnNames } from './column-plan.ts';
import type { ColumnPlan, Delivery, DeliveryColumnName, PlannedColumn } from './column-plan.ts';
import { createWriter } from './column-writers.ts';
import type { AnyWriter, WriterOf } from './column-writers.ts';
import { deliveryBytes } from './delivery-columns.ts';
import { MapColumn } from './map-column.ts';
import { StringColumn } from './string-column.ts';
import { Uint64Column } from './uint64-column.ts';
import { putVarUint } from './var-uint.ts';

type ColumnsOf<T extends TableName> =
  (typeof records)[T] extends RecordDefinition<infer Columns>
    ? Omit<SentColumns<Columns>, DeliveryColumnName>
    : never;

/** What differs from row to row; the columns of the delivery are given when sealing. */
export type BatchRow<T extends TableName> = Omit<RowOf<(typeof records)[T]>, DeliveryColumnName>;

/** Direct writers, for hot tables: put one value into each column, then call `endRow`. */
export type ColumnWriters<T extends TableName> = {
  readonly [Name in keyof ColumnsOf<T>]: ColumnsOf<T>[Name] extends Column
    ? WriterOf<ColumnsOf<T>[Name]>
    : never;
};

export interface BlockLimits {
  readonly maxRows: number;
  /** Once it is reached no further row goes in; the last row may overshoot it. */
  readonly maxBytes: number;
}

/** Memory for blocks, used again by each. */
export class BlockScratch {
  #bytes = new Uint8Array(0);

  /** At least so many bytes; what was in them is over. */
  take(bytes: number): Uint8Array<ArrayBuffer> {
    if (this.#bytes.length < bytes) this.#bytes = new Uint8Array(bytes);
    return this.#bytes;
  }
}

export interface SealedBlock {
  /** One ClickHouse Native block, uncompressed. Of a scratch it is a view, until the next block is sealed into it. */
  readonly payload: Uint8Array<ArrayBuffer>;
  readonly rows: number;
  /** Range of the time column, nanoseconds since the Unix epoch. */
  readonly firstTimeNs: bigint;
  readonly lastTimeNs: bigint;
  /** Strings and map entries that were over their bound and were cut. */
  readonly cutValues: number;
}

interface Slot {
  readonly name: string;
  /** Name and type, as they stand in the block before the column's values. */
  readonly header: Uint8Array;
  readonly writer: AnyWriter;
}

const COUNTS_BYTES = 20;
/** Rows between two looks at the true size. */
const SIZE_CHECK_ROWS = 16;

function toSlot(column: PlannedColumn): Slot {
  const name = Buffer.from(column.name);
  const type = Buffer.from(column.type);
  const header = Buffer.concat([Buffer.from([name.length]), name, Buffer.from([type.length]), type]);
  return { name: column.name, header, writer: createWriter(column) };
}

function isDeliveryColumn(name: string): boolean {
  return deliveryColumnNames.some((deliveryName) => deliveryName === name);
}

/** Builds Native blocks of one table. Its memory is kept from block to block. */
export class BlockBuilder<T extends TableName> {
  readonly #plan: ColumnPlan;
  readonly #limits: BlockLimits;
  readonly #columnCount: number;
  readonly #slots: readonly Slot[];
  readonly #time: Uint64Column;
  /** By column name. After one value in each, `endRow` makes them a row. */
  readonly columns: ColumnWriters<T>;
  #rows = 0;
  #isFull = false;

  constructor(table: T, limits: BlockLimits) {
    this.#plan = columnPlanOf(table);
    this.#limits = limits;
    const sent = this.#plan.columns.filter((column) => column.isComputed !== true);
    this.#columnCount = sent.length;
    this.#slots = sent.filter((column) => !isDeliveryColumn(column.name)).map(toSlot);
    const byName = Object.fromEntries(this.#slots.map((slot) => [slot.name, slot.writer]));
    this.columns = byName as unknown as ColumnWriters<T>; // Proof: plan and type are made from the same record.
    const time = byName[this.#plan.timeColumn];
    if (!(time instanceof Uint64Column)) throw new Error(`${table}: the time column is no time`);
    this.#time = time;
  }

  get rows(): number {
    return this.#rows;
  }

  /** True when a limit is reached: seal before the next row. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** Bytes of the columns so far, without those of the delivery. */
  get sizeBytes(): number {
    let total = 0;
    for (const slot of this.#slots) total += slot.writer.sizeBytes;
    return total;
  }

  /** False, and nothing is added, when the block is full. */
  append(row: BatchRow<T>): boolean {
    if (this.#isFull) return false;
    const values = row as unknown as Readonly<Record<string, never>>; // Proof: BatchRow has a value for each slot.
    for (const slot of this.#slots) slot.writer.put(values[slot.name] as never);
    this.endRow();
    return true;
  }

  /** Call it after one `put` on each of `columns`. */
  endRow(): void {
    this.#rows += 1;
    if (this.#rows >= this.#limits.maxRows) this.#isFull = true;
    else if (this.#rows % SIZE_CHECK_ROWS === 0) this.#isFull = this.sizeBytes >= this.#limits.maxBytes;
  }

  /** Takes back what was put since the last `endRow`, where filling a row has failed half-way. */
  rollbackRow(): void {
    for (const slot of this.#slots) slot.writer.rollback(this.#rows);
  }

  /**
   * The block of all rows so far; the builder is empty afterwards. At least one row is needed.
   * @param scratch memory to write it into; absent: memory of its own
   */
  seal(delivery: Delivery, scratch = new BlockScratch()): SealedBlock {
    this.#assertAligned();
    const payload = this.#encode(deliveryBytes(delivery, this.#rows), scratch);
    const range = this.#time.signedRange();
    const sealed = {
      payload,
      rows: this.#rows,
      firstTimeNs: range.first,
      lastTimeNs: range.last,
      cutValues: this.#cutValues(),
    };
    this.clear();
    return sealed;
  }

  /** Drops all rows. */
  clear(): void {
    for (const slot of this.#slots) slot.writer.clear();
    this.#rows = 0;
    this.#isFull = false;
  }

  #encode(delivery: Uint8Array, scratch: BlockScratch): Uint8Array<ArrayBuffer> {
    const headerBytes = this.#slots.reduce((total, slot) => total + slot.header.length, 0);
    const target = scratch.take(COUNTS_BYTES + headerBytes + this.sizeBytes + delivery.length);
    let at = putVarUint(target, 0, this.#columnCount);
    at = putVarUint(target, at, this.#rows);
    for (const slot of this.#slots) {
      target.set(slot.header, at);
      at = slot.writer.writeInto(target, at + slot.header.length);
    }
    target.set(delivery, at);
    return target.subarray(0, at + delivery.length);
  }

  #cutValues(): number {
    let total = 0;
    for (const { writer } of this.#slots) {
      if (writer instanceof StringColumn || writer instanceof MapColumn) total += writer.cutCount;
    }
    return total;
  }

  /** A direct writer that was forgotten would shift a column against the others: never seal that. */
  #assertAligned(): void {
    const astray = this.#slots.find((slot) => slot.writer.count !== this.#rows);
    if (this.#rows > 0 && astray === undefined) return;
    const what = astray === undefined ? 'no rows' : `${astray.name} has ${astray.writer.count} values`;
    throw new Error(`${this.#plan.table}: cannot seal ${this.#rows} rows: ${what}`);
  }
}
