/** One column of a block that is being built. Values are appended; only the last row can be taken back. */
export interface ColumnWriter<Value> {
  /** Rows appended so far. */
  readonly count: number;
  /** Bytes that `writeInto` will write. */
  readonly sizeBytes: number;
  put(value: Value): void;
  /** Drops what the row after `rows` has appended: at most one value. */
  rollback(rows: number): void;
  /** Empties the column and keeps its memory. */
  clear(): void;
  /** Writes the column's data at `at`, which must have room; returns the position behind it. */
  writeInto(target: Uint8Array, at: number): number;
}
