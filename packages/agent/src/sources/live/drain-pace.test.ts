import { expect, test } from 'vitest';
import { DrainPace } from './drain-pace.ts';

const waits = (pace: DrainPace, handedOver: readonly number[], fillRatio = 0): number[] =>
  handedOver.map((records) => pace.next(records, fillRatio));

test('after sixteen empty rounds it rests, and one record ends that', () => {
  const pace = new DrainPace({ busyMs: 10, idleMs: 40 });
  expect(
    waits(
      pace,
      Array.from({ length: 17 }, () => 0),
    ),
  ).toEqual([...Array.from({ length: 15 }, () => 10), 40, 40]);
  expect(waits(pace, [1, 0, 0])).toEqual([10, 10, 10]);
});

test('a ring that fills is looked into at once', () => {
  const pace = new DrainPace({ busyMs: 10, idleMs: 40 });
  expect(waits(pace, [0, 5], 0.26)).toEqual([0, 0]);
});

test('it never rests for less than it waits between two rounds of work', () => {
  const pace = new DrainPace({ busyMs: 100, idleMs: 40 });
  expect(
    waits(
      pace,
      Array.from({ length: 16 }, () => 0),
    ).at(-1),
  ).toBe(100);
});
