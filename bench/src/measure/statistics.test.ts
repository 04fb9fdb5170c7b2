import { expect, test } from 'vitest';
import { median, quantile, quantileOf, spread } from './statistics.ts';

test('median of an odd count is the middle, of an even count the mean of the two in the middle', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([7])).toBe(7);
  expect(() => median([])).toThrow('nothing');
});

test('the median leaves its argument as it was', () => {
  const values = [3, 1, 2];
  median(values);
  expect(values).toEqual([3, 1, 2]);
});

test('quantiles by nearest rank: the textbook example of 15, 20, 35, 40, 50', () => {
  const sorted = Float64Array.of(15, 20, 35, 40, 50);
  const ranks = [0, 0.05, 0.3, 0.4, 0.5, 1].map((share) => quantile(sorted, share));
  expect(ranks).toEqual([15, 15, 20, 20, 35, 50]);
});

test('of 1 to 101 the 99th hundredth is 100', () => {
  const shuffled = Array.from({ length: 101 }, (_, index) => ((index * 37) % 101) + 1);
  expect(quantileOf(shuffled, 0.99)).toBe(100);
  expect(Number.isNaN(quantile(new Float64Array(0), 0.5))).toBe(true);
});

test('spread is the farthest from the median', () => {
  expect(spread([100, 90, 125])).toBeCloseTo(0.25, 12);
  expect(spread([3, 3, 3])).toBe(0);
});
