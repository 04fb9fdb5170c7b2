import { describe, expect, it } from 'vitest';
import { formatTime, parseRange, parseTime } from './time-range.ts';

const nowNs = 1_767_225_600_123_456_789n; // 2026-01-01T00:00:00.123456789Z

describe('parseTime', () => {
  it.each([
    ['2026-01-01T00:00:00.123456789Z', nowNs],
    ['2026-01-01T01:00:00.123456789+01:00', nowNs],
    ['2025-12-31T23:30:00-00:30', 1_767_225_600_000_000_000n],
    ['2026-01-01', 1_767_225_600_000_000_000n],
    ['1767225600', 1_767_225_600_000_000_000n],
    ['1767225600.5', 1_767_225_600_500_000_000n],
    ['1767225600123', 1_767_225_600_123_000_000n],
    ['1767225600123456', 1_767_225_600_123_456_000n],
    ['1767225600123456789', nowNs],
    ['now', nowNs],
    ['-15m', nowNs - 900_000_000_000n],
    ['now-2h', nowNs - 7_200_000_000_000n],
    ['-250ms', nowNs - 250_000_000n],
  ])('reads %s', (text, ns) => {
    expect(parseTime(text, nowNs)).toEqual({ ok: true, value: ns });
  });

  it.each([
    '',
    '-15',
    '15m',
    '2026-02-30',
    '2026-13-01',
    '2026-01-01T25:00:00Z',
    'yesterday',
    '-99999999d',
    "1' OR 1",
  ])('refuses %j', (text) => {
    expect(parseTime(text, nowNs)).toMatchObject({ ok: false, error: { code: 'QUERY_TIME_INVALID' } });
  });
});

describe('parseRange', () => {
  it('defaults to the last 15 minutes', () => {
    expect(parseRange(undefined, undefined, nowNs)).toMatchObject({
      value: { fromNs: nowNs - 900_000_000_000n, toNs: nowNs },
    });
  });

  it('refuses a range that ends before it starts', () => {
    const range = parseRange('-1m', '-5m', nowNs);
    expect(range).toMatchObject({ ok: false, error: { code: 'QUERY_RANGE_INVALID' } });
  });
});

it('formats with nine digits', () => {
  expect(formatTime(nowNs)).toBe('2026-01-01T00:00:00.123456789Z');
  expect(formatTime(7n)).toBe('1970-01-01T00:00:00.000000007Z');
});
