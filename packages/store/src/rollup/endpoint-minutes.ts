import {
  andAlso,
  askedNamespace,
  askedService,
  countsOnce,
  learntPlaces,
  learntTemplate,
  pathTemplate,
  sketchLevels,
} from '@tomte/model';
import { bucketCounts } from './bucket-counts.ts';
import type { MinuteRollup } from './minute-rollup.ts';

/** Of one service in one minute; what is beyond is one endpoint. */
const MAX_ENDPOINTS = 300;

const names = ['service_namespace_name', 'service_name', 'protocol', 'method'];
const sums = [
  'request_count',
  'error_count',
  'client_error_count',
  'sample_count',
  'duration_sum_ns',
  'duration_max_ns',
  'duration_sketch',
  'duration_buckets',
  'request_bytes_sum',
  'response_bytes_sum',
  'path_min',
];

/** SQL: the column put together from rows of the same name. */
function merged(column: string, from: string): string {
  if (column === 'duration_sketch') return `quantilesDDMergeState(${sketchLevels})(${from}.${column})`;
  if (column === 'duration_buckets') return `sumForEach(${from}.${column})`;
  if (column === 'duration_max_ns') return `max(${from}.${column})`;
  return column === 'path_min' ? `min(${from}.${column})` : `sum(${from}.${column})`;
}

const each = (from: string): string =>
  sums.map((column) => `${merged(column, from)} AS ${column}`).join(', ');
const named = (from: string): string => names.map((name) => `${from}.${name} AS ${name}`).join(', ');

/**
 * Computes one minute of endpoint_1m anew. Parameters: minute (seconds), version.
 *
 * Paths are put together first, since a template costs more than a row. Which endpoints there are depends on all of a
 * minute, so one may vanish: readers take the rows of a minute's highest version and no others.
 */
export const endpointMinute: MinuteRollup = {
  table: 'endpoint_1m_data',
  columns: ['minute', ...names, 'endpoint', 'role', 'version', ...sums],
  select: (also) => `WITH
  fromUnixTimestamp64Nano(toInt64({minute:UInt32}) * 1000000000, 'UTC') AS minute_start,
  minute_start + toIntervalMinute(1) AS minute_end
SELECT
  toDateTime({minute:UInt32}, 'UTC'), ${named('o')},
  if(o.nth > ${MAX_ENDPOINTS}, '{other}', o.learnt) AS endpoint_name, o.role AS role, {version:UInt64}, ${each('o')}
FROM (
  SELECT q.*, row_number() OVER (PARTITION BY q.service_namespace_name, q.service_name ORDER BY q.request_count DESC, q.learnt, q.method, q.protocol, q.role) AS nth
  FROM (
    SELECT ${named('e')}, e.role AS role, ${learntTemplate} AS learnt, ${each('e')}
    FROM (
      SELECT ${named('p')}, p.role AS role, ${pathTemplate('p.path')} AS template, ${each('p')}
      FROM (
        SELECT
          ${askedNamespace} AS service_namespace_name, ${askedService} AS service_name, toString(r.protocol) AS protocol,
          r.method AS method, r.role AS role, r.path AS path,
          count() AS request_count,
          countIf(r.outcome IN ('server_error', 'aborted', 'timed_out')) AS error_count,
          countIf(r.outcome = 'client_error') AS client_error_count,
          count(r.duration_ns) AS sample_count,
          sum(ifNull(r.duration_ns, 0)) AS duration_sum_ns,
          max(ifNull(r.duration_ns, 0)) AS duration_max_ns,
          quantilesDDStateIf(${sketchLevels})(ifNull(r.duration_ns, 0), r.duration_ns IS NOT NULL) AS duration_sketch,
          ${bucketCounts('r.duration_ns')} AS duration_buckets,
          sum(r.request_bytes) AS request_bytes_sum, sum(r.response_bytes) AS response_bytes_sum,
          min(r.path) AS path_min
        FROM requests AS r
        WHERE r.start_time >= minute_start AND r.start_time < minute_end${andAlso(also, 'r')}
          AND ${countsOnce('minute_start', 'minute_end', also)}
        GROUP BY service_namespace_name, service_name, protocol, method, role, path
      ) AS p
      GROUP BY ${names.join(', ')}, role, template
    ) AS e
    ${learntPlaces(templates(also))}
    GROUP BY ${names.join(', ')}, role, learnt
  ) AS q
) AS o
GROUP BY ${names.join(', ')}, endpoint_name, role`,
};

function templates(also: Parameters<MinuteRollup['select']>[0]): string {
  return [
    `SELECT d.service_namespace_name AS service_namespace_name, d.service_name AS service_name, ${pathTemplate('d.path')} AS template`,
    'FROM (',
    `  SELECT DISTINCT ${askedNamespace} AS service_namespace_name, ${askedService} AS service_name, r.path AS path`,
    '  FROM requests AS r',
    `  WHERE r.start_time >= minute_start AND r.start_time < minute_end${andAlso(also, 'r')}`,
    ') AS d',
  ].join('\n');
}
