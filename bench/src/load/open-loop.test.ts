import { expect, test } from 'vitest';
import { scheduleOf } from './open-loop.ts';

test('up to 1,000 a second each request has a time of its own', () => {
  expect(scheduleOf(800, 3)).toEqual({ intervalNs: 1_250_000, size: 1, ticks: 2_400 });
});

test('above that they come in the smallest groups that hold the rate', () => {
  const schedule = scheduleOf(2_500, 6);
  expect(schedule).toEqual({ intervalNs: 1_200_000, size: 3, ticks: 5_000 });
  expect(schedule.size * schedule.ticks).toBe(2_500 * 6);
});
