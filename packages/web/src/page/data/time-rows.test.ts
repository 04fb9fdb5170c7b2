import { expect, it } from 'vitest';
import { linesOf, toTimeRows } from './time-rows.ts';

const at = (seconds: number): string => new Date(seconds * 1_000).toISOString();
const span = { fromMs: 1_000_000, toMs: 1_060_000 };
const names = { time: 'time', series: 'series' };
const row = (seconds: number, series: string, rate: number, p99: number | null) => ({
  time: at(seconds),
  series,
  requests_per_second: rate,
  duration_p99_ns: p99,
});

it('has all steps of the range: nothing was counted where no row is, and nothing is known of what is measured', () => {
  const rows = toTimeRows(
    [row(1_010, 'a', 3, 7), row(1_020, 'a', 4, null), row(1_040, 'a', 5, 9)],
    names,
    span,
  );
  expect(rows.times).toEqual([1_000, 1_010, 1_020, 1_030, 1_040, 1_050]);
  expect(rows.valuesOf('a', 'requests_per_second')).toEqual([0, 3, 4, 0, 5, 0]);
  expect(rows.valuesOf('a', 'duration_p99_ns')).toEqual([null, 7, null, null, 9, null]);
});

it('draws the largest lines', () => {
  const many = Array.from({ length: 12 }, (_, index) => row(1_010, `s${index}`, index, null));
  expect(linesOf(toTimeRows(many, names, span), 'requests_per_second').map(({ title }) => title)).toEqual(
    Array.from({ length: 8 }, (_, index) => `s${11 - index}`),
  );
});

it('takes rows as they are where they stand on no grid', () => {
  const rows = toTimeRows([row(1_010, '', 1, 1), row(1_013, '', 1, 1), row(1_020, '', 1, 1)], names, span);
  expect(rows.times).toEqual([1_010, 1_013, 1_020]);
});
