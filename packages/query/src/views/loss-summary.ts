import { COUNTED_IN_KERNEL, loss as record } from '@tomte/model';
import { compileFilter } from '../filter.ts';
import { defineView } from '../view.ts';
import { joinConditions } from '../where.ts';
import { bytes, count, storedColumn, time } from './columns.ts';

const groups = ['reason', 'source', 'host_name', 'agent_id'];

export const lossSummary = defineView({
  name: 'loss-summary',
  title: 'What was lost, in sum',
  meaning:
    'What was lost in the range, by reason, part and agent; where the kernel has counted, its account holds.',
  record,
  params: {},
  columns: {
    ...Object.fromEntries(groups.map((name) => [name, storedColumn(record, name)])),
    events: count('How many events; null where none of the reports could say.'),
    bytes: bytes('How many bytes of the streams; null where none of the reports could say.'),
    unknown_count: count('Reports whose number of events is not known.'),
    report_count: count('Reports.'),
    first_time: time('Start of the first.'),
    last_time: time('End of the last.'),
  },
  chart: { kind: 'bars', label: 'reason', value: 'events' },
  links: [
    {
      column: 'reason',
      view: 'loss',
      title: 'Each report',
      parameters: { reason: 'reason', source: 'source' },
    },
  ],
  defaultLimitRows: 1_000,
  maxLimitRows: 10_000,
  sql({ params, range, filters, fetchRows }) {
    const isAccount = `r.detail = '${COUNTED_IN_KERNEL}'`;
    const counted = (column: string): string =>
      `if(countIf(${isAccount}) > 0, sumIf(r.${column}, ${isAccount}), sum(r.${column}))`;
    const where = [
      `r.start_time < ${params.time(range.toNs)}`,
      `r.end_time >= ${params.time(range.fromNs)}`,
      ...filters.map((filter) => compileFilter(filter, params)),
    ];
    const select = [
      ...groups.map((name) => `r.${name} AS ${name}`),
      `${counted('events')} AS events`,
      `${counted('bytes')} AS bytes`,
      'countIf(r.events IS NULL) AS unknown_count',
      'count() AS report_count',
      'min(r.start_time) AS first_time',
      'max(r.end_time) AS last_time',
    ];
    return [
      `SELECT\n  ${select.join(',\n  ')}`,
      `FROM ${record.table} AS r`,
      `WHERE ${joinConditions(where)}`,
      `GROUP BY ${groups.join(', ')}`,
      `ORDER BY ${groups.join(', ')}`,
      `LIMIT ${params.add(fetchRows, 'UInt64')}`,
    ].join('\n');
  },
});
