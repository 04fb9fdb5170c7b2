import { requests as record } from '@tomte/model';
import { compileFilter } from '../filter.ts';
import { onceCondition } from '../once.ts';
import { defineView } from '../view.ts';
import { conditions, joinConditions } from '../where.ts';
import { asked } from './asked.ts';
import { count, duration, time } from './columns.ts';
import { stepOf, stepParam, stepSeconds } from './time-steps.ts';

export const latencyHeatmap = defineView({
  name: 'latency-heatmap',
  title: 'Heat map of durations',
  meaning:
    'Number of the requests that began within one step of time and whose duration lies within one of two steps to each doubling.',
  record,
  params: { step: stepParam },
  columns: {
    time: time('Start of the step.'),
    lower_ns: duration('Longer than this.'),
    upper_ns: duration('And at most this.'),
    request_count: count('Requests with a known duration, each counted once.'),
    error_count: count('Of these: server_error, aborted, timed_out.'),
  },
  chart: { kind: 'heatmap', time: 'time', upper: 'upper_ns', value: 'request_count' },
  defaultLimitRows: 10_000,
  maxLimitRows: 50_000,
  sql({ params, range, values, filters, fetchRows }) {
    const rows = filters.filter(({ name }) => name !== 'service_name' && name !== 'k8s_namespace_name');
    const ofAsked = filters.flatMap((filter) => {
      if (filter.name === 'service_name') return [compileFilter(filter, params, asked.service.sql)];
      return filter.name === 'k8s_namespace_name' ? [compileFilter(filter, params, asked.namespace.sql)] : [];
    });
    const where = [
      ...conditions(record, range, rows, params),
      ...ofAsked,
      'r.duration_ns IS NOT NULL',
      onceCondition(range, params),
    ];
    const step = 'ceil(2 * log2(greatest(assumeNotNull(r.duration_ns), 1)))';
    return [
      'SELECT',
      `  ${stepOf('r.start_time', stepSeconds(values.step, range), params)} AS time,`,
      `  toUInt64(exp2((${step} - 1) / 2)) AS lower_ns,`,
      `  toUInt64(exp2(${step} / 2)) AS upper_ns,`,
      '  count() AS request_count,',
      "  countIf(r.outcome IN ('server_error', 'aborted', 'timed_out')) AS error_count",
      `FROM ${record.table} AS r`,
      `WHERE ${joinConditions(where)}`,
      'GROUP BY time, lower_ns, upper_ns',
      'ORDER BY time, lower_ns',
      `LIMIT ${params.add(fetchRows, 'UInt64')}`,
    ].join('\n');
  },
});
