import { type GridSpan, originOf, sampleTimeMs, STEPS_PER_ORIGIN } from './grid.ts';
import type { MetricKind } from './metric.ts';

/** What rows say of one step of the grid. */
export interface Cell {
  readonly step: number;
  readonly value: number;
}

export interface Samples {
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
}

/** The samples of a series from its cells, which are sorted by step. */
export function samplesOfCells(kind: MetricKind, cells: readonly Cell[], span: GridSpan): Samples {
  const steps: number[] = [];
  const values: number[] = [];
  const put = (step: number, value: number): void => {
    if (step < span.firstStep || step > span.lastStep) return;
    steps.push(step);
    values.push(value);
  };
  if (kind === 'latest') for (const { step, value } of cells) put(step, value);
  else if (kind === 'presence') presence(cells, span, put);
  else accumulate(cells, span, put);
  return { timesMs: Float64Array.from(steps, sampleTimeMs), values: Float64Array.from(values) };
}

type Put = (step: number, value: number) => void;

/**
 * The sum since the hour began: from one step before the first row, so that its rows are an increase, to the end of
 * the hour after the last one.
 */
function accumulate(cells: readonly Cell[], span: GridSpan, put: Put): void {
  let sum = 0;
  let next = 0;
  let aliveUntil = -1;
  for (let step = span.readFromStep; step <= span.lastStep; step += 1) {
    if (step === originOf(step)) sum = 0;
    for (; cells[next]?.step === step; next += 1) {
      sum += cells[next]?.value ?? 0;
      aliveUntil = originOf(step) + 2 * STEPS_PER_ORIGIN - 1;
    }
    if (step <= aliveUntil) put(step, sum);
    else if (cells[next]?.step === step + 1) put(step, 0);
  }
}

/** 1 where there is a cell, 0 for an hour after it. */
function presence(cells: readonly Cell[], span: GridSpan, put: Put): void {
  const there = new Set(cells.map(({ step }) => step));
  let last = -Infinity;
  for (let step = span.readFromStep; step <= span.lastStep; step += 1) {
    if (there.has(step)) last = step;
    if (step - last < STEPS_PER_ORIGIN) put(step, there.has(step) ? 1 : 0);
  }
}
