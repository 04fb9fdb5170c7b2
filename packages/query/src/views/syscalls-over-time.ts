import { syscallStats as record } from '@tomte/model';
import { defineView } from '../view.ts';
import { conditions, joinConditions } from '../where.ts';
import { count, duration, named, ratio, time } from './columns.ts';
import { secondsOfStep, stepOf, stepParam, stepSeconds } from './time-steps.ts';

const series = {
  syscall: 'r.syscall',
  service: 'r.service_name',
  process: "concat(r.process_name, ' ', toString(r.pid))",
  pod: 'r.k8s_pod_name',
  node: 'r.k8s_node_name',
} as const;
type Series = keyof typeof series;
const seriesNames = Object.keys(series) as readonly Series[]; // Proof: the literal's keys.

export const syscallsOverTime = defineView({
  name: 'syscalls-over-time',
  title: 'System calls over time',
  meaning:
    'Count, errors and time of system calls whose interval began within one step of time, by what `by` names.',
  record,
  params: {
    by: { type: 'choice', choices: seriesNames, default: 'syscall', meaning: 'What a line stands for.' },
    step: stepParam,
  },
  columns: {
    time: time('Start of the step.'),
    series: named('text', 'What the line stands for.'),
    call_count: count('Calls that returned.'),
    calls_per_second: count('Calls by seconds of the step.'),
    error_count: count('Calls that returned an error.'),
    error_ratio: ratio('error_count by call_count.'),
    total_ns: duration('Time inside of the calls, waiting included.'),
    max_ns: duration('The longest call.'),
  },
  chart: {
    kind: 'timeseries',
    time: 'time',
    series: 'series',
    values: ['calls_per_second', 'error_ratio', 'total_ns'],
  },
  defaultLimitRows: 10_000,
  maxLimitRows: 50_000,
  sql({ params, range, values, filters, fetchRows }) {
    const seconds = stepSeconds(values.step, range);
    const select = [
      `${stepOf('r.interval_start', seconds, params)} AS time`,
      `${series[values.by]} AS series`,
      'sum(r.call_count) AS call_count',
      `sum(r.call_count) / ${secondsOfStep('time', seconds, range, params)} AS calls_per_second`,
      'sum(r.error_count) AS error_count',
      'if(sum(r.call_count) = 0, NULL, sum(r.error_count) / sum(r.call_count)) AS error_ratio',
      'sum(r.total_ns) AS total_ns',
      'max(r.max_ns) AS max_ns',
    ];
    return [
      `SELECT\n  ${select.join(',\n  ')}`,
      `FROM ${record.table} AS r`,
      `WHERE ${joinConditions(conditions(record, range, filters, params))}`,
      'GROUP BY time, series',
      'ORDER BY time, series',
      `LIMIT ${params.add(fetchRows, 'UInt64')}`,
    ].join('\n');
  },
});
