const FIRST_CAPACITY_BYTES = 512;
const emptyBytes = new Uint8Array(0);

/** Bytes carried over from one push to the next: only unfinished lines and heads, up to a limit that the reader keeps. */
export class ByteStore {
  #bytes: Uint8Array = emptyBytes;
  length = 0;

  get heldBytes(): number {
    return this.#bytes.length;
  }

  append(bytes: Uint8Array, from: number, to: number): void {
    const needed = this.length + to - from;
    if (needed > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(FIRST_CAPACITY_BYTES, needed, this.#bytes.length * 2));
      grown.set(this.view());
      this.#bytes = grown;
    }
    this.#bytes.set(from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to), this.length);
    this.length = needed;
  }

  /** Valid until the next change. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  /** Forgets the first `count` bytes. */
  drop(count: number): void {
    this.#bytes.copyWithin(0, count, this.length);
    this.length -= count;
  }

  clear(): void {
    this.length = 0;
    if (this.#bytes.length > 8192) this.#bytes = emptyBytes;
  }
}
