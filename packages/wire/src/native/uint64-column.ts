import type { ColumnWriter } from './column-writer.ts';

const FIRST_ROWS = 64;
const TWO_32 = 0x1_0000_0000;

/** UInt64, Int64 and times: 8 bytes, little-endian. */
export class Uint64Column implements ColumnWriter<bigint> {
  #values = new BigUint64Array(FIRST_ROWS);
  /** The same memory as low and high halves: whole numbers go in without a bigint. */
  #halves = new Uint32Array(this.#values.buffer);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  get sizeBytes(): number {
    return this.#count * 8;
  }

  /** Wraps modulo 2^64, so negative times keep their two's complement. */
  put(value: bigint): void {
    if (this.#count === this.#values.length) this.#grow();
    this.#values[this.#count++] = value;
  }

  /** Two halves of 32 bits, each as an unsigned number. */
  putHalves(low: number, high: number): void {
    if (this.#count === this.#values.length) this.#grow();
    const at = this.#count * 2;
    this.#halves[at] = low;
    this.#halves[at + 1] = high;
    this.#count += 1;
  }

  /** A whole number from 0 to 2^53. */
  putNumber(value: number): void {
    if (this.#count === this.#values.length) this.#grow();
    const at = this.#count * 2;
    this.#halves[at] = value;
    this.#halves[at + 1] = value / TWO_32;
    this.#count += 1;
  }

  rollback(rows: number): void {
    this.#count = Math.min(this.#count, rows);
  }

  clear(): void {
    this.#count = 0;
  }

  writeInto(target: Uint8Array, at: number): number {
    target.set(new Uint8Array(this.#values.buffer, 0, this.sizeBytes), at);
    return at + this.sizeBytes;
  }

  /** Smallest and largest value as signed numbers; zeros when there is no row. */
  signedRange(): { readonly first: bigint; readonly last: bigint } {
    const signed = new BigInt64Array(this.#values.buffer, 0, this.#count);
    let first = signed[0] ?? 0n;
    let last = first;
    for (const value of signed) {
      if (value < first) first = value;
      else if (value > last) last = value;
    }
    return { first, last };
  }

  #grow(): void {
    const grown = new BigUint64Array(this.#values.length * 2);
    grown.set(this.#values);
    this.#values = grown;
    this.#halves = new Uint32Array(grown.buffer);
  }
}
