import { describe, expect, it } from 'vitest';
import { parseTimeMs, spanOf, stepSeconds, titleOfSpan } from './time.ts';

const nowMs = Date.parse('2026-01-02T03:04:05Z');

describe('a time', () => {
  it.each([
    ['now', 0],
    ['-15m', -900_000],
    ['now-2h', -7_200_000],
    ['-1d', -86_400_000],
    [String(nowMs - 5), -5],
    ['2026-01-02T03:04:00Z', -5_000],
  ])('%s', (text, beforeMs) => {
    expect(parseTimeMs(text, nowMs)).toBe(nowMs + beforeMs);
  });

  it.each(['', 'soon', '-15', '12'.repeat(20)])('that cannot be read: %j', (text) => {
    expect(parseTimeMs(text, nowMs)).toBeUndefined();
  });
});

describe('a span', () => {
  it('falls back to the last 15 minutes', () => {
    const standard = { fromMs: nowMs - 900_000, toMs: nowMs };
    for (const [from, to] of [
      [null, null],
      ['soon', 'later'],
      ['now', '-1h'],
    ] as const) {
      const span = spanOf(from, to, nowMs);
      expect(span.toMs - span.fromMs).toBe(900_000);
      if (to !== '-1h') expect(span).toEqual(standard);
    }
  });

  it.each([
    [60_000, 120, 1],
    [900_000, 120, 10],
    [86_400_000, 120, 900],
    [604_800_000, 120, 7_200],
  ])('of %i ms in at most %i points has steps of %i s', (ms, points, step) => {
    expect(stepSeconds({ fromMs: nowMs - ms, toMs: nowMs }, points)).toBe(step);
  });

  it('has a title', () => {
    expect(titleOfSpan(null, null, nowMs)).toBe('Last 15 minutes');
    expect(titleOfSpan('-24h', 'now', nowMs)).toBe('Last 24 hours');
    expect(titleOfSpan('-90m', null, nowMs)).toMatch(/ – now$/);
  });
});
