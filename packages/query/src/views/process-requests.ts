import { requests as record } from '@tomte/model';
import { compileFilter } from '../filter.ts';
import { type RollupChoice, sourceParam, usesRollup } from '../rollup-choice.ts';
import { wholeMinutes } from '../time-range.ts';
import { defineView, type ViewInput } from '../view.ts';
import type { ViewParams } from '../view-param.ts';
import { joinConditions } from '../where.ts';
import { storedColumn } from './columns.ts';
import { describeGroups, groupedSql } from './grouped.ts';
import { latestMinutes } from './latest-minutes.ts';
import { rangeSeconds, redColumns, redRollupSelect, redSelect } from './red.ts';

const NOT_KNOWN = "toDateTime64(0, 9, 'UTC')";
const names = [
  'host_name',
  'k8s_namespace_name',
  'k8s_pod_name',
  'service_name',
  'process_name',
  'pid',
  'role',
  'protocol',
];

const groups = {
  ...Object.fromEntries(names.map((name) => [name, { ...storedColumn(record, name), sql: `r.${name}` }])),
  process_start_time: {
    ...storedColumn(record, 'process_start_time'),
    sql: `nullIf(r.process_start_time, ${NOT_KNOWN})`,
  },
};
const rollup: RollupChoice = { fromNs: 3_600_000_000_000n, columns: new Set(names) };

export const processRequests = defineView({
  name: 'process-requests',
  title: 'Requests of processes',
  meaning:
    'Rate, errors and duration of the requests that a process asked or was asked; a request seen at both ends is one of each.',
  record,
  params: { source: sourceParam('one hour') },
  columns: {
    ...describeGroups(groups),
    ...redColumns,
    request_count: { ...redColumns.request_count, meaning: 'Requests that were seen at this process.' },
  },
  chart: { kind: 'bars', label: 'process_name', value: 'requests_per_second' },
  links: [
    {
      column: 'pid',
      view: 'syscalls',
      title: 'Its system calls',
      parameters: { pid: 'pid', host_name: 'host_name' },
    },
    {
      column: 'pid',
      view: 'requests',
      title: 'Its requests',
      parameters: { pid: 'pid', host_name: 'host_name', role: 'role' },
    },
  ],
  rollups: ['process_1m'],
  defaultLimitRows: 1_000,
  maxLimitRows: 10_000,
  source(input) {
    return usesRollup(input, rollup)
      ? { table: 'process_1m', range: wholeMinutes(input.range) }
      : { table: record.table, range: input.range };
  },
  sql(input) {
    if (usesRollup(input, rollup)) return rollupSql(input);
    const measures = redSelect(rangeSeconds(input.range, input.params));
    return groupedSql({ record, groups, measures, orderBy: 'request_count DESC' }, input);
  },
});

function rollupSql(input: ViewInput<ViewParams>): string {
  const { params, filters, fetchRows } = input;
  const range = wholeMinutes(input.range);
  const shown = Object.entries(groups).map(([name, { sql }]) => `${sql} AS ${name}`);
  const where = [
    ...latestMinutes('process_1m_data', range, params),
    ...filters.map((filter) => compileFilter(filter, params)),
  ];
  const columns = Object.keys(groups).join(', ');
  return [
    `SELECT\n  ${[...shown, ...redRollupSelect(rangeSeconds(range, params))].join(',\n  ')}`,
    'FROM process_1m_data AS r FINAL',
    `WHERE ${joinConditions(where)}`,
    `GROUP BY ${columns}`,
    `ORDER BY request_count DESC, ${columns}`,
    `LIMIT ${params.add(fetchRows, 'UInt64')}`,
  ].join('\n');
}
