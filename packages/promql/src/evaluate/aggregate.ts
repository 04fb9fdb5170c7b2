import { type Aggregate, type Aggregator, metricName } from '../ast.ts';
import { formatFloat, formatPlain } from '../format-float.ts';
import type { Labels } from '../labels.ts';
import { executionError } from '../promql-error.ts';
import { bestOf } from './best.ts';
import type { Environment, Place } from './environment.ts';
import { KahanMean, KahanSum } from './kahan.ts';
import { compareValues, isQuantile, quantileOf } from './quantile.ts';
import { at, emptySeries, put, type Value, type VectorSeries } from './value.ts';

type Simple = Exclude<Aggregator, 'topk' | 'bottomk' | 'count_values'>;

/** What an aggregation makes of the values of a group at one point, of which there is one at least. */
const reducers: Readonly<Record<Simple, (values: number[], param: number) => number>> = {
  sum: (values) => {
    const sum = new KahanSum();
    for (const value of values) sum.add(value);
    return sum.total;
  },
  avg: (values) => {
    const mean = new KahanMean(values[0] ?? NaN);
    for (const value of values.slice(1)) mean.add(value);
    return mean.mean;
  },
  count: (values) => values.length,
  group: () => 1,
  min: (values) => values.reduce((best, value) => (value < best || Number.isNaN(best) ? value : best)),
  max: (values) => values.reduce((best, value) => (value > best || Number.isNaN(best) ? value : best)),
  stdvar: varianceOf,
  stddev: (values) => Math.sqrt(varianceOf(values)),
  quantile: (values, quantile) => quantileOf(quantile, values),
};

export function evaluateAggregate(
  expr: Aggregate,
  series: readonly VectorSeries[],
  param: Value | undefined,
  place: Place,
): readonly VectorSeries[] {
  const { operator } = expr;
  const { points, env } = place;
  if (operator === 'count_values') return countValues(expr, series, param, place);
  const params = param?.kind === 'scalar' ? param.values : undefined;
  if (operator === 'topk' || operator === 'bottomk') {
    if (params === undefined) throw new Error(`${operator} has no number`);
    return selectBest(expr, series, params, place);
  }
  if (params !== undefined) noteQuantiles(expr, params, series, env);
  return [...groupsOf(expr, series).values()].map(({ labels, members }) => {
    env.budget.chargeValues(points.count);
    const result = emptySeries(labels, points.count);
    for (let index = 0; index < points.count; index += 1) {
      const values = valuesAt(members, index);
      if (values.length === 0) continue;
      put(result, index, reducers[operator](values, params === undefined ? NaN : at(params, index)));
    }
    return result;
  });
}

function valuesAt(members: readonly VectorSeries[], index: number): number[] {
  const values: number[] = [];
  for (const { present, values: own } of members) if (present[index] === 1) values.push(at(own, index));
  return values;
}

function varianceOf(values: readonly number[]): number {
  let mean = values[0] ?? NaN;
  let squares = Number.isFinite(mean) ? 0 : NaN;
  for (const [index, value] of values.entries()) {
    if (index === 0) continue;
    const delta = value - mean;
    mean += delta / (index + 1);
    squares += delta * (value - mean);
  }
  return squares / values.length;
}

function noteQuantiles(
  { param, expr }: Aggregate,
  quantiles: Float64Array,
  series: readonly VectorSeries[],
  env: Environment,
): void {
  if (series.length === 0) return;
  for (const quantile of new Set(quantiles)) {
    if (!isQuantile(quantile)) env.notes.invalidQuantile(quantile, (param ?? expr).span);
  }
}

interface Group {
  readonly labels: Labels;
  readonly members: VectorSeries[];
}

function groupLabels({ without, grouping }: Aggregate, labels: Labels): Labels {
  return without ? labels.without([metricName, ...grouping]) : labels.keep(grouping);
}

function groupsOf(expr: Aggregate, series: readonly VectorSeries[]): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>();
  for (const one of series) {
    const labels = groupLabels(expr, one.labels);
    const group = groups.get(labels.key);
    if (group === undefined) groups.set(labels.key, { labels, members: [one] });
    else group.members.push(one);
  }
  return groups;
}

/** The series stay what they are; those that are not among the best have no value at that point. Ordered where there is one. */
function selectBest(
  expr: Aggregate,
  series: readonly VectorSeries[],
  counts: Float64Array,
  { points, env }: Place,
): readonly VectorSeries[] {
  const wants = expr.operator === 'topk' ? 'greatest' : 'smallest';
  for (const count of counts) requireCount(count, series.length);
  return [...groupsOf(expr, series).values()].flatMap(({ members }) => {
    env.budget.chargeValues(points.count * members.length);
    const kept = members.map((member) => emptySeries(member.labels, points.count));
    const order = new Set<VectorSeries>();
    for (let index = 0; index < points.count; index += 1) {
      const there = members.flatMap(({ present, values }, member) =>
        present[index] === 1 ? [{ member, value: at(values, index) }] : [],
      );
      for (const { member, value } of bestOf(there, Math.trunc(at(counts, index)), wants)) {
        const own = kept[member];
        if (own === undefined) continue;
        put(own, index, value);
        order.add(own);
      }
    }
    return [...order];
  });
}

/** NaN comes last in either direction. */
export function byValue(a: number, b: number, direction: 1 | -1): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return direction * compareValues(a, b);
}

function requireCount(count: number, seriesCount: number): void {
  if (seriesCount === 0) return;
  if (Number.isNaN(count)) throw executionError('Parameter value is NaN');
  if (Math.abs(count) >= 2 ** 63)
    throw executionError(
      `Scalar value ${formatFloat(count)} ${count < 0 ? 'underflows' : 'overflows'} int64`,
    );
}

function countValues(
  expr: Aggregate,
  series: readonly VectorSeries[],
  param: Value | undefined,
  { points, env }: Place,
): readonly VectorSeries[] {
  const label = param?.kind === 'string' ? param.value : '';
  if (label === '') throw executionError(`invalid label name ${JSON.stringify(label)}`);
  const grouping = expr.without ? expr.grouping : [...expr.grouping, label];
  const found = new Map<string, VectorSeries>();
  for (const one of series) {
    for (let index = 0; index < points.count; index += 1) {
      if (one.present[index] !== 1) continue;
      const labelled = one.labels.with(label, formatPlain(at(one.values, index)));
      const labels = groupLabels({ ...expr, grouping }, labelled);
      let result = found.get(labels.key);
      if (result === undefined) {
        env.budget.chargeValues(points.count);
        result = emptySeries(labels, points.count);
        found.set(labels.key, result);
      }
      put(result, index, at(result.values, index) + 1);
    }
  }
  return [...found.values()];
}
