import type { SeqRange } from '@tomte/wire';

/** Settled numbers above a gap that are remembered; beyond it the cumulative number stands still. */
const MAX_ABOVE = 4_096;

/** The fewest ranges that hold exactly these numbers. */
export function toRanges(seqs: readonly number[]): SeqRange[] {
  const ranges: { first: number; last: number }[] = [];
  for (const seq of [...seqs].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && seq <= last.last + 1) last.last = seq;
    else ranges.push({ first: seq, last: seq });
  }
  return ranges;
}

/** Follows up to which number everything is settled. */
export class CumulativeSeq {
  readonly #above = new Set<number>();
  #upTo: number;

  constructor(firstUnacknowledgedSeq: number) {
    this.#upTo = firstUnacknowledgedSeq - 1;
  }

  get upTo(): number {
    return this.#upTo;
  }

  add(seq: number): void {
    if (seq <= this.#upTo) return;
    if (this.#above.size < MAX_ABOVE || seq === this.#upTo + 1) this.#above.add(seq);
    while (this.#above.delete(this.#upTo + 1)) this.#upTo += 1;
  }
}
