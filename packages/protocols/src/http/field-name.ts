import { isTokenByte } from './syntax.ts';
import { toByteText } from './text.ts';

/** Names that are remembered; programs use some dozens. A power of two. */
const MAX_NAMES = 512;
/** Places looked at for a name before one of them is taken. */
const MAX_PROBES = 4;
/** Longer names are not remembered. */
const MAX_NAME_BYTES = 64;

/** Each byte that a name may have, in lower case; 0 for all others. */
const lowerBytes = new Uint8Array(256);
for (let byte = 0; byte < 256; byte += 1) {
  if (isTokenByte(byte)) lowerBytes[byte] = byte >= 65 && byte <= 90 ? byte + 32 : byte;
}

/**
 * Reads the names of fields, and gives the same string for the same name, so that no text is made for a name
 * that was seen before. What followed a name the last time is tried first.
 */
export class FieldNames {
  readonly #names: (string | undefined)[] = new Array<string | undefined>(MAX_NAMES).fill(undefined);
  readonly #hashOf = new Uint16Array(MAX_NAMES);
  /** By place of a name: the place of the name behind it. The last is for the first name of a block. */
  readonly #followers = new Uint16Array(MAX_NAMES + 1);
  #place = MAX_NAMES;
  /** Behind the name that `read` read. */
  end = 0;
  /** Below `hashCount`, and equal for equal names. */
  hash = 0;

  static readonly hashCount = MAX_NAMES;

  beginBlock(): void {
    this.#place = MAX_NAMES;
  }

  /** The name at `from` in lower case, empty when there is none. */
  read(bytes: Uint8Array, from: number, to: number): string {
    const place = this.#followers[this.#place] ?? 0;
    const guess = this.#names[place];
    if (guess !== undefined && isNameAt(guess, bytes, from, to)) {
      this.end = from + guess.length;
      this.hash = this.#hashOf[place] ?? 0;
      this.#place = place;
      return guess;
    }
    return this.#find(bytes, from, to);
  }

  #find(bytes: Uint8Array, from: number, to: number): string {
    let hash = 0;
    let at = from;
    for (; at < to; at += 1) {
      const lower = lowerBytes[bytes[at] ?? 0] ?? 0;
      if (lower === 0) break;
      hash = (Math.imul(hash, 31) + lower) | 0;
    }
    this.end = at;
    this.hash = (hash ^ (hash >>> 15)) & (MAX_NAMES - 1);
    if (at === from) return '';
    let place = this.hash;
    for (let probe = 0; probe < MAX_PROBES; probe += 1) {
      place = (this.hash + probe) & (MAX_NAMES - 1);
      const known = this.#names[place];
      if (known === undefined) break;
      if (isNameAt(known, bytes, from, to)) return this.#follow(place, known);
    }
    const name = toByteText(bytes, from, at).toLowerCase();
    if (name.length > MAX_NAME_BYTES) return name;
    this.#names[place] = name;
    this.#hashOf[place] = this.hash;
    return this.#follow(place, name);
  }

  #follow(place: number, name: string): string {
    this.#followers[this.#place] = place;
    this.#place = place;
    return name;
  }
}

/** Does `name`, and no longer one, stand at `from`? */
function isNameAt(name: string, bytes: Uint8Array, from: number, to: number): boolean {
  const end = from + name.length;
  if (end > to || (end < to && lowerBytes[bytes[end] ?? 0] !== 0)) return false;
  for (let at = 0; at < name.length; at += 1) {
    if (lowerBytes[bytes[from + at] ?? 0] !== name.charCodeAt(at)) return false;
  }
  return true;
}
