const FIRST_BYTES = 4_096;

/** Appends little-endian fields; grows as needed, the caller bounds what goes in. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  written(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
  }

  uint8(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  uint32(value: number): void {
    this.#reserve(4);
    this.#length = this.#bytes.writeUInt32LE(value >>> 0, this.#length);
  }

  float64(value: number): void {
    this.#reserve(8);
    this.#length = this.#bytes.writeDoubleLE(value, this.#length);
  }

  int64(value: bigint): void {
    this.#reserve(8);
    this.#length = this.#bytes.writeBigInt64LE(BigInt.asIntN(64, value), this.#length);
  }

  bytes(value: Uint8Array): void {
    this.uint32(value.length);
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  text(value: string): void {
    this.bytes(Buffer.from(value));
  }

  /** Writes over a number that was put before. */
  patchUint32(at: number, value: number): void {
    this.#bytes.writeUInt32LE(value >>> 0, at);
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#length + count, this.#bytes.length * 2));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}

/**
 * Reads what a stranger may have written: behind the end, and past a bound, it yields zeros and remembers
 * that the bytes are bad.
 */
export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;
  isBad = false;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  uint8(): number {
    return this.#has(1) ? (this.#bytes[this.#at++] ?? 0) : 0;
  }

  uint32(): number {
    if (!this.#has(4)) return 0;
    this.#at += 4;
    return this.#bytes.readUInt32LE(this.#at - 4);
  }

  /** A finite number, or the bytes are bad. */
  float64(): number {
    if (!this.#has(8)) return 0;
    this.#at += 8;
    const value = this.#bytes.readDoubleLE(this.#at - 8);
    if (Number.isFinite(value)) return value;
    this.isBad = true;
    return 0;
  }

  /** A whole number from 0 to 2^53: a time, a position, a count. */
  whole(): number {
    const value = this.float64();
    if (value >= 0 && value <= Number.MAX_SAFE_INTEGER) return value;
    this.isBad = true;
    return 0;
  }

  int64(): bigint {
    if (!this.#has(8)) return 0n;
    this.#at += 8;
    return this.#bytes.readBigInt64LE(this.#at - 8);
  }

  bytes(maxBytes: number): Buffer {
    const length = this.uint32();
    if (length > maxBytes || !this.#has(length)) {
      this.isBad = true;
      return this.#bytes.subarray(0, 0);
    }
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  text(maxBytes: number): string {
    return this.bytes(maxBytes).toString();
  }

  choice<T>(values: readonly T[], fallback: T): T {
    const value = values[this.uint8()];
    if (value === undefined) this.isBad = true;
    return value ?? fallback;
  }

  #has(count: number): boolean {
    if (this.#at + count <= this.#bytes.length) return true;
    this.isBad = true;
    return false;
  }
}
