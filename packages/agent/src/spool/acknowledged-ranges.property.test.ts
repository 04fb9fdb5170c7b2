import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AcknowledgedRanges, MAX_ACKNOWLEDGED_RANGES } from './acknowledged-ranges.ts';

const range = fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: -1, max: 9 }));
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: range.map(([first, more]) => ({ kind: 'add' as const, first, last: first + more })),
  },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 70 }).map((seq) => ({ kind: 'forget' as const, seq })) },
);

test('holds the same numbers as a set, as few ranges as they need, in order', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const ranges = new AcknowledgedRanges();
      let numbers = new Set<number>();
      for (const one of steps) {
        if (one.kind === 'forget') {
          ranges.forgetUpTo(one.seq);
          numbers = new Set([...numbers].filter((seq) => seq > one.seq));
          continue;
        }
        const before = numbers.size;
        for (let seq = one.first; seq <= one.last; seq += 1) numbers.add(seq);
        expect(ranges.add(one.first, one.last)).toBe(numbers.size > before);
      }
      const sorted = [...numbers].sort((a, b) => a - b);
      const starts = sorted.filter((seq) => !numbers.has(seq - 1));
      const ends = sorted.filter((seq) => !numbers.has(seq + 1));
      expect(ranges.all).toEqual(starts.map((first, index) => ({ first, last: ends[index] })));
    }),
  );
});

test('over the bound the oldest range is forgotten', () => {
  const ranges = new AcknowledgedRanges();
  for (let seq = 1; seq <= 2 * MAX_ACKNOWLEDGED_RANGES + 1; seq += 2) ranges.add(seq, seq);
  expect(ranges.all).toHaveLength(MAX_ACKNOWLEDGED_RANGES);
  expect(ranges.all[0]).toEqual({ first: 3, last: 3 });
});
