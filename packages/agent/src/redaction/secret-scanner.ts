import {
  findAuthority,
  findDriverCredentials,
  findEmailAddress,
  findUrlCredentials,
} from './address-patterns.ts';
import { CODE, DIGITS, kindAt, KIND, nextTrigger, toByteSet, wordBytes } from './byte-classes.ts';
import { CardFinder } from './card-finder.ts';
import { codeOfEscape, escapeBefore, lengthOfEscape, readEscape } from './escapes.ts';
import { KeyMatcher } from './key-matcher.ts';
import type { RedactionRules } from './rules.ts';
import { ScanWindow } from './scan-window.ts';
import { SecretNames } from './secret-names.ts';
import { findCredentials, findKeyId, findPrivateKey, findWebToken } from './token-patterns.ts';
import { ValueFinder } from './value-finder.ts';

const tagNameEnds = toByteSet(' \t\r\n/>"\'=&\\%<');
const partNameEnds = toByteSet('\r\n;<>');
const quoteEnds = toByteSet('"\r\n');
/** Of `/`, `\/`, `%2F`, `\u002f` and `&#47;`. */
const slashBegins = toByteSet('/\\%&');
const digitBytes = toByteSet(DIGITS);

/** `\u0022`, the longest escape that ends in a letter or a digit. */
const ESCAPE_BYTES = 6;
/** White space is looked back over once, by the separator behind it: a bound, not a saving. */
const MAX_SPACES_BEFORE_SEPARATOR = 1_024;
const spaceBytes = toByteSet(' \t\r\n');
const MAX_QUOTED_NAME_BYTES = 128;
/** What may stand between the name of a part and its content, or in a tag. */
const MAX_PART_HEADER_BYTES = 1_024;
const MAX_TAG_BYTES = 512;
const CDATA = '<![CDATA[';

/**
 * Finds what must not be kept, in one pass and in time linear to the input: each byte is looked at once,
 * plus a look back of bounded length at the few bytes that can end a name. No regular expressions, so
 * no input can make it slow.
 */
export class SecretScanner {
  readonly keys: KeyMatcher;
  readonly #patterns: RedactionRules['patterns'];
  readonly #window = new ScanWindow();
  readonly #names: SecretNames;
  readonly #values = new ValueFinder(this.#window);
  readonly #cards = new CardFinder(this.#window);
  /** Behind the last separator: no name begins before it, and no byte is read twice for two names. */
  #nameFloor = 0;

  constructor(rules: RedactionRules) {
    this.#patterns = rules.patterns;
    this.keys = new KeyMatcher(rules.fields);
    this.#names = new SecretNames(this.keys);
  }

  /** Starts and ends by turns, ascending, not overlapping; valid until the next scan. */
  get ranges(): readonly number[] {
    return this.#window.ranges;
  }

  /** Fills `ranges` with what is secret between `start` and `end`. True when there is any. */
  scan(bytes: Uint8Array, start: number, end: number): boolean {
    this.#window.reset(bytes, start, end);
    this.#nameFloor = start;
    this.#scanUntil(start, end);
    return this.#window.ranges.length > 0;
  }

  #scanUntil(from: number, end: number): number {
    const { bytes } = this.#window;
    let at = nextTrigger(bytes, from, end);
    while (at < end) at = nextTrigger(bytes, this.#visit(kindAt(bytes, at), at), end);
    return at;
  }

  /** Returns where to go on, always behind `at`. */
  #visit(kind: number, at: number): number {
    switch (kind) {
      case KIND.separator:
        return this.#separator(at, at + 1);
      case KIND.digit:
        return this.#patterns.cardNumbers ? this.#cards.find(at) : this.#window.whileOneOf(digitBytes, at);
      case KIND.tag:
        return this.#element(at, at + 1);
      case KIND.at:
        return this.#atSign(at, at + 1);
      case KIND.escape:
        return this.#escape(at);
      default:
        return this.#patterns.tokens ? this.#token(kind, at) : at + 1;
    }
  }

  #token(kind: number, at: number): number {
    if (kind === KIND.letterJ) return findWebToken(this.#window, at);
    if (kind === KIND.letterA) return findKeyId(this.#window, at);
    return Math.max(findCredentials(this.#window, at), findPrivateKey(this.#window, at));
  }

  /** `%3D` and `%3A` separate too, `%40` is an at-sign, and `&lt;` begins a tag. */
  #escape(at: number): number {
    const escape = readEscape(this.#window.bytes, at, this.#window.end);
    const next = at + lengthOfEscape(escape);
    switch (codeOfEscape(escape)) {
      case CODE.equals:
      case CODE.colon:
        return this.#separator(at, next);
      case CODE.at:
        return this.#atSign(at, next);
      case CODE.lessThan:
        return this.#element(at, next);
      default:
        return at + 1;
    }
  }

  #atSign(at: number, next: number): number {
    const behind = this.#patterns.emailAddresses ? findEmailAddress(this.#window, at, next) : next;
    if (behind > next || !this.#patterns.urlCredentials) return behind;
    return Math.max(next, findDriverCredentials(this.#window, at));
  }

  /** The separator stands from `at` to `next`; before it a name, behind it a value. */
  #separator(at: number, next: number): number {
    const window = this.#window;
    const { bytes } = window;
    if (slashBegins[bytes[next] ?? 0] === 1 && bytes[at] !== CODE.equals) {
      const authority = findAuthority(window, next);
      if (authority >= 0)
        return this.#patterns.urlCredentials ? findUrlCredentials(window, authority) : authority;
    }
    const keyEnd = this.#keyEnd(at);
    const isSecret = this.#isSecretName(keyEnd, at);
    this.#nameFloor = next;
    if (isSecret) return this.#values.find(next, bytes[at] ?? 0);
    if (bytes[at] === CODE.equals && this.#isWord(keyEnd, 'name')) return this.#formPart(next);
    return next;
  }

  #isSecretName(keyEnd: number, separatorAt: number): boolean {
    const { bytes } = this.#window;
    const start = this.#nameFloor;
    if (this.#names.endsAt(bytes, start, keyEnd)) return true;
    if (keyEnd === separatorAt || bytes[this.keys.stoppedAt] !== CODE.space) return false;
    // "password of the user": all that its quotes hold is the name.
    const quote = bytes[keyEnd];
    const stopAt = Math.max(start, keyEnd - MAX_QUOTED_NAME_BYTES);
    let from = keyEnd;
    while (from > stopAt && bytes[from - 1] !== quote) from -= 1;
    return from > stopAt && this.#names.is(bytes, from, keyEnd);
  }

  /** Where the name ends before its separator. Most stand alone or in quotes, and show it by the one or two bytes before. */
  #keyEnd(separatorAt: number): number {
    const { bytes } = this.#window;
    const end = bytes[separatorAt - 1] === CODE.doubleQuote ? separatorAt - 1 : separatorAt;
    const isPlain =
      end - ESCAPE_BYTES > this.#window.start &&
      wordBytes[bytes[end - 1] ?? 0] === 1 &&
      bytes[end - 3] !== CODE.percent &&
      bytes[end - ESCAPE_BYTES] !== CODE.backslash;
    return isPlain ? end : this.#decoratedKeyEnd(separatorAt);
  }

  /** Steps back over what may stand between a name and its separator: spaces, a quote, a bracket, each as such or escaped. */
  #decoratedKeyEnd(separatorAt: number): number {
    const window = this.#window;
    const end = this.#behindSpace(separatorAt);
    const escapeAt = escapeBefore(window.bytes, window.start, end);
    const lastAt = escapeAt < 0 ? end - 1 : escapeAt;
    const last = escapeAt < 0 ? window.at(lastAt) : codeOfEscape(readEscape(window.bytes, escapeAt, end));
    if (last === CODE.doubleQuote || last === CODE.singleQuote) return this.#behindBackslashes(lastAt);
    return last === CODE.closeBracket ? this.#behindIndex(lastAt) : end;
  }

  #behindSpace(separatorAt: number): number {
    const { bytes, start } = this.#window;
    const stopAt = Math.max(start, separatorAt - MAX_SPACES_BEFORE_SEPARATOR);
    let end = separatorAt;
    while (end > stopAt) {
      if (spaceBytes[bytes[end - 1] ?? 0] === 1) {
        end -= 1;
        continue;
      }
      const escapeAt = escapeBefore(bytes, start, end);
      const code = escapeAt < 0 ? -1 : codeOfEscape(readEscape(bytes, escapeAt, end));
      if (code < 0 || spaceBytes[code] !== 1) return end;
      end = escapeAt;
    }
    return end;
  }

  #behindBackslashes(at: number): number {
    let end = at;
    while (this.#window.at(end - 1) === CODE.backslash) end -= 1;
    return end;
  }

  /** `password[]` and `password[0]` are of the name before the bracket, `user[password]` of the one in it. */
  #behindIndex(closeAt: number): number {
    const window = this.#window;
    let at = closeAt;
    while (digitBytes[window.at(at - 1)] === 1) at -= 1;
    if (window.at(at - 1) === CODE.openBracket) return at - 1;
    const isEscaped = window.at(at - 3) === CODE.percent || window.at(closeAt - 3) === CODE.percent;
    const openAt = isEscaped ? this.#escapedOpenBefore(closeAt) : -1;
    return openAt < 0 ? closeAt : openAt;
  }

  /** `%5B` and digits before `closeAt`; digits and the `B` of the escape are not taken for one another. */
  #escapedOpenBefore(closeAt: number): number {
    const { bytes, start } = this.#window;
    for (let at = closeAt; at > start; at -= 1) {
      const openAt = escapeBefore(bytes, start, at);
      if (openAt >= 0 && codeOfEscape(readEscape(bytes, openAt, at)) === CODE.openBracket) return openAt;
      if (digitBytes[bytes[at - 1] ?? 0] !== 1) return -1;
    }
    return -1;
  }

  #isWord(end: number, lowerCase: string): boolean {
    const start = end - lowerCase.length;
    return this.#window.isWordAt(start, lowerCase) && wordBytes[this.#window.at(start - 1)] !== 1;
  }

  /** The code at `at`, however it is written. */
  #codeAt(at: number): number {
    const escape = readEscape(this.#window.bytes, at, this.#window.end);
    return escape === 0 ? this.#window.at(at) : codeOfEscape(escape);
  }

  /** `<password type="x">…<`, `<ns:password><![CDATA[…]]>`; its name stands at `nameStart`. */
  #element(at: number, nameStart: number): number {
    const window = this.#window;
    const nameEnd = window.untilOneOf(tagNameEnds, nameStart);
    if (nameEnd - nameStart < this.keys.shortestNameBytes) return nameStart;
    if (!this.keys.matchesBefore(window.bytes, nameStart, nameEnd)) return nameStart;
    const tagEnd = this.#tagEnd(nameEnd);
    if (tagEnd < 0 || window.at(tagEnd - 1) === CODE.slash) return nameStart;
    // Attributes hold secrets too; there is no tag among them, so this goes one deep.
    this.#scanUntil(nameEnd, tagEnd);
    const escape = readEscape(window.bytes, tagEnd, window.end);
    const from = tagEnd + Math.max(1, lengthOfEscape(escape));
    if (window.isTextAt(from, CDATA)) return this.#characterData(from + CDATA.length);
    let start = from;
    // Escaped, `%3C![CDATA[`: up to the next tag.
    if (this.#codeAt(from) === CODE.lessThan) {
      const behind = from + Math.max(1, lengthOfEscape(readEscape(window.bytes, from, window.end)));
      if (window.at(behind) === CODE.exclamation) start = behind;
    }
    let end = start;
    while (end < window.end && this.#codeAt(end) !== CODE.lessThan) end += 1;
    return Math.max(window.found(start, end), at + 1);
  }

  /** The `>` that ends a tag, or -1. */
  #tagEnd(from: number): number {
    const stopAt = Math.min(this.#window.end, from + MAX_TAG_BYTES);
    for (let at = from; at < stopAt; at += 1) {
      const code = this.#codeAt(at);
      if (code === CODE.greaterThan) return at;
      if (code === CODE.lessThan) return -1;
    }
    return -1;
  }

  #characterData(start: number): number {
    const window = this.#window;
    let end = start;
    while (end < window.end && !window.isTextAt(end, ']]>')) end += 1;
    return window.found(start, end);
  }

  /** multipart/form-data (RFC 7578): `name="password"`, an empty line, the value up to the boundary. */
  #formPart(from: number): number {
    const window = this.#window;
    const isQuoted = window.at(from) === CODE.doubleQuote;
    const nameStart = isQuoted ? from + 1 : from;
    const ends = isQuoted ? quoteEnds : partNameEnds;
    const stopAt = Math.min(window.end, nameStart + MAX_QUOTED_NAME_BYTES);
    let nameEnd = nameStart;
    while (nameEnd < stopAt && ends[window.bytes[nameEnd] ?? 0] === 0) nameEnd += 1;
    let last = nameEnd;
    while (
      last > nameStart &&
      (window.at(last - 1) === CODE.closeBracket || window.at(last - 1) === CODE.openBracket)
    )
      last -= 1;
    if (!this.#names.is(window.bytes, nameStart, last)) return nameStart;
    const valueStart = this.#behindEmptyLine(nameEnd);
    if (valueStart < 0) return nameEnd;
    let at = valueStart;
    while (at < window.end && !this.#isBoundary(at)) at += 1;
    return window.found(valueStart, at);
  }

  /** A part has no tags in its head; a page that names a field like one has. */
  #behindEmptyLine(from: number): number {
    const window = this.#window;
    const stopAt = Math.min(window.end, from + MAX_PART_HEADER_BYTES);
    for (let at = from; at < stopAt; at += 1) {
      if (window.at(at) === CODE.greaterThan) return -1;
      if (window.at(at) !== CODE.lineFeed) continue;
      if (window.at(at + 1) === CODE.lineFeed) return at + 2;
      if (window.at(at + 1) === CODE.carriageReturn && window.at(at + 2) === CODE.lineFeed) return at + 3;
    }
    return -1;
  }

  #isBoundary(at: number): boolean {
    if (this.#window.bytes[at] !== CODE.lineFeed && this.#window.bytes[at] !== CODE.carriageReturn)
      return false;
    return this.#window.isTextAt(at, '\r\n--') || this.#window.isTextAt(at, '\n--');
  }
}
