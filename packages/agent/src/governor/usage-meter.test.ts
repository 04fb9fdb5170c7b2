import { readFileSync } from 'node:fs';
import { ManualClock } from '@tomte/kit';
import { expect, test } from 'vitest';
import { UsageMeter } from './usage-meter.ts';

const MIB = 1024 * 1024;
const RING_BYTES = 17 * MIB;

function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function statusBytes(field: string): number {
  const text = readFileSync('/proc/self/status', 'utf8');
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]) * 1024;
}

test('CPU is what the kernel counted between two readings, over the time between them', () => {
  const clock = new ManualClock();
  const atMostStart = cpuUs();
  const meter = new UsageMeter(clock, 0);
  const atLeastStart = cpuUs();
  while (cpuUs() - atLeastStart < 60_000);
  clock.advanceMs(2_000);
  const atLeastEnd = cpuUs();
  const { cpuMillicores } = meter.read();
  const atMostEnd = cpuUs();
  expect(cpuMillicores).toBeGreaterThanOrEqual((atLeastEnd - atLeastStart) / 2_000);
  expect(cpuMillicores).toBeLessThanOrEqual((atMostEnd - atMostStart) / 2_000);
});

test('memory is what the kernel says of this process; its own is the anonymous part and the rings', () => {
  const meter = new UsageMeter(new ManualClock(), RING_BYTES);
  const before = meter.read();
  const filled = Buffer.alloc(67 * MIB, 1);
  const after = meter.read();
  // Pages come and go between two questions, but not a tenth of what was filled.
  const slack = filled.length / 10;
  expect(Math.abs(after.rssBytes - statusBytes('VmRSS'))).toBeLessThan(slack);
  expect(Math.abs(after.ownBytes - RING_BYTES - statusBytes('RssAnon'))).toBeLessThan(slack);
  expect(after.rssBytes - before.rssBytes).toBeGreaterThan(filled.length - slack);
  expect(after.ownBytes - before.ownBytes).toBeGreaterThan(filled.length - slack);
});
