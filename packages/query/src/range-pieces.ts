import type { TimeRange } from './time-range.ts';
import type { Order } from './view.ts';

const FIRST_PIECE_NS = 30_000_000_000n;
/** Where rows are dense a piece too long costs most; where they are rare, a statement more does. */
const GROWTH = 4n;
const DENSE_NS = 10n * 60_000_000_000n;
const GROWTH_BEYOND = 16n;

/**
 * The range in pieces, in the order in which a list reads them, each four times as long as the one before, beyond ten
 * minutes sixteen times. A full page is mostly found in the first: its cost is then that of the page, not of the range.
 */
export function rangePieces(range: TimeRange, order: Order): readonly TimeRange[] {
  const pieces: TimeRange[] = [];
  let { fromNs, toNs } = range;
  for (let length = FIRST_PIECE_NS; toNs - fromNs > length; length = next(length)) {
    if (order === 'desc') {
      pieces.push({ fromNs: toNs - length, toNs });
      toNs -= length;
    } else {
      pieces.push({ fromNs, toNs: fromNs + length });
      fromNs += length;
    }
  }
  return [...pieces, { fromNs, toNs }];
}

function next(length: bigint): bigint {
  return length * (length < DENSE_NS ? GROWTH : GROWTH_BEYOND);
}
