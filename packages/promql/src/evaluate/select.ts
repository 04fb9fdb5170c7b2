import type { MatrixSelector, Subquery, VectorSelector } from '../ast.ts';
import type { Series } from '../samples.ts';
import { type Environment, fixedTime } from './environment.ts';
import type { RangeFunction } from './range-functions.ts';
import type { Window } from './window.ts';
import { at, emptySeries, isAnywhere, type Points, put, timeAt, type VectorSeries } from './value.ts';

/** The newest sample at each point that is not too old; or its time in seconds. */
export function evaluateSelector(
  selector: VectorSelector,
  points: Points,
  env: Environment,
  wants: 'value' | 'time' = 'value',
): readonly VectorSeries[] {
  const fixedMs = fixedTime(selector.at, env);
  const found: VectorSeries[] = [];
  const all = env.seriesOf(selector);
  env.budget.chargeValues(points.count * all.length);
  for (const { labels, timesMs, values } of all) {
    const series = emptySeries(labels, points.count);
    let next = 0;
    for (let index = 0; index < points.count; index += 1) {
      const wantedMs = (fixedMs ?? timeAt(points, index)) - selector.offsetMs;
      while (next < timesMs.length && at(timesMs, next) <= wantedMs) next += 1;
      const timeMs = at(timesMs, next - 1);
      if (next === 0 || timeMs <= wantedMs - env.lookbackMs) continue;
      put(series, index, wants === 'value' ? at(values, next - 1) : timeMs / 1_000);
    }
    if (isAnywhere(series)) found.push(series);
  }
  return found;
}

/** A range of each series at each point. */
export interface Ranges {
  readonly series: readonly Series[];
  readonly rangeMs: number;
  readonly offsetMs: number;
  readonly fixedMs: number | undefined;
}

export function rangesOf(
  expr: MatrixSelector | Subquery,
  series: readonly Series[],
  env: Environment,
): Ranges {
  const { offsetMs, at: fixed } = expr.kind === 'matrix' ? expr.selector : expr;
  return { series, rangeMs: expr.rangeMs, offsetMs, fixedMs: fixedTime(fixed, env) };
}

/** A function of the samples in each range; a series without a value at any point is left out. */
export function applyToRanges(
  ranges: Ranges,
  points: Points,
  env: Environment,
  work: {
    readonly apply: RangeFunction;
    readonly argument: Float64Array | undefined;
    readonly keepName: boolean;
  },
): readonly VectorSeries[] {
  const found: VectorSeries[] = [];
  const { rangeMs, offsetMs, fixedMs } = ranges;
  env.budget.chargeValues(points.count * ranges.series.length);
  for (const { labels, timesMs, values } of ranges.series) {
    const series = emptySeries(work.keepName ? labels : labels.withoutName(), points.count);
    const window: Window = { timesMs, values, low: 0, high: 0, fromMs: 0, toMs: 0, timeMs: 0, argument: NaN };
    for (let index = 0; index < points.count; index += 1) {
      window.timeMs = timeAt(points, index);
      window.toMs = (fixedMs ?? window.timeMs) - offsetMs;
      window.fromMs = window.toMs - rangeMs;
      while (window.high < timesMs.length && at(timesMs, window.high) <= window.toMs) window.high += 1;
      while (window.low < window.high && at(timesMs, window.low) <= window.fromMs) window.low += 1;
      if (window.low === window.high) continue;
      env.budget.chargeWindow(window.high - window.low);
      if (work.argument !== undefined) window.argument = at(work.argument, index);
      const value = work.apply(window);
      if (value !== undefined) put(series, index, value);
    }
    if (isAnywhere(series)) found.push(series);
  }
  return found;
}

/** The series of a vector as samples, for the ranges of a subquery. */
export function samplesOf(vector: readonly VectorSeries[], points: Points): readonly Series[] {
  return vector.map(({ labels, values, present }) => {
    const indexes = [...present.keys()].filter((index) => present[index] === 1);
    return {
      labels,
      timesMs: Float64Array.from(indexes, (index) => timeAt(points, index)),
      values: Float64Array.from(indexes, (index) => at(values, index)),
    };
  });
}
