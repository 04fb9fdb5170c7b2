import { Repeats } from '@tomte/kit';
import type { ColumnWriter } from './column-writer.ts';
import { StringColumn } from './string-column.ts';
import { Uint64Column } from './uint64-column.ts';

/** Entries of one map; more are dropped and counted. */
export const MAX_MAP_ENTRIES = 1024;

/** Maps of a block whose place is remembered. */
const MAX_REMEMBERED_MAPS = 256;

/** Where the entries of a map stand in both columns. */
interface MapPlace {
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly valueStart: number;
  readonly valueEnd: number;
  readonly entries: number;
}

/** Map(String, String): per row the running count of entries, then all keys, then all values. */
export class MapColumn implements ColumnWriter<Readonly<Record<string, string>>> {
  readonly #ends = new Uint64Column();
  readonly #keys = new StringColumn();
  readonly #values = new StringColumn();
  readonly #places = new Repeats<ReadonlyMap<string, string>, MapPlace>(MAX_REMEMBERED_MAPS);
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

  /** The map must not change before the block is sealed: the next row with the same one copies its bytes. */
  putMap(map: ReadonlyMap<string, string>): void {
    this.#begin();
    const place = this.#places.get(map);
    if (place === undefined) this.#putNew(map);
    else {
      this.#keys.repeatRange(place.keyStart, place.keyEnd, place.entries);
      this.#values.repeatRange(place.valueStart, place.valueEnd, place.entries);
    }
    this.#ends.putNumber(this.#keys.count);
  }

  rollback(rows: number): void {
    if (this.#ends.count <= rows) return;
    this.#ends.rollback(rows);
    this.#keys.rewind();
    this.#values.rewind();
    this.#places.forgetValues();
  }

  clear(): void {
    this.#ends.clear();
    this.#keys.clear();
    this.#values.clear();
    this.#places.forgetValues();
    this.#droppedEntryCount = 0;
  }

  writeInto(target: Uint8Array, at: number): number {
    return this.#values.writeInto(target, this.#keys.writeInto(target, this.#ends.writeInto(target, at)));
  }

  #putNew(map: ReadonlyMap<string, string>): void {
    if (map.size === 0) return;
    const keyStart = this.#keys.sizeBytes;
    const valueStart = this.#values.sizeBytes;
    const cutCount = this.cutCount;
    for (const [key, value] of map) this.#entry(key, value);
    // What was cut must be counted each time.
    if (this.cutCount !== cutCount) return;
    this.#places.put(map, {
      keyStart,
      keyEnd: this.#keys.sizeBytes,
      valueStart,
      valueEnd: this.#values.sizeBytes,
      entries: map.size,
    });
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
