import { ManualClock } from '@tomte/kit';
import { expect, test } from 'vitest';
import { Reclaim } from './reclaim.ts';
import { UsageMeter } from './usage-meter.ts';

const MIB = 1024 * 1024;

function start() {
  const clock = new ManualClock();
  const given = { times: 0 };
  const meter = new UsageMeter(clock, 0);
  const reclaim = new Reclaim(clock, () => (given.times += 1));
  const read = (budgetBytes: number) => reclaim.whenOver(meter.read(), budgetBytes, () => meter.memory());
  return { clock, given, meter, read };
}

test('garbage is collected before memory over the budget counts', () => {
  const { given, meter, read } = start();
  let garbage: unknown[] = Array.from({ length: 127 }, () => new Array(MIB / 8).fill(1));
  const full = meter.memory().ownBytes;
  expect(garbage.length * MIB).toBeLessThan(full);
  garbage = [];
  const { ownBytes } = read(1);
  expect(full - ownBytes).toBeGreaterThan(64 * MIB);
  expect(given.times).toBe(1);
});

test('not below the budget, and not again within two seconds', () => {
  const { clock, given, read } = start();
  read(Number.MAX_SAFE_INTEGER);
  expect(given.times).toBe(0);
  read(1);
  clock.advanceMs(1_999);
  read(1);
  expect(given.times).toBe(1);
  clock.advanceMs(1);
  read(1);
  expect(given.times).toBe(2);
});
