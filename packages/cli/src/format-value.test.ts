import { expect, it } from 'vitest';
import { formatBytes, formatDuration, formatTimeOfDay, formatValue } from './format-value.ts';

it.each([
  [0, '0 ns'],
  [999, '999 ns'],
  [1_500, '1.50 µs'],
  [12_345_678, '12.3 ms'],
  [250_000_000, '250 ms'],
  [1_000_000_000, '1 s'],
  [90e9, '1.50 min'],
])('%i ns is %s', (ns, text) => {
  expect(formatDuration(ns)).toBe(text);
});

it.each([
  [0, '0 B'],
  [1_023, '1023 B'],
  [1_536, '1.50 KiB'],
  [10_485_760, '10 MiB'],
])('%i bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

it('shows the day only where it is another', () => {
  const now = new Date(2026, 0, 2, 12);
  expect(formatTimeOfDay(new Date(2026, 0, 2, 3, 4, 5, 6).toISOString(), now)).toBe('03:04:05.006');
  expect(formatTimeOfDay(new Date(2026, 0, 1, 3, 4, 5, 6).toISOString(), now)).toBe(
    '2026-01-01 03:04:05.006',
  );
});

it.each([
  [0.0301, '3.01 %'],
  [1.5, '150 %'],
  [127.36, '127×'],
])('a ratio of %d is %s', (value, text) => {
  expect(formatValue(value, { semantic: 'ratio', json: 'number', meaning: '' })).toBe(text);
});

it.each([
  [null, '-'],
  ['', '-'],
  [true, 'yes'],
  [{ a: '\x1b' }, '{"a":"\\u001b"}'],
  ['a\x1b', 'a\\x1b'],
])('%j is %s', (value, text) => {
  expect(formatValue(value, undefined)).toBe(text);
});
