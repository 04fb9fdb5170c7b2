import type { ColumnWriter } from './column-writer.ts';
import { NumberColumn } from './number-columns.ts';
import { Uint64Column } from './uint64-column.ts';

/** Nullable(T) is a byte a row (1 for null), then the values, with a placeholder where it is null. */
export class NullableColumn implements ColumnWriter<number | null> {
  readonly #nulls = new NumberColumn(Uint8Array);
  readonly #values: NumberColumn;

  constructor(values: NumberColumn) {
    this.#values = values;
  }

  get count(): number {
    return this.#values.count;
  }

  get sizeBytes(): number {
    return this.#nulls.sizeBytes + this.#values.sizeBytes;
  }

  put(value: number | null): void {
    this.#nulls.put(value === null ? 1 : 0);
    this.#values.put(value ?? 0);
  }

  rollback(rows: number): void {
    this.#nulls.rollback(rows);
    this.#values.rollback(rows);
  }

  clear(): void {
    this.#nulls.clear();
    this.#values.clear();
  }

  writeInto(target: Uint8Array, at: number): number {
    return this.#values.writeInto(target, this.#nulls.writeInto(target, at));
  }
}

/** Nullable(UInt64). */
export class NullableUint64Column implements ColumnWriter<bigint | null> {
  readonly #nulls = new NumberColumn(Uint8Array);
  readonly #values = new Uint64Column();

  get count(): number {
    return this.#values.count;
  }

  get sizeBytes(): number {
    return this.#nulls.sizeBytes + this.#values.sizeBytes;
  }

  put(value: bigint | null): void {
    this.#nulls.put(value === null ? 1 : 0);
    this.#values.put(value ?? 0n);
  }

  /** A whole number from 0 to 2^53, or null. */
  putNumber(value: number | null): void {
    this.#nulls.put(value === null ? 1 : 0);
    this.#values.putNumber(value ?? 0);
  }

  rollback(rows: number): void {
    this.#nulls.rollback(rows);
    this.#values.rollback(rows);
  }

  clear(): void {
    this.#nulls.clear();
    this.#values.clear();
  }

  writeInto(target: Uint8Array, at: number): number {
    return this.#values.writeInto(target, this.#nulls.writeInto(target, at));
  }
}
