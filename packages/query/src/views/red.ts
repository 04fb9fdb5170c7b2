import { sketchLevels } from '@tomte/model';
import type { OutputColumns } from '../output-column.ts';
import type { SqlParams } from '../sql-params.ts';
import type { TimeRange } from '../time-range.ts';

/** Rate, errors, duration: the same columns wherever requests are aggregated. */
export const redColumns = {
  request_count: { semantic: 'count', json: 'number', unit: '1', meaning: 'Requests, each counted once.' },
  requests_per_second: {
    semantic: 'count',
    json: 'number',
    unit: '1',
    meaning: 'Requests by seconds of the range.',
  },
  error_count: {
    semantic: 'count',
    json: 'number',
    unit: '1',
    meaning: 'Requests that ended as server_error, aborted or timed_out.',
  },
  client_error_count: {
    semantic: 'count',
    json: 'number',
    unit: '1',
    meaning: 'Requests that ended as client_error.',
  },
  error_ratio: { semantic: 'ratio', json: 'number', unit: '1', meaning: 'error_count by request_count.' },
  duration_sample_count: {
    semantic: 'count',
    json: 'number',
    unit: '1',
    meaning: 'Requests whose duration is known: what the quantiles are taken from.',
  },
  duration_p50_ns: { semantic: 'duration', json: 'number', unit: 'ns', meaning: 'Median of the duration.' },
  duration_p90_ns: { semantic: 'duration', json: 'number', unit: 'ns', meaning: '90 % were faster.' },
  duration_p99_ns: { semantic: 'duration', json: 'number', unit: 'ns', meaning: '99 % were faster.' },
  request_bytes: { semantic: 'bytes', json: 'number', unit: 'By', meaning: 'Bytes of the requests.' },
  response_bytes: { semantic: 'bytes', json: 'number', unit: 'By', meaning: 'Bytes of the responses.' },
} as const satisfies OutputColumns;

const errors = "r.outcome IN ('server_error', 'aborted', 'timed_out')";

export function rangeSeconds(range: TimeRange, params: SqlParams): string {
  return params.add(Number(range.toNs - range.fromNs) / 1e9, 'Float64');
}

/** The columns above from rows `r` of requests, within so many seconds. A quantile of nothing is null. */
export function redSelect(seconds: string): readonly string[] {
  const quantile = (level: number): string =>
    `if(countIf(r.duration_ns IS NOT NULL) = 0, NULL, toUInt64(ifNull(quantileTDigest(${level})(r.duration_ns), 0)))`;
  return [
    'count() AS request_count',
    `count() / ${seconds} AS requests_per_second`,
    `countIf(${errors}) AS error_count`,
    "countIf(r.outcome = 'client_error') AS client_error_count",
    `countIf(${errors}) / count() AS error_ratio`,
    'count(r.duration_ns) AS duration_sample_count',
    `${quantile(0.5)} AS duration_p50_ns`,
    `${quantile(0.9)} AS duration_p90_ns`,
    `${quantile(0.99)} AS duration_p99_ns`,
    'sum(r.request_bytes) AS request_bytes',
    'sum(r.response_bytes) AS response_bytes',
  ];
}

/** The same columns from minutes `r` of service_1m. Its sketch is exact to 1 % of the duration. */
export function redRollupSelect(seconds: string): readonly string[] {
  const sketch = `quantilesDDMerge(${sketchLevels})(r.duration_sketch)`;
  const quantile = (index: number): string =>
    `if(sum(r.sample_count) = 0, NULL, toUInt64(${sketch}[${index}]))`;
  return [
    'sum(r.request_count) AS request_count',
    `sum(r.request_count) / ${seconds} AS requests_per_second`,
    'sum(r.error_count) AS error_count',
    'sum(r.client_error_count) AS client_error_count',
    'sum(r.error_count) / sum(r.request_count) AS error_ratio',
    'sum(r.sample_count) AS duration_sample_count',
    `${quantile(1)} AS duration_p50_ns`,
    `${quantile(2)} AS duration_p90_ns`,
    `${quantile(4)} AS duration_p99_ns`,
    'sum(r.request_bytes_sum) AS request_bytes',
    'sum(r.response_bytes_sum) AS response_bytes',
  ];
}
