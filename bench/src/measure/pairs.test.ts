import { expect, test } from 'vitest';
import { medianRatio, orderOf } from './pairs.ts';

test('the ratio is the median of the pairs, not the ratio of medians', () => {
  const pairs = [
    { base: 10, changed: 11 },
    { base: 20, changed: 24 },
    { base: 40, changed: 120 },
  ];
  expect(medianRatio(pairs, (value) => value)).toBeCloseTo(1.2, 12);
});

test('every other round runs backwards', () => {
  const ran = [0, 1, 2].flatMap((round) => orderOf(['a', 'b', 'c'], round));
  expect(ran.join('')).toBe('abccbaabc');
});
