import { askedNamespace, askedService, requests as record } from '@tomte/model';
import { compileFilter, type Filter } from '../filter.ts';
import { onceCondition } from '../once.ts';
import { type RollupChoice, sourceParam, usesRollup } from '../rollup-choice.ts';
import { wholeMinutes } from '../time-range.ts';
import { defineView, type ViewInput } from '../view.ts';
import type { ViewParams } from '../view-param.ts';
import { conditions, joinConditions } from '../where.ts';
import { rangeSeconds, redColumns, redRollupSelect, redSelect } from './red.ts';

export const services = defineView({
  name: 'services',
  title: 'Services',
  meaning: 'Rate, errors and duration of the requests that a service was asked, over the time range.',
  record,
  params: {
    source: sourceParam('two hours'),
  },
  columns: {
    k8s_namespace_name: {
      semantic: 'namespace',
      json: 'string',
      meaning: 'Namespace of the service; empty outside of a cluster.',
    },
    service_name: {
      semantic: 'service',
      json: 'string',
      meaning:
        'The service that was asked; where no name of it is known, the host that was asked for, or its address.',
    },
    protocol: { semantic: 'protocol', json: 'string', meaning: 'Application protocol.' },
    ...redColumns,
  },
  chart: { kind: 'bars', label: 'service_name', value: 'requests_per_second' },
  defaultLimitRows: 1_000,
  maxLimitRows: 10_000,
  links: [
    {
      column: 'service_name',
      view: 'endpoints',
      title: 'Its endpoints',
      parameters: { service_name: 'service_name' },
    },
    {
      column: 'service_name',
      view: 'edges',
      title: 'Its edges',
      parameters: { service_name: 'service_name' },
    },
    {
      column: 'service_name',
      view: 'requests-over-time',
      title: 'Over time',
      parameters: { service_name: 'service_name' },
    },
    {
      column: 'service_name',
      view: 'slow-requests',
      title: 'Its slow requests',
      parameters: { service_name: 'service_name' },
    },
  ],
  rollups: ['service_1m'],
  source(input) {
    return usesRollup(input, rollup)
      ? { table: 'service_1m', range: wholeMinutes(input.range) }
      : { table: record.table, range: input.range };
  },
  sql: (input) => (usesRollup(input, rollup) ? rollupSql(input) : rawSql(input)),
});

const rollup: RollupChoice = {
  fromNs: 7_200_000_000_000n,
  columns: new Set(['service_name', 'role', 'protocol', 'encrypted', 'k8s_namespace_name']),
};

const isShown = (filter: Filter): boolean =>
  filter.name === 'service_name' || filter.name === 'k8s_namespace_name';

/** A filter on the service, or its namespace, means the one that is shown, which is not always the row's own. */
function rawSql(input: ViewInput<ViewParams>): string {
  const { params, range } = input;
  const where = joinConditions([
    ...conditions(
      record,
      range,
      input.filters.filter((filter) => !isShown(filter)),
      params,
    ),
    onceCondition(range, params),
  ]);
  const having = input.filters.filter(isShown).map((filter) => compileFilter(filter, params, filter.name));
  return [
    `SELECT\n  ${askedNamespace} AS k8s_namespace_name,\n  ${askedService} AS service_name,\n  r.protocol AS protocol,\n  ${redSelect(rangeSeconds(range, params)).join(',\n  ')}`,
    `FROM ${record.table} AS r`,
    `WHERE ${where}`,
    'GROUP BY k8s_namespace_name, service_name, protocol',
    ...(having.length === 0 ? [] : [`HAVING ${joinConditions(having)}`]),
    'ORDER BY request_count DESC, k8s_namespace_name, service_name, protocol',
    `LIMIT ${params.add(input.fetchRows, 'UInt64')}`,
  ].join('\n');
}

function rollupSql(input: ViewInput<ViewParams>): string {
  const { params } = input;
  const range = wholeMinutes(input.range);
  const where = [
    `r.minute >= ${params.time(range.fromNs)}`,
    `r.minute < ${params.time(range.toNs)}`,
    ...input.filters.map((filter) => compileFilter(filter, params, rollupColumn(filter.name))),
  ];
  return [
    `SELECT\n  r.service_namespace_name AS k8s_namespace_name,\n  r.service_name AS service_name,\n  r.protocol AS protocol,\n  ${redRollupSelect(rangeSeconds(range, params)).join(',\n  ')}`,
    'FROM service_1m AS r',
    `WHERE ${joinConditions(where)}`,
    'GROUP BY k8s_namespace_name, service_name, protocol',
    'ORDER BY request_count DESC, k8s_namespace_name, service_name, protocol',
    `LIMIT ${params.add(input.fetchRows, 'UInt64')}`,
  ].join('\n');
}

/** The rollup's own `k8s_namespace_name` is that of the process that was observed. */
function rollupColumn(name: string): string {
  return name === 'k8s_namespace_name' ? 'r.service_namespace_name' : `r.${name}`;
}
