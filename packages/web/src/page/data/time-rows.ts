import type { OutputColumns } from '@tomte/query';
import type { Row } from '../api/answer.ts';
import type { ChartSeries } from '../parts/time-chart.tsx';
import type { Span } from '../state/time.ts';

/** Rows over time as a chart draws them. */
export interface TimeRows {
  /** Seconds since the Unix epoch, one for each step, also where there is no row. */
  readonly times: readonly number[];
  /** Of the first row's `series` on: names by their sum, the largest first. */
  readonly names: readonly string[];
  valuesOf(name: string, column: string): readonly (number | null)[];
}

/** More lines than this cannot be told apart. */
export const MAX_LINES = 8;
const COLORS = [
  '--accent',
  '--accent-2',
  '--slow',
  '--bad',
  '--good',
  '--warn',
  '--line-7',
  '--line-8',
] as const;

export function toTimeRows(
  rows: readonly Row[],
  { time, series }: { time: string; series: string },
  span: Span,
): TimeRows {
  const secondsOf = (row: Row): number => Math.round(Date.parse(String(row[time])) / 1_000);
  const times = gridOf(rows.map(secondsOf), span);
  const cells = new Map<string, Map<number, Row>>();
  for (const row of rows) {
    const name = String(row[series] ?? '');
    const line = cells.get(name) ?? new Map<number, Row>();
    cells.set(name, line.set(secondsOf(row), row));
  }
  return {
    times,
    names: [...cells.keys()],
    valuesOf: (name, column) =>
      times.map((seconds) => numberOf(cells.get(name)?.get(seconds)?.[column], isSum(column))),
  };
}

/** What is counted is nothing where there is no row; what is measured is not known. */
const isSum = (column: string): boolean => /_(?:per_second|count)$/.test(column);

function numberOf(value: unknown, isZeroElse: boolean): number | null {
  if (typeof value === 'number') return value;
  return isZeroElse ? 0 : null;
}

/** All steps of the span; how long a step is follows from the rows that are there. */
function gridOf(seconds: readonly number[], { fromMs, toMs }: Span): readonly number[] {
  const known = [...new Set(seconds)].sort((a, b) => a - b);
  const [first] = known;
  if (first === undefined) return [];
  const gaps = known.slice(1).map((time, index) => time - (known[index] ?? time));
  const step = Math.max(1, Math.min(...gaps, (toMs - fromMs) / 1_000));
  const start = first - Math.floor((first - fromMs / 1_000) / step) * step;
  const count = Math.min(2_000, Math.max(1, Math.ceil((toMs / 1_000 - start) / step)));
  const grid = Array.from({ length: count }, (_, index) => Math.round(start + index * step));
  return known.every((time) => grid.includes(time)) ? grid : known;
}

/** One line for each name, those with the largest sums. */
export function linesOf(rows: TimeRows, column: string): readonly ChartSeries[] {
  const lines = rows.names.map((name) => ({ name, values: rows.valuesOf(name, column) }));
  const sum = (values: readonly (number | null)[]): number =>
    values.reduce<number>((total, value) => total + (value ?? 0), 0);
  return lines
    .toSorted((a, b) => sum(b.values) - sum(a.values))
    .slice(0, MAX_LINES)
    .map(({ name, values }, index) => ({
      title: name === '' ? 'all' : name,
      color: COLORS[index] ?? '--accent',
      values,
      isFilled: rows.names.length === 1,
    }));
}

/** As the column's values are written, with the unit of a rate where it is one. */
export function isRate(column: string, columns: OutputColumns): boolean {
  return column.endsWith('_per_second') && columns[column]?.semantic === 'count';
}
