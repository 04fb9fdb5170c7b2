import { pathTemplate, requests as record } from '@tomte/model';
import { compileFilter } from '../filter.ts';
import { onceCondition } from '../once.ts';
import { requestIdSql } from '../request-id.ts';
import type { TimeRange } from '../time-range.ts';
import { defineView, type ViewInput } from '../view.ts';
import { conditions, joinConditions } from '../where.ts';
import { asked } from './asked.ts';
import { count, duration, named, storedColumns } from './columns.ts';

const shown = ['start_time', 'role', 'method', 'path', 'status_code', 'outcome', 'duration_ns'];
const LEAST_SAMPLES = 10;

const params = {
  times: {
    type: 'integer',
    unit: '1',
    default: 3,
    least: 1,
    most: 1_000_000,
    meaning: 'Only requests that took at least so many times as long as is usual of their endpoint.',
  },
  usual: {
    type: 'integer',
    unit: 'ns',
    default: 3_600_000_000_000,
    least: 0,
    most: 604_800_000_000_000,
    meaning: 'What is usual is learnt from the range and so long before it.',
  },
} as const;

/** Where the time of a request went, and of how much of it that is usual. */
const parts = {
  receiving: 'r.request_transfer_ns',
  waiting: 'r.time_to_first_byte_ns',
  sending:
    'if(r.duration_ns IS NULL OR r.request_transfer_ns IS NULL OR r.time_to_first_byte_ns IS NULL, NULL, ' +
    'greatest(toInt64(r.duration_ns) - toInt64(r.request_transfer_ns) - toInt64(r.time_to_first_byte_ns), 0))',
} as const;
const partNames = Object.keys(parts) as readonly (keyof typeof parts)[]; // Proof: the literal's keys.

const partMeanings = {
  receiving: 'first to last byte of the request',
  waiting: 'last byte of the request to first byte of the response',
  sending: 'first to last byte of the response',
} as const;

export const slowRequests = defineView({
  name: 'slow-requests',
  title: 'Slow requests, explained',
  meaning:
    'One request that took much longer than is usual of its endpoint at the same end, with where the time went; the slowest by that measure first.',
  record,
  params,
  columns: {
    id: named('identifier', 'Name of the row, for /api/v1/requests/{id}; opaque.'),
    k8s_namespace_name: named('namespace', asked.namespace.meaning),
    service_name: named('service', asked.service.meaning),
    ...storedColumns(record, shown),
    endpoint: named('text', 'Path with numbers, identifiers, hashes and dates replaced by what they are.'),
    usual_ns: duration(
      'Median of the same endpoint, method and end, in `usual` before the range and the range.',
    ),
    usual_p99_ns: duration('99 % of those were faster.'),
    times_usual: { semantic: 'ratio', json: 'number', unit: '1', meaning: 'duration_ns by usual_ns.' },
    usual_sample_count: count(`Requests that the usual is learnt from, at least ${LEAST_SAMPLES}.`),
    slowest_part: named(
      'reason',
      'The part that is farthest above its usual: receiving, waiting or sending; empty when the parts are not known.',
    ),
    ...Object.fromEntries(
      partNames.flatMap((name) => [
        [`${name}_ns`, duration(`Of this request: ${partMeanings[name]}; null when it was not seen.`)],
        [`usual_${name}_ns`, duration(`Median of it; null when it was never seen.`)],
      ]),
    ),
  },
  chart: { kind: 'table' },
  links: [
    {
      column: 'endpoint',
      view: 'endpoints',
      title: 'Endpoints of the service',
      parameters: { service_name: 'service_name' },
    },
  ],
  defaultLimitRows: 100,
  maxLimitRows: 10_000,
  sql: (input) => sqlOf(input),
});

const isOfAsked = (name: string): boolean => name === 'service_name' || name === 'k8s_namespace_name';

function sqlOf(input: ViewInput<typeof params>): string {
  const { range, values, filters, fetchRows } = input;
  const usualNs = BigInt(values.usual);
  const before: TimeRange = {
    fromNs: range.fromNs > usualNs ? range.fromNs - usualNs : 0n,
    toNs: range.toNs,
  };
  const ofAsked = filters
    .filter(({ name }) => isOfAsked(name))
    .map(
      (filter) => [filter, filter.name === 'service_name' ? asked.service.sql : asked.namespace.sql] as const,
    );
  const rows = filters.filter(({ name }) => !isOfAsked(name));
  const where = [
    ...conditions(record, range, rows, input.params),
    ...ofAsked.map(([filter, column]) => compileFilter(filter, input.params, column)),
    'r.duration_ns IS NOT NULL',
    `u.sample_count >= ${LEAST_SAMPLES}`,
    `r.duration_ns >= ${input.params.add(values.times, 'UInt64')} * u.total`,
    onceCondition(range, input.params),
  ];
  const excess = (name: keyof typeof parts): string => `ifNull(${parts[name]} - u.${name}, 0)`;
  const select = [
    requestIdSql,
    `${asked.namespace.sql} AS k8s_namespace_name`,
    `${asked.service.sql} AS service_name`,
    ...shown.map((name) => `r.${name} AS ${name}`),
    `${pathTemplate('r.path')} AS endpoint`,
    'toUInt64(u.total) AS usual_ns',
    'toUInt64(u.p99) AS usual_p99_ns',
    'r.duration_ns / greatest(u.total, 1) AS times_usual',
    'u.sample_count AS usual_sample_count',
    `multiIf(isNull(${parts.sending}), '', ${excess('waiting')} >= greatest(${excess('receiving')}, ${excess('sending')}), 'waiting', ` +
      `${excess('receiving')} >= ${excess('sending')}, 'receiving', 'sending') AS slowest_part`,
    ...partNames.flatMap((name) => [
      `${parts[name]} AS ${name}_ns`,
      `toUInt64OrNull(toString(round(u.${name}))) AS usual_${name}_ns`,
    ]),
  ];
  return [
    `SELECT\n  ${select.join(',\n  ')}`,
    `FROM ${record.table} AS r`,
    'INNER JOIN (',
    `  SELECT ${asked.namespace.sql} AS namespace, ${asked.service.sql} AS service, r.role AS end, r.method AS method,`,
    `    ${pathTemplate('r.path')} AS template, count() AS sample_count,`,
    '    quantileTDigest(0.5)(assumeNotNull(r.duration_ns)) AS total, quantileTDigest(0.99)(assumeNotNull(r.duration_ns)) AS p99,',
    `    ${partNames.map((name) => `quantileTDigestOrNull(0.5)(${parts[name]}) AS ${name}`).join(', ')}`,
    `  FROM ${record.table} AS r`,
    `  WHERE ${joinConditions([...conditions(record, before, [], input.params), 'r.duration_ns IS NOT NULL', ...ofAsked.map(([filter, column]) => compileFilter(filter, input.params, column))]).replaceAll('\n', '\n  ')}`,
    '  GROUP BY namespace, service, end, method, template',
    `) AS u ON u.namespace = ${asked.namespace.sql} AND u.service = ${asked.service.sql} AND u.end = r.role`,
    `  AND u.method = r.method AND u.template = ${pathTemplate('r.path')}`,
    `WHERE ${joinConditions(where)}`,
    'ORDER BY times_usual DESC, start_time DESC',
    `LIMIT ${input.params.add(fetchRows, 'UInt64')}`,
  ].join('\n');
}
