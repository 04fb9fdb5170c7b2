import { expect, test } from 'vitest';
import { parseCpuStatNs } from './cgroup.ts';

test('usage is given in microseconds', () => {
  expect(parseCpuStatNs('usage_usec 1234567\nuser_usec 1000000\nsystem_usec 234567\n')).toBe(1_234_567_000);
  expect(Number.isNaN(parseCpuStatNs(''))).toBe(true);
});
