import { KahanMean, KahanSum } from './kahan.ts';
import { quantileOf } from './quantile.ts';
import { increaseOf } from './extrapolate.ts';
import { regressionOf } from './regression.ts';
import { at } from './value.ts';
import type { Window } from './window.ts';

/** Undefined where the samples are too few. */
export type RangeFunction = (window: Window) => number | undefined;

export const rangeFunctions: Readonly<Record<string, RangeFunction>> = {
  rate: (window) => increaseOf(window, { isCounter: true, isPerSecond: true }),
  increase: (window) => increaseOf(window, { isCounter: true, isPerSecond: false }),
  delta: (window) => increaseOf(window, { isCounter: false, isPerSecond: false }),
  irate: (window) => lastStep(window, true),
  idelta: (window) => lastStep(window, false),
  avg_over_time: averageOf,
  sum_over_time: sumOf,
  count_over_time: ({ low, high }) => high - low,
  present_over_time: () => 1,
  last_over_time: ({ values, high }) => at(values, high - 1),
  first_over_time: ({ values, low }) => at(values, low),
  max_over_time: (window) => extremeOf(window, (value, best) => value > best),
  min_over_time: (window) => extremeOf(window, (value, best) => value < best),
  stdvar_over_time: varianceOf,
  stddev_over_time: (window) => Math.sqrt(varianceOf(window)),
  quantile_over_time: ({ values, low, high, argument }) =>
    quantileOf(argument, [...values.subarray(low, high)]),
  changes: (window) => countSteps(window, (now, before) => !isSame(now, before)),
  resets: (window) => countSteps(window, (now, before) => now < before),
  deriv: derivativeOf,
  predict_linear: predictionOf,
};

/** They stay the metric that they were: they only look elsewhere in time. */
export const nameKeepingFunctions: ReadonlySet<string> = new Set(['last_over_time', 'first_over_time']);

function lastStep({ timesMs, values, low, high }: Window, isRate: boolean): number | undefined {
  if (high - low < 2) return undefined;
  const intervalMs = at(timesMs, high - 1) - at(timesMs, high - 2);
  if (intervalMs === 0) return undefined;
  const last = at(values, high - 1);
  const before = at(values, high - 2);
  const step = isRate && last < before ? last : last - before;
  return isRate ? step / (intervalMs / 1_000) : step;
}

function averageOf({ values, low, high }: Window): number {
  const mean = new KahanMean(at(values, low));
  for (let index = low + 1; index < high; index += 1) mean.add(at(values, index));
  return mean.mean;
}

function sumOf({ values, low, high }: Window): number {
  const sum = new KahanSum();
  for (let index = low; index < high; index += 1) sum.add(at(values, index));
  return sum.total;
}

function extremeOf(
  { values, low, high }: Window,
  isBetter: (value: number, best: number) => boolean,
): number {
  let best = at(values, low);
  for (let index = low + 1; index < high; index += 1) {
    const value = at(values, index);
    if (isBetter(value, best) || Number.isNaN(best)) best = value;
  }
  return best;
}

function varianceOf({ values, low, high }: Window): number {
  const mean = new KahanSum();
  const squares = new KahanSum();
  for (let index = low; index < high; index += 1) {
    const value = at(values, index);
    const delta = value - (mean.sum + mean.rest);
    mean.add(delta / (index - low + 1));
    squares.add(delta * (value - (mean.sum + mean.rest)));
  }
  return (squares.sum + squares.rest) / (high - low);
}

function isSame(a: number, b: number): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b));
}

function countSteps({ values, low, high }: Window, counts: (now: number, before: number) => boolean): number {
  let count = 0;
  for (let index = low + 1; index < high; index += 1) {
    if (counts(at(values, index), at(values, index - 1))) count += 1;
  }
  return count;
}

function derivativeOf(window: Window): number | undefined {
  if (window.high - window.low < 2) return undefined;
  return regressionOf(window, at(window.timesMs, window.low)).slope;
}

function predictionOf(window: Window): number | undefined {
  if (window.high - window.low < 2) return undefined;
  const { slope, intercept } = regressionOf(window, window.timeMs);
  return slope * window.argument + intercept;
}
