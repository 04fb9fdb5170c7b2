import { metricName, type VectorSelector } from '../ast.ts';
import { Labels } from '../labels.ts';
import { byValue } from './aggregate.ts';
import type { Environment } from './environment.ts';
import { mergeEqual } from './merge.ts';
import { at, emptySeries, isAnywhere, type Points, put, type VectorSeries } from './value.ts';

/** A function of each value; undefined takes the value away. The result is another metric. */
export function mapValues(
  series: readonly VectorSeries[],
  env: Environment,
  change: (value: number, index: number) => number | undefined,
): readonly VectorSeries[] {
  const results = series.map((one) => {
    env.budget.chargeValues(one.values.length);
    const result = emptySeries(one.labels.withoutName(), one.values.length);
    for (let index = 0; index < one.values.length; index += 1) {
      const value = one.present[index] === 1 ? change(at(one.values, index), index) : undefined;
      if (value !== undefined) put(result, index, value);
    }
    return result;
  });
  return mergeEqual(results.filter(isAnywhere));
}

/** The one value at each point, NaN where there is none or more than one. */
export function scalarOf(series: readonly VectorSeries[], { count }: Points): Float64Array {
  const values = new Float64Array(count).fill(NaN);
  const seen = new Uint8Array(count);
  for (const one of series) {
    for (let index = 0; index < count; index += 1) {
      if (one.present[index] !== 1) continue;
      values[index] = seen[index] === 0 ? at(one.values, index) : NaN;
      seen[index] = 1;
    }
  }
  return values;
}

export function vectorOf(values: Float64Array): readonly VectorSeries[] {
  return [{ labels: Labels.none, values, present: new Uint8Array(values.length).fill(1) }];
}

/** 1 at each point at which no series is there, with the labels that the selector asks to be equal. */
export function absentAt(
  series: readonly VectorSeries[],
  selector: VectorSelector | undefined,
  { count }: Points,
): readonly VectorSeries[] {
  const result = emptySeries(selector === undefined ? Labels.none : absentLabels(selector), count);
  for (let index = 0; index < count; index += 1) {
    if (!series.some(({ present }) => present[index] === 1)) put(result, index, 1);
  }
  return isAnywhere(result) ? [result] : [];
}

/** A label that is asked for twice is none of the answer's. */
function absentLabels({ matchers }: VectorSelector): Labels {
  const labels = new Map<string, string>();
  const seen = new Set<string>();
  for (const { name, operator, value } of matchers) {
    if (name === metricName) continue;
    if (operator === '=' && !seen.has(name)) labels.set(name, value);
    else labels.delete(name);
    if (operator === '=') seen.add(name);
  }
  return Labels.of(labels);
}

export function sorted(series: readonly VectorSeries[], direction: 1 | -1): readonly VectorSeries[] {
  return [...series].sort((a, b) => byValue(at(a.values, 0), at(b.values, 0), direction));
}
