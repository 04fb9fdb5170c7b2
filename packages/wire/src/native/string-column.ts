import type { ColumnWriter } from './column-writer.ts';
import { putVarUint, varUintBytes } from './var-uint.ts';

const FIRST_BYTES = 1024;

/** Bytes of one string; what is longer is cut at a character and counted. */
export const MAX_STRING_BYTES = 1_048_576;

/** Below this length a loop over the characters beats the call into the runtime's encoder. */
const SHORT_STRING_CHARACTERS = 48;

/** String: a varint length, then the bytes (UTF-8 for text). */
export class StringColumn implements ColumnWriter<string> {
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #length = 0;
  #lastStart = 0;
  #lastText: string | undefined;
  #count = 0;
  #cutCount = 0;
  #markedLength = 0;
  #markedCount = 0;

  get count(): number {
    return this.#count;
  }

  get sizeBytes(): number {
    return this.#length;
  }

  /** Strings that were longer than `MAX_STRING_BYTES`. */
  get cutCount(): number {
    return this.#cutCount;
  }

  put(text: string): void {
    this.#count += 1;
    if (text.length === 0) {
      this.#putEmpty();
      return;
    }
    const start = this.#length;
    if (text === this.#lastText) this.#repeat(start);
    else if (text.length > SHORT_STRING_CHARACTERS || !this.#putShortAscii(text)) this.#putUtf8(text);
    this.#lastStart = start;
    this.#lastText = text;
  }

  /** Bytes as they are, such as a body whose encoding is not known. */
  putBytes(bytes: Uint8Array): void {
    const kept = bytes.length > MAX_STRING_BYTES ? bytes.subarray(0, MAX_STRING_BYTES) : bytes;
    if (kept !== bytes) this.#cutCount += 1;
    this.#reserve(kept.length + 5);
    this.#lastStart = this.#length;
    this.#lastText = undefined;
    this.#length = putVarUint(this.#bytes, this.#length, kept.length);
    this.#bytes.set(kept, this.#length);
    this.#length += kept.length;
    this.#count += 1;
  }

  rollback(rows: number): void {
    if (this.#count <= rows) return;
    this.#length = this.#lastStart;
    this.#lastText = undefined;
    this.#count = rows;
  }

  /** Puts again the `count` strings that stand between two positions of `sizeBytes`. */
  repeatRange(from: number, to: number, count: number): void {
    const size = to - from;
    this.#reserve(size);
    this.#bytes.copyWithin(this.#length, from, to);
    this.#length += size;
    this.#count += count;
    this.#lastText = undefined;
  }

  /** Remembers this position, for `rewind`: a map's row is several strings. */
  mark(): void {
    this.#markedLength = this.#length;
    this.#markedCount = this.#count;
  }

  rewind(): void {
    this.#length = this.#markedLength;
    this.#count = this.#markedCount;
    this.#lastText = undefined;
  }

  clear(): void {
    this.#length = 0;
    this.#count = 0;
    this.#cutCount = 0;
    this.#lastText = undefined;
  }

  writeInto(target: Uint8Array, at: number): number {
    target.set(this.#bytes.subarray(0, this.#length), at);
    return at + this.#length;
  }

  #putEmpty(): void {
    if (this.#length === this.#bytes.length) this.#reserve(1);
    this.#lastStart = this.#length;
    this.#lastText = undefined;
    this.#bytes[this.#length++] = 0;
  }

  /** Neighbouring rows often carry the very same value: names of services, hosts, methods. */
  #repeat(start: number): void {
    const size = start - this.#lastStart;
    if (start + size > this.#bytes.length) this.#reserve(size);
    const bytes = this.#bytes;
    // A loop is cheaper than the call for strings as short as names are.
    if (size > SHORT_STRING_CHARACTERS) bytes.copyWithin(start, this.#lastStart, start);
    else
      for (let from = this.#lastStart, to = start; from < start; from += 1, to += 1)
        bytes[to] = bytes[from] ?? 0;
    this.#length = start + size;
  }

  #putShortAscii(text: string): boolean {
    const size = text.length;
    if (this.#length + size + 1 > this.#bytes.length) this.#reserve(size + 1);
    const bytes = this.#bytes;
    let at = this.#length;
    bytes[at] = size;
    for (let index = 0; index < size; index += 1) {
      const code = text.charCodeAt(index);
      if (code >= 0x80) return false;
      at += 1;
      bytes[at] = code;
    }
    this.#length = at + 1;
    return true;
  }

  #putUtf8(text: string): void {
    const trueBytes = Buffer.byteLength(text);
    const size = trueBytes > MAX_STRING_BYTES ? this.#cutSize(text) : trueBytes;
    this.#reserve(size + varUintBytes(size));
    this.#length = putVarUint(this.#bytes, this.#length, size);
    this.#length += this.#bytes.write(text, this.#length, size);
  }

  /** Bytes of the whole characters that fit. */
  #cutSize(text: string): number {
    this.#cutCount += 1;
    return Buffer.alloc(MAX_STRING_BYTES).write(text);
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}
