import { type Call, type Expr, withoutParens } from '../ast.ts';
import type { Series } from '../samples.ts';
import type { Environment, Place } from './environment.ts';
import { histogramFraction, histogramQuantile } from './histogram-functions.ts';
import { labelJoin, labelReplace } from './label-functions.ts';
import { dateFunctions, mathFunctions } from './math-functions.ts';
import { mergeEqual } from './merge.ts';
import { greater, smaller } from './operators.ts';
import { isQuantile } from './quantile.ts';
import { nameKeepingFunctions, rangeFunctions } from './range-functions.ts';
import { applyToRanges, evaluateSelector, rangesOf, samplesOf } from './select.ts';
import { at, type Points, timeAt, type Value, type VectorSeries } from './value.ts';
import { absentAt, mapValues, scalarOf, sorted, vectorOf } from './vector-functions.ts';

/** How a part of the expression is evaluated; a subquery at points of its own. */
export type Evaluate = (expr: Expr, points: Points) => Promise<Value>;

export interface CallContext extends Place {
  readonly evaluate: Evaluate;
  readonly subqueryPoints: (expr: Extract<Expr, { kind: 'subquery' }>) => Points;
}

export async function evaluateCall(call: Call, context: CallContext): Promise<Value> {
  const ranged = call.args
    .map(withoutParens)
    .findIndex(({ kind }) => kind === 'matrix' || kind === 'subquery');
  if (ranged >= 0) return vector(await evaluateRangeCall(call, ranged, context));
  const special = specialCall(call, context);
  if (special !== undefined) return special;
  const args: Value[] = [];
  for (const arg of call.args) args.push(await context.evaluate(arg, context.points));
  return applyCall(call, args, context);
}

function vector(series: readonly VectorSeries[]): Value {
  return { kind: 'vector', series };
}

async function evaluateRangeCall(
  call: Call,
  ranged: number,
  context: CallContext,
): Promise<readonly VectorSeries[]> {
  const { points, env } = context;
  const arg = withoutParens(call.args[ranged] ?? call);
  if (arg.kind !== 'matrix' && arg.kind !== 'subquery') throw new Error(`${call.name} has no range`);
  const other = call.args.find((_, index) => index !== ranged);
  const scalar = other === undefined ? undefined : await context.evaluate(other, points);
  const series = await seriesOf(arg, context);
  const ranges = rangesOf(arg, series, env);
  if (call.name === 'absent_over_time') {
    const found = applyToRanges(ranges, points, env, { apply: () => 1, argument: undefined, keepName: true });
    return absentAt(found, arg.kind === 'matrix' ? arg.selector : undefined, points);
  }
  const apply = rangeFunctions[call.name];
  if (apply === undefined) throw new Error(`${call.name} is no function of a range`);
  const argument = scalar?.kind === 'scalar' ? scalar.values : undefined;
  const keepName = nameKeepingFunctions.has(call.name);
  const results = applyToRanges(ranges, points, env, { apply, argument, keepName });
  if (results.length > 0) note(call, arg, { series, argument, env });
  return mergeEqual(results);
}

interface Noted {
  readonly series: readonly Series[];
  readonly argument: Float64Array | undefined;
  readonly env: Environment;
}

const counterFunctions: ReadonlySet<string> = new Set(['rate', 'increase']);
const START = { from: 0, to: 0 };
const COUNTER_NAME = /_(?:total|sum|count|bucket)$/;

function note(call: Call, arg: Expr, { series, argument, env }: Noted): void {
  if (counterFunctions.has(call.name)) {
    for (const name of new Set(series.map(({ labels }) => labels.name))) {
      if (name === '' || COUNTER_NAME.test(name)) continue;
      const facts = 'metric might not be a counter, name does not end in _total/_sum/_count/_bucket:';
      const span = arg.kind === 'subquery' ? START : arg.span; // Where Prometheus says that a subquery stands.
      env.notes.inform(`${facts} ${JSON.stringify(name)}`, span);
    }
  }
  if (call.name !== 'quantile_over_time' || argument === undefined) return;
  for (const quantile of new Set(argument)) {
    if (!isQuantile(quantile)) env.notes.invalidQuantile(quantile, (call.args[0] ?? call).span);
  }
}

async function seriesOf(
  arg: Extract<Expr, { kind: 'matrix' | 'subquery' }>,
  context: CallContext,
): Promise<readonly Series[]> {
  if (arg.kind === 'matrix') return context.env.seriesOf(arg.selector);
  const inner = context.subqueryPoints(arg);
  if (inner.count === 0) return [];
  const value = await context.evaluate(arg.expr, inner);
  return value.kind === 'vector' ? samplesOf(value.series, inner) : [];
}

/** Calls that look at their argument's text, not only at its value. */
function specialCall(call: Call, { points, env, evaluate }: CallContext): Promise<Value> | undefined {
  const first = call.args[0];
  const bare = first === undefined ? undefined : withoutParens(first);
  if (call.name === 'timestamp' && bare?.kind === 'selector') {
    const series = evaluateSelector(bare, points, env, 'time');
    return Promise.resolve(vector(mapValues(series, env, (value) => value)));
  }
  if (call.name !== 'absent' || first === undefined) return undefined;
  return evaluate(first, points).then((value) =>
    vector(
      absentAt(
        value.kind === 'vector' ? value.series : [],
        bare?.kind === 'selector' ? bare : undefined,
        points,
      ),
    ),
  );
}

function applyCall(call: Call, args: readonly Value[], { points, env }: CallContext): Value {
  const texts = args.flatMap((arg) => (arg.kind === 'string' ? [arg.value] : []));
  const scalars = args.flatMap((arg) => (arg.kind === 'scalar' ? [arg.values] : []));
  const series = args.find((arg) => arg.kind === 'vector')?.series;
  const scalar = (index: number, point: number): number => at(scalars[index] ?? new Float64Array(), point);
  const { name } = call;
  if (name === 'time') return { kind: 'scalar', values: secondsOf(points) };
  if (name === 'pi') return { kind: 'scalar', values: new Float64Array(points.count).fill(Math.PI) };
  if (name === 'vector') return vector(vectorOf(scalars[0] ?? new Float64Array(points.count)));
  const dateOf = dateFunctions[name];
  if (dateOf !== undefined) return vector(mapValues(series ?? vectorOf(secondsOf(points)), env, dateOf));
  if (series === undefined) throw new Error(`${name} has no vector`);
  const math = mathFunctions[name];
  if (math !== undefined) return vector(mapValues(series, env, (value) => math(value)));
  switch (name) {
    case 'scalar':
      return { kind: 'scalar', values: scalarOf(series, points) };
    case 'timestamp':
      return vector(mapValues(series, env, (_, index) => timeAt(points, index) / 1_000));
    case 'clamp':
      return vector(
        mapValues(series, env, (value, point) => clamp(value, scalar(0, point), scalar(1, point))),
      );
    case 'clamp_min':
      return vector(mapValues(series, env, (value, point) => clamp(value, scalar(0, point), Infinity)));
    case 'clamp_max':
      return vector(mapValues(series, env, (value, point) => clamp(value, -Infinity, scalar(0, point))));
    case 'round':
      return vector(
        mapValues(series, env, (value, point) => round(value, scalars.length === 0 ? 1 : scalar(0, point))),
      );
    case 'label_replace':
      return vector(mergeEqual(labelReplace(series, texts)));
    case 'label_join':
      return vector(mergeEqual(labelJoin(series, texts)));
    case 'sort':
    case 'sort_desc':
      return vector(sort(call, series, points, env));
    case 'histogram_quantile':
    case 'histogram_fraction':
      return vector(histogram(call, { series, scalars, place: { points, env } }));
    default:
      return vector([]); // What is left works on native histograms, of which there are none.
  }
}

function secondsOf(points: Points): Float64Array {
  return Float64Array.from({ length: points.count }, (_, index) => timeAt(points, index) / 1_000);
}

function clamp(value: number, least: number, most: number): number | undefined {
  return most < least ? undefined : greater(least, smaller(most, value));
}

function round(value: number, toNearest: number): number {
  const inverse = 1 / toNearest;
  return Math.floor(value * inverse + 0.5) / inverse;
}

function sort(
  call: Call,
  series: readonly VectorSeries[],
  points: Points,
  env: Environment,
): readonly VectorSeries[] {
  if (points.count === 1) return sorted(series, call.name === 'sort' ? 1 : -1);
  env.notes.warn(
    'sort is ineffective for range queries since results are always ordered by labels',
    call.span,
  );
  return series;
}

interface HistogramCall {
  readonly series: readonly VectorSeries[];
  readonly scalars: readonly Float64Array[];
  readonly place: Place;
}

function histogram(call: Call, { series, scalars, place }: HistogramCall): readonly VectorSeries[] {
  const [first = new Float64Array(), second = new Float64Array()] = scalars;
  const span = (call.args.at(-1) ?? call).span;
  if (call.name === 'histogram_fraction') {
    return histogramFraction({ lower: first, upper: second }, series, place, span);
  }
  const spans = { quantile: (call.args[0] ?? call).span, vector: span };
  return histogramQuantile(first, series, place, spans);
}
