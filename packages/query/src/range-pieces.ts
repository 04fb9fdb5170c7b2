import type { TimeRange } from './time-range.ts';
import type { Order } from './view.ts';

const FIRST_PIECE_NS = 30_000_000_000n;
const GROWTH = 8n;

/**
 * The range in pieces, in the order in which a list reads them, each eight times as long as the one
 * before. A full page is mostly found in the first: its cost is then that of the page, not of the range.
 */
export function rangePieces(range: TimeRange, order: Order): readonly TimeRange[] {
  const pieces: TimeRange[] = [];
  let { fromNs, toNs } = range;
  for (let length = FIRST_PIECE_NS; toNs - fromNs > length; length *= GROWTH) {
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
