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
 * that was seen before, and maps compare names by identity.
 */
export class FieldNames {
  readonly #names: (string | undefined)[] = new Array<string | undefined>(MAX_NAMES).fill(undefined);
  /** Behind the name that `read` read. */
  end = 0;
  /** Below `MAX_NAMES`: equal for equal names. */
  slot = 0;

  static readonly slotCount = MAX_NAMES;

  /** The name at `from` in lower case, empty when there is none. */
  read(bytes: Uint8Array, from: number, to: number): string {
    let hash = 0;
    let at = from;
    while (at < to) {
      const lower = lowerBytes[bytes[at] ?? 0] ?? 0;
      if (lower === 0) break;
      hash = (Math.imul(hash, 31) + lower) | 0;
      at += 1;
    }
    this.end = at;
    if (at === from) return '';
    const home = hash ^ (hash >>> 15);
    for (let probe = 0; probe < MAX_PROBES; probe += 1) {
      this.slot = (home + probe) & (MAX_NAMES - 1);
      const known = this.#names[this.slot];
      if (known === undefined) break;
      if (isSame(bytes, from, at, known)) return known;
    }
    return this.#add(bytes, from, at);
  }

  /** Takes the place of whatever the last slot held. */
  #add(bytes: Uint8Array, from: number, to: number): string {
    const name = toByteText(bytes, from, to).toLowerCase();
    if (name.length <= MAX_NAME_BYTES) this.#names[this.slot] = name;
    return name;
  }
}

function isSame(bytes: Uint8Array, from: number, to: number, name: string): boolean {
  if (name.length !== to - from) return false;
  for (let at = 0; at < name.length; at += 1) {
    if (lowerBytes[bytes[from + at] ?? 0] !== name.charCodeAt(at)) return false;
  }
  return true;
}
