import type { ColumnWriter } from './column-writer.ts';

const FIRST_ROWS = 64;

type NumberArray =
  Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Int32Array<ArrayBuffer>;
type NumberArrayMaker = new (length: number) => NumberArray;

/** UInt8, UInt16, UInt32, Int8, Int32: numbers of a typed array, which wraps what does not fit. */
export class NumberColumn implements ColumnWriter<number> {
  #values: NumberArray;
  #count = 0;
  readonly #make: NumberArrayMaker;

  constructor(make: NumberArrayMaker) {
    this.#make = make;
    this.#values = new make(FIRST_ROWS);
  }

  get count(): number {
    return this.#count;
  }

  get sizeBytes(): number {
    return this.#count * this.#values.BYTES_PER_ELEMENT;
  }

  put(value: number): void {
    if (this.#count === this.#values.length) this.#grow();
    this.#values[this.#count++] = value;
  }

  rollback(rows: number): void {
    this.#count = Math.min(this.#count, rows);
  }

  clear(): void {
    this.#count = 0;
  }

  writeInto(target: Uint8Array, at: number): number {
    const size = this.sizeBytes;
    target.set(new Uint8Array(this.#values.buffer, 0, size), at);
    return at + size;
  }

  #grow(): void {
    const grown = new this.#make(this.#values.length * 2);
    grown.set(this.#values);
    this.#values = grown;
  }
}

/** Bool: one byte, 0 or 1. */
export class BoolColumn implements ColumnWriter<boolean> {
  readonly #bytes = new NumberColumn(Uint8Array);

  get count(): number {
    return this.#bytes.count;
  }

  get sizeBytes(): number {
    return this.#bytes.sizeBytes;
  }

  put(value: boolean): void {
    this.#bytes.put(value ? 1 : 0);
  }

  rollback(rows: number): void {
    this.#bytes.rollback(rows);
  }

  clear(): void {
    this.#bytes.clear();
  }

  writeInto(target: Uint8Array, at: number): number {
    return this.#bytes.writeInto(target, at);
  }
}

/** An enum by its names; `putIndex` takes the stored number where the caller knows it. */
export class EnumColumn<Name extends string> implements ColumnWriter<Name> {
  readonly #bytes = new NumberColumn(Uint8Array);
  readonly #indexes: ReadonlyMap<string, number>;

  constructor(values: readonly string[]) {
    this.#indexes = new Map(values.map((value, index) => [value, index]));
  }

  get count(): number {
    return this.#bytes.count;
  }

  get sizeBytes(): number {
    return this.#bytes.sizeBytes;
  }

  /** A name outside of the list cannot occur in typed code; it is stored as the first. */
  put(value: Name): void {
    this.#bytes.put(this.#indexes.get(value) ?? 0);
  }

  putIndex(index: number): void {
    this.#bytes.put(index);
  }

  rollback(rows: number): void {
    this.#bytes.rollback(rows);
  }

  clear(): void {
    this.#bytes.clear();
  }

  writeInto(target: Uint8Array, at: number): number {
    return this.#bytes.writeInto(target, at);
  }
}
