import {
  askedNamespace,
  askedService,
  askingNamespace,
  askingService,
  requests as record,
} from '@tomte/model';
import { compileFilter, type Filter } from '../filter.ts';
import { clientBeside, onceCondition } from '../once.ts';
import { type RollupChoice, sourceParam, usesRollup } from '../rollup-choice.ts';
import { wholeMinutes } from '../time-range.ts';
import { defineView, type ViewInput } from '../view.ts';
import type { ViewParams } from '../view-param.ts';
import { conditions, joinConditions } from '../where.ts';
import { anyOf } from './grouped.ts';
import { latestMinutes } from './latest-minutes.ts';
import { rangeSeconds, redColumns, redRollupSelect, redSelect } from './red.ts';

const rollup: RollupChoice = {
  fromNs: 3_600_000_000_000n,
  columns: new Set(['service_name', 'role', 'protocol', 'encrypted', 'k8s_namespace_name']),
};

export const edges = defineView({
  name: 'edges',
  title: 'Edges',
  meaning: 'Rate, errors and duration of the requests from one service to another, over the time range.',
  record,
  params: { source: sourceParam('one hour') },
  columns: {
    client_namespace_name: {
      semantic: 'namespace',
      json: 'string',
      meaning: 'Namespace of the service that asked; empty where there is none or it is not known.',
    },
    client_service_name: {
      semantic: 'service',
      json: 'string',
      meaning: 'The service that asked; its address where no name is known.',
    },
    server_namespace_name: {
      semantic: 'namespace',
      json: 'string',
      meaning: 'Namespace of the service that was asked; empty where there is none or it is not known.',
    },
    server_service_name: {
      semantic: 'service',
      json: 'string',
      meaning: 'The service that was asked; its address where no name is known.',
    },
    protocol: { semantic: 'protocol', json: 'string', meaning: 'Application protocol.' },
    encrypted: { semantic: 'flag', json: 'boolean', meaning: 'The requests went through TLS.' },
    ...redColumns,
  },
  chart: {
    kind: 'graph',
    from: 'client_service_name',
    to: 'server_service_name',
    weight: 'requests_per_second',
  },
  defaultLimitRows: 1_000,
  maxLimitRows: 10_000,
  links: [
    {
      column: 'server_service_name',
      view: 'endpoints',
      title: 'Endpoints of the service',
      parameters: { service_name: 'server_service_name' },
    },
    {
      column: 'client_service_name',
      view: 'edges',
      title: 'Edges of the service',
      parameters: { service_name: 'client_service_name' },
    },
  ],
  rollups: ['edge_1m'],
  source(input) {
    return usesRollup(input, rollup)
      ? { table: 'edge_1m', range: wholeMinutes(input.range) }
      : { table: record.table, range: input.range };
  },
  sql: (input) => (usesRollup(input, rollup) ? rollupSql(input) : rawSql(input)),
});

const isOfEnd = (filter: Filter): boolean => filter.name in ends;
/** What a filter on a service or a namespace means of an edge: either end. */
const ends: Readonly<Record<string, readonly string[]>> = {
  service_name: ['client_service_name', 'server_service_name'],
  k8s_namespace_name: ['client_namespace_name', 'server_namespace_name'],
};
const groups =
  'client_namespace_name, client_service_name, server_namespace_name, server_service_name, protocol, encrypted';

function rawSql(input: ViewInput<ViewParams>): string {
  const { params, range } = input;
  const select = [
    `${askingNamespace} AS client_namespace_name`,
    `${askingService} AS client_service_name`,
    `${askedNamespace} AS server_namespace_name`,
    `${askedService} AS server_service_name`,
    'r.protocol AS protocol',
    'r.encrypted AS encrypted',
    ...redSelect(rangeSeconds(range, params)),
  ];
  const rowFilters = input.filters.filter((filter) => !isOfEnd(filter));
  const where = [...conditions(record, range, rowFilters, params), onceCondition(range, params)];
  const having = input.filters
    .filter(isOfEnd)
    .map((filter) => anyOf(filter, ends[filter.name] ?? [], params));
  return [
    `SELECT\n  ${select.join(',\n  ')}`,
    `FROM ${record.table} AS r`,
    clientBeside(range, params),
    `WHERE ${joinConditions(where)}`,
    `GROUP BY ${groups}`,
    ...(having.length === 0 ? [] : [`HAVING ${joinConditions(having)}`]),
    `ORDER BY request_count DESC, ${groups}`,
    `LIMIT ${params.add(input.fetchRows, 'UInt64')}`,
  ].join('\n');
}

/** From the table behind `edge_1m`: the view would look for the highest version in all of its minutes. */
function rollupSql(input: ViewInput<ViewParams>): string {
  const { params } = input;
  const range = wholeMinutes(input.range);
  const select = [
    'r.client_namespace_name AS client_namespace_name',
    'r.client_service_name AS client_service_name',
    'r.server_namespace_name AS server_namespace_name',
    'r.server_service_name AS server_service_name',
    'r.protocol AS protocol',
    'r.encrypted AS encrypted',
    ...redRollupSelect(rangeSeconds(range, params)),
  ];
  const where = [
    ...latestMinutes('edge_1m_data', range, params),
    ...input.filters.map((filter) =>
      isOfEnd(filter)
        ? anyOf(
            filter,
            (ends[filter.name] ?? []).map((name) => `r.${name}`),
            params,
          )
        : compileFilter(filter, params),
    ),
  ];
  return [
    `SELECT\n  ${select.join(',\n  ')}`,
    'FROM edge_1m_data AS r FINAL',
    `WHERE ${joinConditions(where)}`,
    `GROUP BY ${groups}`,
    `ORDER BY request_count DESC, ${groups}`,
    `LIMIT ${params.add(input.fetchRows, 'UInt64')}`,
  ].join('\n');
}
