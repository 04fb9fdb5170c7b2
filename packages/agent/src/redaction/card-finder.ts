import { CODE, DIGITS, toByteSet } from './byte-classes.ts';
import { digitOf, isCardNumber, MAX_CARD_DIGITS, MIN_CARD_DIGITS } from './card-number.ts';
import type { ScanWindow } from './scan-window.ts';

/** Digits, in groups or not, that are looked at together. */
const MAX_RUN_DIGITS = 64;
const digitBytes = toByteSet(DIGITS);

/** Finds payment cards in runs of digits; single spaces or dashes may stand between groups. */
export class CardFinder {
  readonly #window: ScanWindow;
  readonly #digits = new Uint8Array(MAX_RUN_DIGITS);
  /** Of each group of the run: its first digit, and the bytes where it starts and ends. */
  readonly #groups: { digit: number; start: number; end: number }[] = [];
  #digitCount = 0;

  constructor(window: ScanWindow) {
    this.#window = window;
  }

  /** The run that begins at `at`; a card is one or several whole groups of it. Returns where to go on. */
  find(at: number): number {
    // Nearly all are short: years, times, prices, ids. They are counted and no more.
    const short = this.#endOfShortRun(at);
    if (short >= 0) return short;
    const next = this.#readGroups(at);
    if (this.#digitCount >= MIN_CARD_DIGITS && this.#window.at(at - 1) !== CODE.dot) this.#findInGroups(next);
    return next;
  }

  /** -1 where the run has the digits of a card. */
  #endOfShortRun(from: number): number {
    const { bytes, end } = this.#window;
    let digits = 0;
    for (let at = from; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      if (digitBytes[byte] === 1) digits += 1;
      else if (byte !== CODE.space && byte !== CODE.dash) return at;
      else if (digitBytes[bytes[at + 1] ?? 0] !== 1) return at;
      if (digits >= MIN_CARD_DIGITS) return -1;
    }
    return end;
  }

  #findInGroups(next: number): void {
    const groups = this.#groups;
    for (let first = 0; first < groups.length; first += 1) {
      const from = groups[first];
      if (from === undefined) break;
      for (let last = first; last < groups.length; last += 1) {
        const count = (groups[last + 1]?.digit ?? this.#digitCount) - from.digit;
        if (count > MAX_CARD_DIGITS) break;
        if (count < MIN_CARD_DIGITS) continue;
        if (!isCardNumber(this.#digits.subarray(from.digit), count)) continue;
        this.#window.found(from.start, groups[last]?.end ?? next);
        first = last;
        break;
      }
    }
  }

  /** Returns where to go on: behind the run, or at the groups that a card may have begun in. */
  #readGroups(at: number): number {
    const groups = this.#groups;
    groups.length = 0;
    this.#digitCount = 0;
    let next = at;
    for (;;) {
      const start = next;
      next = this.#window.whileOneOf(digitBytes, next);
      const length = next - start;
      if (this.#digitCount + length > MAX_RUN_DIGITS) {
        const again = groups.findLast((group) => this.#digitCount - group.digit >= MAX_CARD_DIGITS);
        return again === undefined || again.start === at ? next : again.start;
      }
      groups.push({ digit: this.#digitCount, start, end: next });
      for (let index = 0; index < length; index += 1)
        this.#digits[this.#digitCount++] = digitOf(this.#window.at(start + index));
      if (!this.#isGroupBreak(next)) return next;
      next += 1;
    }
  }

  #isGroupBreak(at: number): boolean {
    const byte = this.#window.at(at);
    return (byte === CODE.space || byte === CODE.dash) && digitOf(this.#window.at(at + 1)) >= 0;
  }
}
