import { CODE, DIGITS, LETTERS, toByteSet } from './byte-classes.ts';
import { codeOfEscape, lengthOfEscape, readEscape } from './escapes.ts';
import type { KeyMatcher } from './key-matcher.ts';

/** Of a name as it stands, escapes and all; what is further from its end does not count. */
const MAX_WRITTEN_NAME_BYTES = 256;
/** `%2577` is an escape of an escape; deeper ones are left. */
const MAX_LAYERS = 3;
/** Bytes that a name with escapes in it is written with. */
const writtenBytes = toByteSet(`${LETTERS}${DIGITS}_-.%\\&#;`);
/** Where reading a name backwards meets one of these, an escape may stand there. */
const escapeEnds = toByteSet('%\\;');
/** `\n` and the like end a name; before all other characters a backslash is passed over. */
const controlEscapes = toByteSet('nrtbf');

/** Tells whether a name is secret, however it is written. */
export class SecretNames {
  readonly #keys: KeyMatcher;
  readonly #decoded = new Uint8Array(MAX_WRITTEN_NAME_BYTES);

  constructor(keys: KeyMatcher) {
    this.#keys = keys;
  }

  /** The name ends before `end`; where it begins shows in what stands before it. */
  endsAt(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.#keys.matchesBefore(bytes, start, end)) return true;
    const stoppedAt = this.#keys.stoppedAt;
    if (stoppedAt < start || escapeEnds[bytes[stoppedAt] ?? 0] !== 1) return false;
    const stopAt = Math.max(start, end - MAX_WRITTEN_NAME_BYTES);
    let from = end;
    while (from > stopAt && writtenBytes[bytes[from - 1] ?? 0] === 1) from -= 1;
    return this.#isSecretDecoded(bytes, from, end);
  }

  /** The name is all that stands between `start` and `end`; blanks in it count as `_` does. */
  is(bytes: Uint8Array, start: number, end: number): boolean {
    return this.#isSecretDecoded(bytes, Math.max(start, end - MAX_WRITTEN_NAME_BYTES), end);
  }

  #isSecretDecoded(bytes: Uint8Array, start: number, end: number): boolean {
    let length = decode(bytes, { start, end }, this.#decoded);
    for (let layer = 1; layer < MAX_LAYERS; layer += 1) {
      const before = length;
      length = decode(this.#decoded, { start: 0, end: length }, this.#decoded);
      if (length === before) break;
    }
    return this.#keys.matchesBefore(this.#decoded, 0, length);
  }
}

/** Writes what the escapes stand for, and returns its length. `to` may be what is read: it never gets ahead. */
function decode(bytes: Uint8Array, from: { start: number; end: number }, to: Uint8Array): number {
  let length = 0;
  for (let at = from.start; at < from.end;) {
    const escape = readEscape(bytes, at, from.end);
    let code = bytes[at] ?? 0;
    if (escape !== 0) code = codeOfEscape(escape);
    else if (code === CODE.backslash && at + 1 < from.end) {
      at += 1;
      code = controlEscapes[bytes[at] ?? 0] === 1 ? CODE.lineFeed : (bytes[at] ?? 0);
    } else if (code === CODE.space || code === CODE.plus) code = CODE.dash;
    to[length++] = code;
    at += Math.max(1, lengthOfEscape(escape));
  }
  return length;
}
