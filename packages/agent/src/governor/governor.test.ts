import { expect, test } from 'vitest';
import { Governor } from './governor.ts';
import type { Usage } from './governor.ts';

const budget = { cpuMillicores: 100, memoryBytes: 1_000 };
const readings = (governor: Governor, count: number, usage: Omit<Usage, 'rssBytes'>): string[] =>
  Array.from({ length: count }, () => {
    governor.observe({ rssBytes: 1e9, ...usage }); // Code that is shared is nobody's overload.
    return governor.step;
  });

test('three readings over the budget make a step, down to counts and no further', () => {
  const governor = new Governor(budget);
  const over = { cpuMillicores: 101, ownBytes: 10 };
  expect(readings(governor, 3, over)).toEqual(['bodies', 'bodies', 'headers']);
  expect(readings(governor, 11, over).at(-1)).toBe('counts');
});

test('a single busy second changes nothing', () => {
  const governor = new Governor(budget);
  for (let round = 0; round < 7; round += 1) {
    readings(governor, 2, { cpuMillicores: 500, ownBytes: 10 });
    readings(governor, 1, { cpuMillicores: 90, ownBytes: 10 });
  }
  expect(governor.step).toBe('bodies');
});

test('it comes back slowly, and not while it is near the budget', () => {
  const governor = new Governor(budget);
  readings(governor, 3, { cpuMillicores: 0, ownBytes: 1_001 });
  expect(governor.step).toBe('headers');
  readings(governor, 97, { cpuMillicores: 80, ownBytes: 10 });
  expect(governor.step).toBe('headers');
  readings(governor, 29, { cpuMillicores: 10, ownBytes: 10 });
  expect(governor.step).toBe('headers');
  expect(governor.observe({ cpuMillicores: 10, ownBytes: 10, rssBytes: 10 })).toEqual({
    from: 'headers',
    to: 'bodies',
    why: 'well under the budget',
  });
});
