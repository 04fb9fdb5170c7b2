import { requests as record } from '@tomte/model';
import { onceCondition } from '../once.ts';
import { groupedSql } from './grouped.ts';
import { defineView } from '../view.ts';
import { count, duration, storedColumn, time } from './columns.ts';

const groups = { trace_id: { ...storedColumn(record, 'trace_id'), sql: 'r.trace_id' } };

export const traces = defineView({
  name: 'traces',
  title: 'Traces',
  meaning: 'Requests that carry the same trace id, with when the first began and the last ended.',
  record,
  params: {},
  columns: {
    trace_id: storedColumn(record, 'trace_id'),
    start_time: time('First byte of the first request.'),
    duration_ns: duration('From there to the end of the last; null where no end was seen.'),
    request_count: count('Requests, each counted once.'),
    error_count: count('Of these: server_error, aborted, timed_out.'),
    services: { semantic: 'service', json: 'object', meaning: 'Services that were observed, at most 50.' },
    first_service_name: { semantic: 'service', json: 'string', meaning: 'Service that was observed first.' },
    first_path: { semantic: 'text', json: 'string', meaning: 'Path of the first request.' },
  },
  chart: { kind: 'table' },
  links: [
    { column: 'trace_id', view: 'requests', title: 'Its requests', parameters: { trace_id: 'trace_id' } },
  ],
  defaultLimitRows: 100,
  maxLimitRows: 10_000,
  sql(input) {
    const measures = [
      'min(r.start_time) AS start_time',
      'if(count(r.duration_ns) = 0, NULL, toUInt64(max(toUnixTimestamp64Nano(r.start_time) + ifNull(r.duration_ns, 0)) - toUnixTimestamp64Nano(min(r.start_time)))) AS duration_ns',
      'count() AS request_count',
      "countIf(r.outcome IN ('server_error', 'aborted', 'timed_out')) AS error_count",
      'arraySort(groupUniqArray(50)(r.service_name)) AS services',
      'argMin(r.service_name, r.start_time) AS first_service_name',
      'argMin(r.path, r.start_time) AS first_path',
    ];
    const where = ["r.trace_id != ''", onceCondition(input.range, input.params)];
    return groupedSql({ record, groups, measures, where, orderBy: 'start_time DESC' }, input);
  },
});
