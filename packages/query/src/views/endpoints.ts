import {
  learntPlaces,
  learntTemplate,
  maxSiblings,
  namePlaceholder,
  pathRules,
  requests as record,
} from '@tomte/model';
import { sourceParam, usesRollup } from '../rollup-choice.ts';
import { wholeMinutes } from '../time-range.ts';
import { defineView } from '../view.ts';
import { asked } from './asked.ts';
import { named } from './columns.ts';
import {
  endpointRollup,
  endpointRollupRows,
  endpointRows,
  templatesOf,
  templatesOfRollup,
} from './endpoint-rows.ts';
import { rangeSeconds, redColumns, redRollupSelect } from './red.ts';

const groups = ['k8s_namespace_name', 'service_name', 'protocol', 'method', 'endpoint'];

/** SQL: what the placeholders of an endpoint stand for. */
const explanation = `arrayStringConcat(arrayFilter(one -> one != '', [${[
  ...pathRules.map(({ placeholder, meaning }) => [placeholder, meaning] as const),
  [namePlaceholder, `more than ${maxSiblings} different names stand here`] as const,
]
  .map(
    ([placeholder, meaning]) =>
      `if(position(endpoint, '${placeholder}') > 0, '${placeholder}: ${meaning}', '')`,
  )
  .join(', ')}]), '; ')`;

export const endpointColumns = {
  k8s_namespace_name: named('namespace', asked.namespace.meaning),
  service_name: named('service', asked.service.meaning),
  protocol: named('protocol', 'Application protocol.'),
  method: named('text', 'Method or command.'),
  endpoint: named(
    'text',
    `Path with what names one thing among many replaced by the kind of name; where more than ${maxSiblings} different names follow one another in the range, by ${namePlaceholder}.`,
  ),
} as const;

export const endpoints = defineView({
  name: 'endpoints',
  title: 'Endpoints',
  meaning:
    'Rate, errors and duration of the requests to one endpoint of a service, learnt from its paths, over the time range.',
  record,
  params: { source: sourceParam('one hour') },
  columns: {
    ...endpointColumns,
    ...redColumns,
    example_path: named('text', 'One of its paths.'),
    explanation: named('text', 'What its placeholders stand for; empty when it has none.'),
  },
  chart: { kind: 'bars', label: 'endpoint', value: 'requests_per_second' },
  links: [
    {
      column: 'endpoint',
      view: 'slow-requests',
      title: 'Slow requests of the service',
      parameters: { service_name: 'service_name', method: 'method' },
    },
    {
      column: 'example_path',
      view: 'requests',
      title: 'Requests to this path',
      parameters: { path: 'example_path', method: 'method' },
    },
  ],
  defaultLimitRows: 1_000,
  maxLimitRows: 10_000,
  rollups: ['endpoint_1m'],
  source(input) {
    return usesRollup(input, endpointRollup)
      ? { table: 'endpoint_1m', range: wholeMinutes(input.range) }
      : { table: record.table, range: input.range };
  },
  sql(input) {
    const { params, fetchRows } = input;
    const isRollup = usesRollup(input, endpointRollup);
    const range = isRollup ? wholeMinutes(input.range) : input.range;
    const asking = { range, params, filters: input.filters };
    const select = [
      'r.service_namespace_name AS k8s_namespace_name',
      'r.service_name AS service_name',
      'r.protocol AS protocol',
      'r.method AS method',
      'r.template AS endpoint',
      ...redRollupSelect(rangeSeconds(range, params)),
      'min(r.example_path) AS example_path',
      `${explanation} AS explanation`,
    ];
    return [
      `SELECT\n  ${select.join(',\n  ')}`,
      'FROM (',
      `SELECT e.* EXCEPT (template), ${learntTemplate} AS template`,
      `FROM (\n${isRollup ? endpointRollupRows(asking) : endpointRows(asking)}\n) AS e`,
      learntPlaces(isRollup ? templatesOfRollup(asking) : templatesOf(asking)),
      ') AS r',
      `GROUP BY ${groups.join(', ')}`,
      `ORDER BY request_count DESC, ${groups.join(', ')}`,
      `LIMIT ${params.add(fetchRows, 'UInt64')}`,
    ].join('\n');
  },
});
