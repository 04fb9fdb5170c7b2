import { expect, test } from 'vitest';
import { formatNumber, isReached, toJsonLine, toTable } from './report.ts';

const result = {
  figures: { someRatio: 1.125, rows: 12_345.6, plain: 3 },
  pairs: 6,
  notes: ['processor 1 alone'],
};

test('the JSON line has four keys and nothing of the notes', () => {
  const line = toJsonLine('cost', result);
  const parsed = JSON.parse(line) as Record<string, unknown>; // Proof: it was just made.
  expect(line).not.toContain('\n');
  expect(Object.keys(parsed)).toEqual(['bench', 'figures', 'pairs', 'machine']);
  expect(parsed['figures']).toEqual(result.figures);
});

test('a table says whether each goal was reached', () => {
  const goals = { someRatio: { atMost: 1.12, meaning: '' }, rows: { atLeast: 12_000, meaning: 'durable' } };
  expect(toTable(result, goals).split('\n')).toEqual([
    '  someRatio   1.125  goal ≤ 1.120             MISSED',
    '  rows       12,346  goal ≥ 12,000 (durable)  reached',
    '  plain           3',
    '  - processor 1 alone',
  ]);
});

test('a goal is reached at its very bound, and never by what is no number', () => {
  expect(isReached(1.12, { atMost: 1.12, meaning: '' })).toBe(true);
  expect(isReached(199, { atLeast: 200, meaning: '' })).toBe(false);
  expect(isReached(Number.NaN, { atMost: 1, meaning: '' })).toBe(false);
});

test('numbers for people', () => {
  expect([1234.5, 0.98765, 12.34, 2_000_000].map(formatNumber)).toEqual([
    '1234.5',
    '0.988',
    '12.3',
    '2,000,000',
  ]);
});
