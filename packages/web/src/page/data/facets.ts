import { countsOnce } from '@tomte/model';
import type { OutputColumns } from '@tomte/query';
import type { SqlQuestion } from '../api/client.ts';
import type { Range } from '../state/range.tsx';
import { stepSeconds, toSeconds } from '../state/time.ts';
import { type Condition, SqlValues, toSql } from './where.ts';

/** Columns whose values are counted beside the list, in their order. */
export const facetColumns = [
  'service_name',
  'k8s_namespace_name',
  'outcome',
  'status_code',
  'method',
  'protocol',
  'peer_service_name',
  'k8s_pod_name',
  'host_name',
] as const;
const VALUES_PER_FACET = 8;
const POINTS = 100;

/** A row of requests that is looked for by its role is no longer counted once for its exchange: each side is. */
function whereOf(
  range: Range,
  conditions: readonly Condition[],
  columns: OutputColumns,
  values: SqlValues,
): string {
  const [from, to] = [
    values.add(toSeconds(range.fromMs), 'DateTime64(9)'),
    values.add(toSeconds(range.toMs), 'DateTime64(9)'),
  ];
  const isEach = conditions.some(({ column }) => column === 'role');
  return [
    `r.start_time >= ${from}`,
    `r.start_time < ${to}`,
    ...(isEach ? [] : [countsOnce(from, to)]),
    ...toSql(conditions, columns, values),
  ].join('\n  AND ');
}

/** The most frequent values of each facet, with how many requests have them. */
export function facetsOf(
  range: Range,
  conditions: readonly Condition[],
  columns: OutputColumns,
): SqlQuestion {
  const values = new SqlValues();
  const pairs = facetColumns.map((name) => `('${name}', ifNull(toString(r.${name}), 'null'))`).join(', ');
  const sql = `SELECT kv.1 AS name, kv.2 AS value, toFloat64(count()) AS n
FROM requests AS r ARRAY JOIN [${pairs}] AS kv
WHERE ${whereOf(range, conditions, columns, values)}
GROUP BY name, value ORDER BY n DESC, value LIMIT ${VALUES_PER_FACET} BY name`;
  return { sql, params: values.values, from: range.from, to: range.to, limit: 1_000 };
}

/** Requests over time by how they ended. */
export function volumeOf(
  range: Range,
  conditions: readonly Condition[],
  columns: OutputColumns,
): { readonly question: SqlQuestion; readonly stepSeconds: number } {
  const values = new SqlValues();
  const step = stepSeconds(range, POINTS);
  const seconds = values.add(step, 'UInt32');
  const sql = `SELECT toUInt32(intDiv(toUnixTimestamp(r.start_time), ${seconds}) * ${seconds}) AS t,
  toFloat64(count()) AS n, toFloat64(countIf(r.outcome IN ('server_error', 'aborted', 'timed_out'))) AS errors,
  toFloat64(countIf(r.outcome = 'client_error')) AS client_errors
FROM requests AS r
WHERE ${whereOf(range, conditions, columns, values)}
GROUP BY t ORDER BY t`;
  return {
    question: { sql, params: values.values, from: range.from, to: range.to, limit: 10_000 },
    stepSeconds: step,
  };
}
