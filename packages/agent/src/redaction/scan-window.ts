import { isAsciiAt } from './escapes.ts';

/** The bytes that are looked at, and what was found among them. */
export class ScanWindow {
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;
  /** Starts and ends by turns, ascending, not overlapping. */
  readonly ranges: number[] = [];

  reset(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.ranges.length = 0;
  }

  /** 0 outside of the window. */
  at(index: number): number {
    return index >= this.start && index < this.end ? (this.bytes[index] ?? 0) : 0;
  }

  /** Notes a secret and returns its end. */
  found(start: number, end: number): number {
    const lastEnd = this.ranges.at(-1) ?? this.start;
    if (end > Math.max(start, lastEnd)) this.ranges.push(Math.max(start, lastEnd), end);
    return end;
  }

  /** The first byte from `from` on that is in the set, or the end. */
  untilOneOf(set: Uint8Array, from: number): number {
    let at = from;
    while (at < this.end && set[this.bytes[at] ?? 0] !== 1) at += 1;
    return at;
  }

  /** The first byte from `from` on that is not in the set, or the end. */
  whileOneOf(set: Uint8Array, from: number): number {
    let at = from;
    while (at < this.end && set[this.bytes[at] ?? 0] === 1) at += 1;
    return at;
  }

  isTextAt(at: number, text: string): boolean {
    return at >= this.start && at + text.length <= this.end && isAsciiAt(this.bytes, at, text);
  }

  /** In any case; letters and spaces only. */
  isWordAt(at: number, lowerCase: string): boolean {
    for (let index = 0; index < lowerCase.length; index += 1)
      if ((this.at(at + index) | 0x20) !== lowerCase.charCodeAt(index)) return false;
    return true;
  }
}
