import { expect, test } from 'vitest';
import { nsPerEvent, ringFigures } from './ring-figures.ts';

/** 10 ms of idling in each second, 2 s: 20 ms of 220 ms are not the events'. */
const pair = {
  idleCores: 0.01,
  busyNs: 220e6,
  elapsedMs: 2_000,
  written: 1_000_003,
  writesPerSecond: 500_001,
  events: 1_000_000,
};

test('what the reader takes anyway is not the price of an event', () => {
  expect(nsPerEvent(pair)).toBeCloseTo(200, 9);
});

test('the median pair, and all losses', () => {
  const slow = { ...pair, busyNs: 920e6 };
  const fast = { ...pair, busyNs: 120e6, events: 1_000_003 };
  expect(ringFigures([slow, pair, fast])).toEqual({ nsPerEvent: 200, lost: 6 });
});
