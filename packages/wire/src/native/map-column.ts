import type { ColumnWriter } from './column-writer.ts';
import { StringColumn } from './string-column.ts';
import { Uint64Column } from './uint64-column.ts';

/** Entries of one map; more are dropped and counted. */
export const MAX_MAP_ENTRIES = 1024;

/** Map(String, String): per row the running count of entries, then all keys, then all values. */
export class MapColumn implements ColumnWriter<Readonly<Record<string, string>>> {
  readonly #ends = new Uint64Column();
  readonly #keys = new StringColumn();
  readonly #values = new StringColumn();
  #droppedEntryCount = 0;
  #rowStart = 0;

  get count(): number {
    return this.#ends.count;
  }

  get sizeBytes(): number {
    return this.#ends.sizeBytes + this.#keys.sizeBytes + this.#values.sizeBytes;
  }

  get cutCount(): number {
    return this.#keys.cutCount + this.#values.cutCount + this.#droppedEntryCount;
  }

  put(map: Readonly<Record<string, string>>): void {
    this.#begin();
    for (const key in map) this.#entry(key, map[key] ?? '');
    this.#ends.putNumber(this.#keys.count);
  }

  putMap(map: ReadonlyMap<string, string>): void {
    this.#begin();
    for (const [key, value] of map) this.#entry(key, value);
    this.#ends.putNumber(this.#keys.count);
  }

  rollback(rows: number): void {
    if (this.#ends.count <= rows) return;
    this.#ends.rollback(rows);
    this.#keys.rewind();
    this.#values.rewind();
  }

  clear(): void {
    this.#ends.clear();
    this.#keys.clear();
    this.#values.clear();
    this.#droppedEntryCount = 0;
  }

  writeInto(target: Uint8Array, at: number): number {
    return this.#values.writeInto(target, this.#keys.writeInto(target, this.#ends.writeInto(target, at)));
  }

  #begin(): void {
    this.#rowStart = this.#keys.count;
    this.#keys.mark();
    this.#values.mark();
  }

  #entry(key: string, value: string): void {
    if (this.#keys.count - this.#rowStart === MAX_MAP_ENTRIES) {
      this.#droppedEntryCount += 1;
      return;
    }
    this.#keys.put(key);
    this.#values.put(value);
  }
}
