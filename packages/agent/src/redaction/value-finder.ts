import { CODE, toByteSet } from './byte-classes.ts';
import { codeOfEscape, lengthOfEscape, readEscape } from './escapes.ts';
import type { ScanWindow } from './scan-window.ts';

const assignedEnds = toByteSet(' \t\r\n&"\'<>');
const statedEnds = toByteSet('\r\n,;&}]"\'<>');
const listEnds = toByteSet(']');
const blanks = toByteSet(' \t');
const blanksAndLineEnds = toByteSet(' \t\r\n');
const MAX_ESCAPES_OF_A_QUOTE = 15;

/** Finds where the value ends that stands behind a secret name. */
export class ValueFinder {
  readonly #window: ScanWindow;

  constructor(window: ScanWindow) {
    this.#window = window;
  }

  /** @param separator the byte that the separator begins with. Returns where to go on. */
  find(from: number, separator: number): number {
    const window = this.#window;
    let at = this.#valueStart(from, separator);
    let escapes = 0;
    while (escapes < MAX_ESCAPES_OF_A_QUOTE && window.at(at + escapes) === CODE.backslash) escapes += 1;
    const first = window.at(at + escapes);
    if (isQuote(first)) return this.#quoted(at + escapes + 1, first, escapes);
    const escape = readEscape(window.bytes, at, window.end);
    if (isQuote(codeOfEscape(escape))) return this.#escapedQuoted(at + lengthOfEscape(escape), escape);
    at += escapes;
    const isOpen = first === CODE.openBracket || first === CODE.openBrace;
    if (separator === CODE.colon && isOpen) return this.#nested(at);
    if (first === CODE.openBracket) return this.#until(listEnds, at);
    return separator === CODE.colon ? this.#until(statedEnds, at) : this.#assigned(at);
  }

  /** Blanks are passed over; ends of lines too where a JSON value follows, but not in a head, whose next line is another field. */
  #valueStart(from: number, separator: number): number {
    const window = this.#window;
    const at = window.whileOneOf(blanks, from);
    if (separator !== CODE.colon) return at;
    const next = window.whileOneOf(blanksAndLineEnds, at);
    const first = window.at(next);
    const isJson = first === CODE.doubleQuote || first === CODE.openBracket || first === CODE.openBrace;
    return isJson ? next : at;
  }

  #until(ends: Uint8Array, from: number): number {
    return this.#window.found(from, this.#window.untilOneOf(ends, from));
  }

  /** `&` ends it, unless it begins a character by its number. */
  #assigned(from: number): number {
    const window = this.#window;
    let at = window.untilOneOf(assignedEnds, from);
    while (window.at(at) === CODE.ampersand && window.at(at + 1) === CODE.hash)
      at = window.untilOneOf(assignedEnds, at + 1);
    return window.found(from, at);
  }

  /** Backslashes before the opening quote tell how deep JSON lies in JSON: a quote with more is inside of the value. */
  #quoted(from: number, quote: number, escapes: number): number {
    const { bytes, end } = this.#window;
    let at = from;
    let backslashes = 0;
    for (; at < end; at += 1) {
      const byte = bytes[at];
      if (byte === quote && (escapes === 0 ? backslashes % 2 === 0 : backslashes <= escapes)) break;
      backslashes = byte === CODE.backslash ? backslashes + 1 : 0;
    }
    this.#window.found(from, at - Math.min(backslashes, escapes));
    return Math.max(at, from);
  }

  /** `%22…%22` ends where its query does; `&quot;…&quot;` and `\u0022…\u0022` at what may stand in no value of theirs. */
  #escapedQuoted(from: number, opening: number): number {
    const window = this.#window;
    const isOfQuery = lengthOfEscape(opening) === 3;
    let at = from;
    for (; at < window.end; at += 1) {
      const byte = window.bytes[at] ?? 0;
      if (readEscape(window.bytes, at, window.end) === opening) break;
      if (isOfQuery ? assignedEnds[byte] === 1 : byte === CODE.doubleQuote || byte === CODE.lessThan) break;
    }
    return window.found(from, at);
  }

  /** A JSON object or array, up to its own closing bracket; what stands in strings does not count. */
  #nested(from: number): number {
    const { bytes, end } = this.#window;
    let depth = 0;
    let at = from;
    for (; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte === CODE.doubleQuote) at = this.#stringEnd(at + 1);
      else if (byte === CODE.openBracket || byte === CODE.openBrace) depth += 1;
      else if ((byte === CODE.closeBracket || byte === CODE.closeBrace) && (depth -= 1) === 0) break;
    }
    return this.#window.found(from, Math.min(at, end));
  }

  /** Where the quote is that ends a string, or the end. */
  #stringEnd(from: number): number {
    const { bytes, end } = this.#window;
    let at = from;
    while (at < end && bytes[at] !== CODE.doubleQuote) at += bytes[at] === CODE.backslash ? 2 : 1;
    return at;
  }
}

function isQuote(code: number): boolean {
  return code === CODE.doubleQuote || code === CODE.singleQuote;
}
