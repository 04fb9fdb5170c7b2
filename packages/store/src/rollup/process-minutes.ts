import { andAlso, sketchLevels } from '@tomte/model';
import { bucketCounts } from './bucket-counts.ts';
import type { MinuteRollup } from './minute-rollup.ts';

const names = [
  'host_name',
  'pid',
  'process_start_time',
  'process_name',
  'service_name',
  'k8s_namespace_name',
  'k8s_pod_name',
  'role',
];

/**
 * Computes one minute of process_1m anew. Parameters: minute (seconds), version. A request that was seen at both ends
 * is one of each of the two processes.
 */
export const processMinute: MinuteRollup = {
  table: 'process_1m_data',
  columns: [
    'minute',
    ...names,
    'protocol',
    'version',
    'request_count',
    'error_count',
    'client_error_count',
    'sample_count',
    'duration_sum_ns',
    'duration_max_ns',
    'duration_sketch',
    'duration_buckets',
    'request_bytes_sum',
    'response_bytes_sum',
  ],
  select: (also) => `WITH
  fromUnixTimestamp64Nano(toInt64({minute:UInt32}) * 1000000000, 'UTC') AS minute_start,
  minute_start + toIntervalMinute(1) AS minute_end
SELECT
  toDateTime({minute:UInt32}, 'UTC'),
  ${names.map((name) => `r.${name}`).join(', ')},
  toString(r.protocol) AS protocol_name,
  {version:UInt64},
  count(),
  countIf(r.outcome IN ('server_error', 'aborted', 'timed_out')),
  countIf(r.outcome = 'client_error'),
  count(r.duration_ns),
  sum(ifNull(r.duration_ns, 0)),
  max(ifNull(r.duration_ns, 0)),
  quantilesDDStateIf(${sketchLevels})(ifNull(r.duration_ns, 0), r.duration_ns IS NOT NULL),
  ${bucketCounts('r.duration_ns')},
  sum(r.request_bytes),
  sum(r.response_bytes)
FROM requests AS r
WHERE r.start_time >= minute_start AND r.start_time < minute_end${andAlso(also, 'r')}
GROUP BY ${names.map((name) => `r.${name}`).join(', ')}, protocol_name`,
};
