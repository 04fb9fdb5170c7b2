import { expect, test } from 'vitest';
import { Governor } from './governor.ts';

const budget = { cpuMillicores: 100, rssBytes: 1_000 };
const readings = (
  governor: Governor,
  count: number,
  usage: { cpuMillicores: number; rssBytes: number },
): string[] =>
  Array.from({ length: count }, () => {
    governor.observe(usage);
    return governor.step;
  });

test('three readings over the budget make a step, down to counts and no further', () => {
  const governor = new Governor(budget);
  const over = { cpuMillicores: 101, rssBytes: 10 };
  expect(readings(governor, 3, over)).toEqual(['bodies', 'bodies', 'headers']);
  expect(readings(governor, 11, over).at(-1)).toBe('counts');
});

test('a single busy second changes nothing', () => {
  const governor = new Governor(budget);
  for (let round = 0; round < 7; round += 1) {
    readings(governor, 2, { cpuMillicores: 500, rssBytes: 10 });
    readings(governor, 1, { cpuMillicores: 90, rssBytes: 10 });
  }
  expect(governor.step).toBe('bodies');
});

test('it comes back slowly, and not while it is near the budget', () => {
  const governor = new Governor(budget);
  readings(governor, 3, { cpuMillicores: 0, rssBytes: 1_001 });
  expect(governor.step).toBe('headers');
  readings(governor, 97, { cpuMillicores: 80, rssBytes: 10 });
  expect(governor.step).toBe('headers');
  readings(governor, 29, { cpuMillicores: 10, rssBytes: 10 });
  expect(governor.step).toBe('headers');
  expect(governor.observe({ cpuMillicores: 10, rssBytes: 10 })).toEqual({
    from: 'headers',
    to: 'bodies',
    why: 'well under the budget',
  });
});
