const MINIMUM_CAPACITY_BYTES = 64;

/**
 * A growing byte buffer with a hard limit. State only; what is written where is up to the codec.
 * Little-endian throughout, as ClickHouse's formats are.
 */
export class ByteSink {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView<ArrayBuffer>;
  #length = 0;
  readonly #limitBytes: number;

  constructor(initialBytes: number, limitBytes: number) {
    this.#bytes = new Uint8Array(Math.max(MINIMUM_CAPACITY_BYTES, initialBytes));
    this.#view = new DataView(this.#bytes.buffer);
    this.#limitBytes = limitBytes;
  }

  get length(): number {
    return this.#length;
  }

  /** Makes room for `count` more bytes; false when the limit forbids it, and then nothing changes. */
  reserve(count: number): boolean {
    const needed = this.#length + count;
    if (needed > this.#limitBytes) return false;
    if (needed <= this.#bytes.length) return true;
    const grown = new Uint8Array(Math.min(this.#limitBytes, Math.max(needed, this.#bytes.length * 2)));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
    return true;
  }

  /** The writers below need a successful `reserve` first. */
  putUint8(value: number): void {
    this.#bytes[this.#length++] = value;
  }

  putUint16(value: number): void {
    this.#view.setUint16(this.#length, value, true);
    this.#length += 2;
  }

  putUint32(value: number): void {
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
  }

  putUint64(value: bigint): void {
    this.#view.setBigUint64(this.#length, value, true);
    this.#length += 8;
  }

  putBytes(bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** LEB128, at most 10 bytes for a safe integer's range. */
  putVarUint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
  }

  /** A view of what was written, valid until the next write. */
  written(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
  }
}
