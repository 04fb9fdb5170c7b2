const decoder = new TextDecoder('latin1');

/** Reads foreign bytes. The first read beyond the end sets `isPastEnd`, and all later ones give zeros. */
export class BlockCursor {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;
  #isPastEnd = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get at(): number {
    return this.#at;
  }

  get isPastEnd(): boolean {
    return this.#isPastEnd;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** LEB128 up to 2^53; more is treated as running past the end. */
  varUint(): number {
    let value = 0;
    let scale = 1;
    for (let index = 0; index < 8; index += 1) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) break;
      this.#at += 1;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value <= Number.MAX_SAFE_INTEGER ? value : this.#pastEnd();
      scale *= 128;
    }
    return this.#pastEnd();
  }

  /** Moves on by `count` bytes and returns where they begin. */
  skip(count: number): number {
    const start = this.#at;
    if (count > this.#bytes.length - start) return this.#pastEnd();
    this.#at = start + count;
    return start;
  }

  /** A short name; undefined when it is longer than `maxBytes`. */
  name(maxBytes: number): string | undefined {
    const length = this.varUint();
    if (length > maxBytes) return undefined;
    const start = this.skip(length);
    return this.#isPastEnd ? undefined : decoder.decode(this.#bytes.subarray(start, start + length));
  }

  /**
   * Walks over `count` strings. Returns the bytes of the longest, or Infinity when one is longer than
   * `maxBytes`. The loop of the whole inspection: one branch for the common short string.
   */
  skipStrings(count: number, maxBytes: number): number {
    const bytes = this.#bytes;
    let longest = 0;
    for (let index = 0; index < count; index += 1) {
      const first = bytes[this.#at];
      let length: number;
      if (first !== undefined && first < 0x80) {
        length = first;
        this.#at += 1;
      } else length = this.varUint();
      if (length > longest) longest = length;
      if (longest > maxBytes) return Infinity;
      this.#at += length;
      if (this.#at > bytes.length || this.#isPastEnd) return this.#pastEnd();
    }
    return longest;
  }

  /** Largest of `count` bytes from `start`, which `skip` has found to exist. */
  largestByte(start: number, count: number): number {
    let largest = 0;
    for (let at = start; at < start + count; at += 1) {
      const byte = this.#bytes[at] ?? 0;
      if (byte > largest) largest = byte;
    }
    return largest;
  }

  uint64At(at: number): bigint {
    return this.#view.getBigUint64(at, true);
  }

  /** Smallest and largest of `count` ≥ 1 signed 64-bit numbers; no bigint per value. */
  signedRange(start: number, count: number): { readonly first: bigint; readonly last: bigint } {
    let firstAt = start;
    let lastAt = start;
    for (let at = start + 8; at < start + count * 8; at += 8) {
      if (this.#isLess(at, firstAt)) firstAt = at;
      else if (this.#isLess(lastAt, at)) lastAt = at;
    }
    return { first: this.#view.getBigInt64(firstAt, true), last: this.#view.getBigInt64(lastAt, true) };
  }

  /** Whether `count` 64-bit values from `start` all equal `expected`. */
  isConstant(start: number, count: number, expected: bigint): boolean {
    const low = Number(expected & 0xffff_ffffn);
    const high = Number(expected >> 32n);
    for (let at = start; at < start + count * 8; at += 8) {
      if (this.#view.getUint32(at, true) !== low || this.#view.getUint32(at + 4, true) !== high) return false;
    }
    return true;
  }

  /** Number of entries of a map column: its last offset; undefined when the offsets go down or over `max`. */
  mapEntries(start: number, rows: number, max: number): number | undefined {
    let before = 0;
    for (let at = start; at < start + rows * 8; at += 8) {
      const low = this.#view.getUint32(at, true);
      if (this.#view.getUint32(at + 4, true) !== 0 || low < before || low - before > max) return undefined;
      before = low;
    }
    return before;
  }

  #isLess(a: number, b: number): boolean {
    const highA = this.#view.getInt32(a + 4, true);
    const highB = this.#view.getInt32(b + 4, true);
    if (highA !== highB) return highA < highB;
    return this.#view.getUint32(a, true) < this.#view.getUint32(b, true);
  }

  #pastEnd(): number {
    this.#isPastEnd = true;
    this.#at = Math.min(this.#at, this.#bytes.length);
    return 0;
  }
}
