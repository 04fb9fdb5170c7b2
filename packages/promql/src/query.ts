import { Annotations, type Notes } from './annotations.ts';
import { type Expr, withoutParens } from './ast.ts';
import { Budget } from './evaluate/budget.ts';
import type { Environment } from './evaluate/environment.ts';
import { evaluate } from './evaluate/evaluate.ts';
import { type PlannedSelection, planSelections, subqueryPoints } from './evaluate/plan.ts';
import { rangesOf, samplesOf } from './evaluate/select.ts';
import { at, type Points, type Value, type VectorSeries } from './evaluate/value.ts';
import { compareLabels, Labels } from './labels.ts';
import { DEFAULT_LOOKBACK_MS, DEFAULT_SUBQUERY_STEP_MS, MAX_RANGE_POINTS, MAX_SERIES } from './limits.ts';
import { nameOfType, typeOf } from './parse/check-types.ts';
import { parsePromql } from './parse/parse.ts';
import { limitError, promqlError } from './promql-error.ts';
import type { SampleSource, Series } from './samples.ts';

export interface QueryOptions {
  readonly source: SampleSource;
  /** For how long a sample counts as the present one. */
  readonly lookbackMs?: number;
  /** Step of a subquery that names none. */
  readonly subqueryStepMs?: number;
  /** Called between parts of the work: lets others have the processor, and rejects when the asker is gone. */
  readonly breathe?: () => Promise<void>;
}

export interface PromqlScalar {
  readonly type: 'scalar';
  readonly timeMs: number;
  readonly value: number;
}
export interface PromqlString {
  readonly type: 'string';
  readonly timeMs: number;
  readonly value: string;
}
export interface PromqlVector {
  readonly type: 'vector';
  readonly timeMs: number;
  readonly samples: readonly { readonly labels: Labels; readonly value: number }[];
}
export interface PromqlMatrix {
  readonly type: 'matrix';
  readonly series: readonly Series[];
}
export type PromqlData = PromqlScalar | PromqlString | PromqlVector | PromqlMatrix;

export interface LookedAt {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface PromqlAnswer {
  readonly data: PromqlData;
  readonly notes: Notes;
  /** The times of the samples that were looked at; undefined where the query needs none. */
  readonly lookedAt: LookedAt | undefined;
}

/** The answer at one time. Rejects with AppError. */
export async function instantQuery(
  text: string,
  timeMs: number,
  options: QueryOptions,
): Promise<PromqlAnswer> {
  const expr = parsed(text);
  const points: Points = { startMs: timeMs, stepMs: 1, count: 1 };
  const run = await prepare(expr, text, { points, endMs: timeMs }, options);
  const bare = withoutParens(expr);
  if (bare.kind === 'matrix' || bare.kind === 'subquery') {
    const data: PromqlMatrix = { type: 'matrix', series: await rangeAlone(bare, points, run.env) };
    return { data, notes: run.env.notes.toNotes(), lookedAt: run.lookedAt };
  }
  const data = instantData(await evaluate(expr, points, run.env), timeMs);
  return { data, notes: run.env.notes.toNotes(), lookedAt: run.lookedAt };
}

export interface QueryRange {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

/** The answer from `startMs` on, at every step up to `endMs`. Rejects with AppError. */
export async function rangeQuery(
  text: string,
  range: QueryRange,
  options: QueryOptions,
): Promise<PromqlAnswer> {
  const { startMs, endMs, stepMs } = range;
  if (stepMs <= 0)
    throw promqlError(
      'PROMQL_PARAMETER',
      'zero or negative query resolution step widths are not accepted. Try a positive integer',
    );
  if (endMs < startMs) throw promqlError('PROMQL_PARAMETER', 'end timestamp must not be before start time');
  const count = Math.floor((endMs - startMs) / stepMs) + 1;
  if (count > MAX_RANGE_POINTS + 1) {
    const facts = `exceeded maximum resolution of ${MAX_RANGE_POINTS} points per timeseries. Try decreasing the query resolution (?step=XX)`;
    throw promqlError('PROMQL_PARAMETER', facts);
  }
  const expr = parsed(text);
  const type = typeOf(expr);
  if (type !== 'scalar' && type !== 'vector') {
    const facts = `invalid expression type "${nameOfType(type)}" for range query, must be Scalar or instant Vector`;
    throw promqlError('PROMQL_PARSE', facts);
  }
  const points: Points = { startMs, stepMs, count };
  const { env, lookedAt } = await prepare(expr, text, { points, endMs }, options);
  const value = await evaluate(expr, points, env);
  return { data: { type: 'matrix', series: matrixOf(value, points) }, notes: env.notes.toNotes(), lookedAt };
}

function parsed(text: string): Expr {
  const outcome = parsePromql(text);
  if (!outcome.ok) throw outcome.error;
  return outcome.value;
}

interface Run {
  readonly env: Environment;
  readonly lookedAt: LookedAt | undefined;
}

interface Asked {
  readonly points: Points;
  /** What `@ end()` means: not always the last point. */
  readonly endMs: number;
}

async function prepare(
  expr: Expr,
  text: string,
  { points, endMs }: Asked,
  options: QueryOptions,
): Promise<Run> {
  const times = {
    startMs: points.startMs,
    endMs,
    lookbackMs: options.lookbackMs ?? DEFAULT_LOOKBACK_MS,
    subqueryStepMs: options.subqueryStepMs ?? DEFAULT_SUBQUERY_STEP_MS,
  };
  const budget = new Budget();
  const planned = planSelections(expr, points, times);
  const found = await fetchAll(planned, options.source, budget);
  const env: Environment = {
    ...times,
    budget,
    notes: new Annotations(text),
    seriesOf: (selector) => found.get(selector) ?? [],
    breathe: options.breathe ?? (() => Promise.resolve()),
  };
  return { env, lookedAt: timesOf(planned) };
}

function timesOf(planned: readonly PlannedSelection[]): LookedAt | undefined {
  if (planned.length === 0) return undefined;
  const fromMs = Math.min(...planned.map((selection) => selection.fromMs));
  const toMs = Math.max(...planned.map((selection) => selection.toMs));
  return { fromMs, toMs };
}

/** Selectors that are alike are fetched once. */
async function fetchAll(
  planned: readonly PlannedSelection[],
  source: SampleSource,
  budget: Budget,
): Promise<ReadonlyMap<PlannedSelection['selector'], readonly Series[]>> {
  const fetched = new Map<string, readonly Series[]>();
  const found = new Map<PlannedSelection['selector'], readonly Series[]>();
  for (const { selector, ...selection } of planned) {
    const key = JSON.stringify(selection);
    const series = fetched.get(key) ?? (await fetchOne(source, selection, budget));
    fetched.set(key, series);
    found.set(selector, series);
  }
  return found;
}

async function fetchOne(
  source: SampleSource,
  selection: Omit<PlannedSelection, 'selector'>,
  budget: Budget,
): Promise<readonly Series[]> {
  const series = await source.select(selection);
  if (series.length > MAX_SERIES) throw limitError(`a selector finds more than ${MAX_SERIES} series`);
  for (const { values } of series) budget.chargeSamples(values.length);
  return [...series].sort((a, b) => compareLabels(a.labels, b.labels));
}

/** A range that no function was applied to: its samples as they are. */
async function rangeAlone(
  expr: Extract<Expr, { kind: 'matrix' | 'subquery' }>,
  points: Points,
  env: Environment,
): Promise<readonly Series[]> {
  let series = expr.kind === 'matrix' ? env.seriesOf(expr.selector) : [];
  if (expr.kind === 'subquery') {
    const inner = subqueryPoints(expr, points, env);
    const value: Value =
      inner.count === 0 ? { kind: 'vector', series: [] } : await evaluate(expr.expr, inner, env);
    series = value.kind === 'vector' ? samplesOf(value.series, inner) : [];
  }
  const { offsetMs, rangeMs, fixedMs } = rangesOf(expr, series, env);
  const toMs = (fixedMs ?? points.startMs) - offsetMs;
  return sortedMatrix(
    series.map(({ labels, timesMs, values }) => {
      const low = timesMs.findIndex((timeMs) => timeMs > toMs - rangeMs);
      const after = timesMs.findIndex((timeMs) => timeMs > toMs);
      const bounds = [low === -1 ? timesMs.length : low, after === -1 ? timesMs.length : after] as const;
      return { labels, timesMs: timesMs.subarray(...bounds), values: values.subarray(...bounds) };
    }),
  );
}

function sortedMatrix(series: readonly Series[]): readonly Series[] {
  return series.filter(({ values }) => values.length > 0).sort((a, b) => compareLabels(a.labels, b.labels));
}

function instantData(value: Value, timeMs: number): PromqlData {
  if (value.kind === 'string') return { type: 'string', timeMs, value: value.value };
  if (value.kind === 'scalar') return { type: 'scalar', timeMs, value: at(value.values, 0) };
  const present = value.series.filter((series) => series.present[0] === 1);
  return {
    type: 'vector',
    timeMs,
    samples: present.map(({ labels, values }) => ({ labels, value: at(values, 0) })),
  };
}

function matrixOf(value: Value, points: Points): readonly Series[] {
  if (value.kind === 'vector') return sortedMatrix(samplesOf(value.series, points));
  if (value.kind === 'string') return [];
  return sortedMatrix(samplesOf(vectorOfScalar(value.values), points));
}

function vectorOfScalar(values: Float64Array): readonly VectorSeries[] {
  return [{ labels: Labels.none, values, present: new Uint8Array(values.length).fill(1) }];
}
