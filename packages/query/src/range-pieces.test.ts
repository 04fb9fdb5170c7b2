import { describe, expect, it } from 'vitest';
import { rangePieces } from './range-pieces.ts';

const minuteNs = 60_000_000_000n;

describe.each(['desc', 'asc'] as const)('pieces of a range read %s', (order) => {
  it.each([1n, 30_000_000_000n, 30_000_000_001n, 15n * minuteNs, 14n * 1_440n * minuteNs])(
    '%s ns',
    (lengthNs) => {
      const range = { fromNs: 7n, toNs: 7n + lengthNs };
      const pieces = rangePieces(range, order);
      const sorted = order === 'desc' ? pieces.toReversed() : pieces;
      expect(sorted[0]?.fromNs).toBe(range.fromNs);
      expect(sorted.at(-1)?.toNs).toBe(range.toNs);
      for (const [index, piece] of sorted.entries()) {
        expect(piece.fromNs < piece.toNs).toBe(true);
        if (index > 0) expect(piece.fromNs).toBe(sorted[index - 1]?.toNs);
      }
      expect(pieces.length).toBeLessThanOrEqual(7);
    },
  );
});
