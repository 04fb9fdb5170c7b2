import type { SeqRange } from '@tomte/wire';

/** Over it the oldest range is forgotten, and its batches are sent again after a crash, which is harmless. */
export const MAX_ACKNOWLEDGED_RANGES = 254;

/** The numbers of acknowledged batches, in order, neighbours joined. */
export class AcknowledgedRanges {
  #ranges: SeqRange[];

  constructor(ranges: readonly SeqRange[] = []) {
    this.#ranges = [...ranges];
  }

  get all(): readonly SeqRange[] {
    return this.#ranges;
  }

  /** True when it adds a number. Both ends belong to it. */
  add(first: number, last: number): boolean {
    if (last < first || this.#ranges.some((range) => range.first <= first && last <= range.last))
      return false;
    const before = this.#ranges.filter((range) => range.last < first - 1);
    const after = this.#ranges.filter((range) => range.first > last + 1);
    const touched = this.#ranges.slice(before.length, this.#ranges.length - after.length);
    const joined = {
      first: Math.min(first, touched[0]?.first ?? first),
      last: Math.max(last, touched.at(-1)?.last ?? last),
    };
    this.#ranges = [...before, joined, ...after].slice(-MAX_ACKNOWLEDGED_RANGES);
    return true;
  }

  /** Numbers up to this one are on disk no more. */
  forgetUpTo(seq: number): void {
    this.#ranges = this.#ranges
      .filter(({ last }) => last > seq)
      .map(({ first, last }) => ({ first: Math.max(first, seq + 1), last }));
  }
}
