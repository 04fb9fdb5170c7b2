import { pathTemplate, requests as record, sketchLevels } from '@tomte/model';
import { compileFilter, type Filter } from '../filter.ts';
import { onceCondition } from '../once.ts';
import type { SqlParams } from '../sql-params.ts';
import type { TimeRange } from '../time-range.ts';
import { conditions, joinConditions } from '../where.ts';
import type { RollupChoice } from '../rollup-choice.ts';
import { asked } from './asked.ts';
import { latestMinutes } from './latest-minutes.ts';

/** A filter on these means the service that was asked. */
const askedSql: Readonly<Record<string, string>> = {
  service_name: asked.service.sql,
  k8s_namespace_name: asked.namespace.sql,
};

export interface EndpointRows {
  readonly range: TimeRange;
  readonly filters: readonly Filter[];
  readonly params: SqlParams;
}

/**
 * A subselect with a row for each template of a path, as `endpoint_1m` has them by the minute. Paths are put together
 * first: a template costs more than a row.
 *
 * @param split further expressions to group by, each with its alias
 */
export function endpointRows(
  { range, filters, params }: EndpointRows,
  split: readonly string[] = [],
): string {
  const where = [
    ...conditions(
      record,
      range,
      filters.filter(({ name }) => !(name in askedSql)),
      params,
    ),
    ...filters.flatMap((filter) => {
      const column = askedSql[filter.name];
      return column === undefined ? [] : [compileFilter(filter, params, column)];
    }),
    onceCondition(range, params),
  ];
  const names = ['service_namespace_name', 'service_name', 'protocol', 'method', ...split.map(aliasOf)];
  return [
    `  SELECT ${names.map((name) => `p.${name} AS ${name}`).join(', ')}, ${pathTemplate('p.path')} AS template,`,
    '    sum(p.request_count) AS request_count, sum(p.error_count) AS error_count,',
    '    sum(p.client_error_count) AS client_error_count, sum(p.sample_count) AS sample_count,',
    `    quantilesDDMergeState(${sketchLevels})(p.duration_sketch) AS duration_sketch,`,
    '    sum(p.request_bytes_sum) AS request_bytes_sum, sum(p.response_bytes_sum) AS response_bytes_sum,',
    '    min(p.path) AS example_path',
    '  FROM (',
    `    SELECT ${[
      `${asked.namespace.sql} AS service_namespace_name`,
      `${asked.service.sql} AS service_name`,
      'r.protocol AS protocol',
      'r.method AS method',
      ...split,
      'r.path AS path',
    ].join(', ')},`,
    "      count() AS request_count, countIf(r.outcome IN ('server_error', 'aborted', 'timed_out')) AS error_count,",
    "      countIf(r.outcome = 'client_error') AS client_error_count, count(r.duration_ns) AS sample_count,",
    `      quantilesDDStateIf(${sketchLevels})(ifNull(r.duration_ns, 0), r.duration_ns IS NOT NULL) AS duration_sketch,`,
    '      sum(r.request_bytes) AS request_bytes_sum, sum(r.response_bytes) AS response_bytes_sum',
    `    FROM ${record.table} AS r`,
    `    WHERE ${joinConditions(where).replaceAll('\n', '\n    ')}`,
    `    GROUP BY ${names.join(', ')}, path`,
    '  ) AS p',
    `  GROUP BY ${names.join(', ')}, template`,
  ].join('\n');
}

const aliasOf = (expression: string): string => expression.slice(expression.lastIndexOf(' ') + 1);

/** The three columns that places are learnt from, of the same rows. */
export function templatesOf({ range, filters, params }: EndpointRows): string {
  const where = [
    ...conditions(record, range, [], params),
    ...filters.flatMap((filter) => {
      const column = askedSql[filter.name];
      return column === undefined ? [] : [compileFilter(filter, params, column)];
    }),
  ];
  return [
    `SELECT d.service_namespace_name AS service_namespace_name, d.service_name AS service_name, ${pathTemplate('d.path')} AS template`,
    'FROM (',
    `  SELECT DISTINCT ${asked.namespace.sql} AS service_namespace_name, ${asked.service.sql} AS service_name, r.path AS path`,
    `  FROM ${record.table} AS r`,
    `  WHERE ${joinConditions(where).replaceAll('\n', '\n  ')}`,
    ') AS d',
  ].join('\n');
}

/** What the rollup can filter by, and its column for it. */
const rollupColumns: Readonly<Record<string, string>> = {
  service_name: 'r.service_name',
  k8s_namespace_name: 'r.service_namespace_name',
  protocol: 'r.protocol',
  method: 'r.method',
  role: 'r.role',
};

export const endpointRollup: RollupChoice = {
  fromNs: 3_600_000_000_000n,
  columns: new Set(Object.keys(rollupColumns)),
};

/** The same rows from minutes of endpoint_1m. */
export function endpointRollupRows(input: EndpointRows): string {
  const sums = [
    'request_count',
    'error_count',
    'client_error_count',
    'sample_count',
    'duration_sketch',
    'request_bytes_sum',
    'response_bytes_sum',
  ];
  const names = ['service_namespace_name', 'service_name', 'protocol', 'method', ...sums];
  return [
    `SELECT ${names.map((name) => `r.${name} AS ${name}`).join(', ')}, r.endpoint AS template, r.path_min AS example_path`,
    'FROM endpoint_1m_data AS r FINAL',
    `WHERE ${rollupConditions(input)}`,
  ].join('\n');
}

export function templatesOfRollup(input: EndpointRows): string {
  return [
    'SELECT DISTINCT r.service_namespace_name AS service_namespace_name, r.service_name AS service_name, r.endpoint AS template',
    'FROM endpoint_1m_data AS r FINAL',
    `WHERE ${rollupConditions(input)}`,
  ].join('\n');
}

function rollupConditions({ range, filters, params }: EndpointRows): string {
  return joinConditions([
    ...latestMinutes('endpoint_1m_data', range, params),
    ...filters.map((filter) => compileFilter(filter, params, rollupColumns[filter.name])),
  ]);
}
