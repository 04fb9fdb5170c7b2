import type { ColumnWriter } from './column-writer.ts';

const FIRST_ROWS = 64;
const ADDRESS_BYTES = 16;

/** IPv6: 16 bytes in network order, IPv4 as v4-mapped. */
export class AddressColumn implements ColumnWriter<Uint8Array> {
  #bytes = new Uint8Array(FIRST_ROWS * ADDRESS_BYTES);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  get sizeBytes(): number {
    return this.#count * ADDRESS_BYTES;
  }

  /** An address that is not 16 bytes long is stored as `::`. */
  put(address: Uint8Array): void {
    const at = this.#count * ADDRESS_BYTES;
    if (at === this.#bytes.length) this.#grow();
    if (address.length === ADDRESS_BYTES) this.#bytes.set(address, at);
    else this.#bytes.fill(0, at, at + ADDRESS_BYTES);
    this.#count += 1;
  }

  rollback(rows: number): void {
    this.#count = Math.min(this.#count, rows);
  }

  clear(): void {
    this.#count = 0;
  }

  writeInto(target: Uint8Array, at: number): number {
    target.set(this.#bytes.subarray(0, this.sizeBytes), at);
    return at + this.sizeBytes;
  }

  #grow(): void {
    const grown = new Uint8Array(this.#bytes.length * 2);
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}
