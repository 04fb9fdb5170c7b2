/** A value as it stands in a Native block; times and 64-bit numbers are bigint, addresses hexadecimal. */
export type BlockValue = string | number | bigint | null | Readonly<Record<string, string>>;
export type BlockRow = Readonly<Record<string, BlockValue>>;

/** Reads Native blocks for tests of what makes rows. Blocks themselves are proven against a real ClickHouse. */
export function readBlockRows(payload: Uint8Array): BlockRow[] {
  const reader = new BlockReader(payload);
  const rows: BlockRow[] = [];
  while (!reader.isAtEnd) rows.push(...reader.block());
  return rows;
}

class BlockReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(payload: Uint8Array) {
    this.#bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  block(): BlockRow[] {
    const columnCount = this.#varUint();
    const rowCount = this.#varUint();
    const columns = Array.from({ length: columnCount }, () => {
      const name = this.#text();
      return { name, values: this.#column(this.#text(), rowCount) };
    });
    return Array.from({ length: rowCount }, (_, row) =>
      Object.fromEntries(columns.map(({ name, values }) => [name, values[row] ?? null])),
    );
  }

  #column(type: string, count: number): BlockValue[] {
    const nullable = /^Nullable\((.*)\)$/.exec(type)?.[1];
    if (nullable !== undefined) {
      const nulls = this.#take(count);
      return this.#column(nullable, count).map((value, row) => (nulls[row] === 1 ? null : value));
    }
    if (type.startsWith('Map(')) return this.#maps(count);
    return Array.from({ length: count }, () => this.#value(type));
  }

  #maps(count: number): BlockValue[] {
    const ends = Array.from({ length: count }, () => Number(this.#take(8).readBigUInt64LE()));
    const total = ends.at(-1) ?? 0;
    const keys = Array.from({ length: total }, () => this.#text());
    const values = Array.from({ length: total }, () => this.#text());
    return ends.map((end, row) =>
      Object.fromEntries(
        keys
          .slice(ends[row - 1] ?? 0, end)
          .map((key, index) => [key, values[(ends[row - 1] ?? 0) + index] ?? '']),
      ),
    );
  }

  #value(type: string): BlockValue {
    switch (type) {
      case 'String':
        return this.#text();
      case 'UInt8':
      case 'Bool':
        return this.#take(1).readUInt8();
      case 'Int8':
        return this.#take(1).readInt8();
      case 'UInt16':
        return this.#take(2).readUInt16LE();
      case 'UInt32':
        return this.#take(4).readUInt32LE();
      case 'Int32':
        return this.#take(4).readInt32LE();
      case 'UInt64':
        return this.#take(8).readBigUInt64LE();
      case 'DateTime64(9)':
        return this.#take(8).readBigInt64LE();
      case 'IPv6':
        return this.#take(16).toString('hex');
      default:
        throw new Error(`a block has a column of type ${type}`);
    }
  }

  #text(): string {
    return this.#take(this.#varUint()).toString();
  }

  #varUint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#take(1).readUInt8();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  }

  #take(count: number): Buffer {
    this.#at += count;
    if (this.#at > this.#bytes.length) throw new Error('a block is cut off');
    return this.#bytes.subarray(this.#at - count, this.#at);
  }
}
