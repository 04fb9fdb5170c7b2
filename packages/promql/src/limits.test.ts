import { describe, expect, test } from 'vitest';
import { Labels } from './labels.ts';
import { parsePromql } from './parse/parse.ts';
import { instantQuery, rangeQuery } from './query.ts';
import type { SampleSource } from './samples.ts';

const none: SampleSource = { select: () => Promise.resolve([]) };

function many(seriesCount: number, sampleCount: number): SampleSource {
  const timesMs = Float64Array.from({ length: sampleCount }, (_, index) => 1_000 * (index + 1));
  const series = Array.from({ length: seriesCount }, (_, index) => ({
    labels: Labels.of([
      ['__name__', 'a'],
      ['n', String(index)],
    ]),
    timesMs,
    values: timesMs,
  }));
  return { select: () => Promise.resolve(series) };
}

describe('what is too much is refused', () => {
  test.each([
    ['text', `a{b="${'x'.repeat(20_000)}"}`],
    ['nesting', `${'('.repeat(200)}1${')'.repeat(200)}`],
    ['signs', `${'-'.repeat(5_000)}1`],
    ['a regular expression', `a{b=~"${'x'.repeat(3_000)}"}`],
  ])('%s', (_, text) => {
    const outcome = parsePromql(text);
    expect(outcome.ok ? 'taken' : outcome.error.code).toBe('PROMQL_LIMIT');
  });

  test.each([
    ['selectors', Array.from({ length: 65 }, (_, index) => `a${index}`).join(' + ')],
    ['subquery points', 'max_over_time(a[1y:1s])'],
    ['subqueries', 'a[1m:]'.replace('a', `${'max_over_time('.repeat(6)}a${'[1m:])'.repeat(6)}`)],
  ])('%s', async (_, text) => {
    await expect(instantQuery(text, 1e12, { source: none })).rejects.toMatchObject({ code: 'PROMQL_LIMIT' });
  });

  test('series, samples, values', async () => {
    const refused = { code: 'PROMQL_LIMIT' };
    await expect(instantQuery('a', 9e6, { source: many(50_001, 1) })).rejects.toMatchObject(refused);
    await expect(instantQuery('a', 9e6, { source: many(10_001, 1_000) })).rejects.toMatchObject(refused);
    const range = { startMs: 0, endMs: 1e7, stepMs: 1_000 };
    await expect(rangeQuery('a', range, { source: many(2_001, 1) })).rejects.toMatchObject(refused);
  });

  test('points of a range', async () => {
    const range = { startMs: 0, endMs: 12_000_000, stepMs: 1_000 };
    await expect(rangeQuery('1', range, { source: none })).rejects.toMatchObject({
      code: 'PROMQL_PARAMETER',
    });
  });

  test('a bad regular expression of much backtracking is as fast as any', () => {
    const outcome = parsePromql('a{b=~"(a+)+$"}');
    expect(outcome.ok).toBe(true);
  });
});
