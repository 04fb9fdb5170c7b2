import { bucketBoundsNs } from '@tomte/model';
import { onceCondition } from '../once.ts';
import type { Statement } from '../request-by-id.ts';
import { SqlParams } from '../sql-params.ts';
import type { TimeRange } from '../time-range.ts';
import { joinConditions } from '../where.ts';
import { GRID_SECONDS } from './grid.ts';
import type { MetricFamily } from './metric.ts';

/** A matcher of PromQL. */
export interface LabelCondition {
  readonly name: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** The bounds of a histogram's buckets as the label `le` writes them. */
export const bucketLabels: readonly string[] = [...bucketBoundsNs.map((ns) => String(ns / 1e9)), '+Inf'];

export interface SeriesQuestion {
  readonly family: MetricFamily;
  /** On the family's own labels only. */
  readonly conditions: readonly LabelCondition[];
  readonly range: TimeRange;
  /** Series at most; one more is fetched, so that a cut is seen. */
  readonly limitSeries: number;
}

/** Names of the helping columns. */
export const cellsColumn = '_cells';

export function labelColumn(index: number): string {
  return `l${index}`;
}

/**
 * Each series with its cells: arrays of the step and its values. Of a histogram the values are the count, the sum in
 * nanoseconds, and the counts up to each bound.
 */
export function compileCells(question: SeriesQuestion): Statement {
  const { family, limitSeries } = question;
  const params = new SqlParams();
  const labels = Object.keys(family.labels).map((_, index) => labelColumn(index));
  const values = valuesOf(family);
  const time = `r.${family.record.timeColumn}`;
  const cell = ['step', ...values.map((_, index) => `v${index}`)].join(', ');
  const sql = [
    'SELECT',
    `  ${[...labels, `groupArray(tuple(${cell})) AS ${cellsColumn}`].join(',\n  ')}`,
    'FROM (',
    '  SELECT',
    `    ${[...labelSelect(family), `toUInt32(intDiv(toUnixTimestamp64Second(${time}), ${GRID_SECONDS})) AS step`, ...values.map((value, index) => `toFloat64(${value}) AS v${index}`)].join(',\n    ')}`,
    `  FROM ${family.record.table} AS r`,
    `  WHERE ${joinConditions(conditionsOf(question, params))}`,
    `  GROUP BY ${[...labels, 'step'].join(', ')}`,
    ')',
    `GROUP BY ${labels.join(', ')}`,
    `LIMIT ${params.add(limitSeries + 1, 'UInt64')}`,
  ].join('\n');
  return { sql, params: params.values };
}

/** The labels of each series alone: of those that have samples, so a request at both ends is one here too. */
export function compileLabels(question: SeriesQuestion): Statement {
  const { family, limitSeries } = question;
  const params = new SqlParams();
  const sql = [
    'SELECT DISTINCT',
    `  ${labelSelect(family).join(',\n  ')}`,
    `FROM ${family.record.table} AS r`,
    `WHERE ${joinConditions(conditionsOf(question, params))}`,
    `LIMIT ${params.add(limitSeries + 1, 'UInt64')}`,
  ].join('\n');
  return { sql, params: params.values };
}

function labelSelect(family: MetricFamily): readonly string[] {
  return Object.values(family.labels).map(({ sql }, index) => `toString(${sql}) AS ${labelColumn(index)}`);
}

function valuesOf({ type, kind, value, record }: MetricFamily): readonly string[] {
  if (kind === 'presence') return ['1'];
  if (kind === 'latest') return [`argMax(${value}, r.${record.timeColumn})`];
  if (type !== 'histogram') return [value];
  const upTo = bucketBoundsNs.map((bound) => `countIf(${value} <= ${bound})`);
  return [`count(${value})`, `sum(ifNull(${value}, 0))`, ...upTo];
}

function conditionsOf({ family, conditions, range }: SeriesQuestion, params: SqlParams): readonly string[] {
  const time = `r.${family.record.timeColumn}`;
  return [
    `${time} >= ${params.time(range.fromNs)}`,
    `${time} < ${params.time(range.toNs)}`,
    ...(family.where ?? []),
    ...(family.type === 'histogram' ? [`${family.value} IS NOT NULL`] : []),
    ...conditions.map((condition) => conditionSql(condition, family, params)),
    ...(family.whereInRange === undefined ? [] : [family.whereInRange(range, params)]),
    ...(family.once === true ? [onceCondition(range, params)] : []),
  ];
}

function conditionSql(
  { name, operator, value }: LabelCondition,
  family: MetricFamily,
  params: SqlParams,
): string {
  const column = `toString(${family.labels[name]?.sql ?? "''"})`;
  if (operator === '=') return `${column} = ${params.add(value, 'String')}`;
  if (operator === '!=') return `${column} != ${params.add(value, 'String')}`;
  // RE2 there as here, of the whole text.
  const match = `match(${column}, ${params.add(`^(?s:${value})$`, 'String')})`;
  return operator === '=~' ? match : `NOT ${match}`;
}
