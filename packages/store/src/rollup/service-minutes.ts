import { andAlso, askedNamespace, askedService, countsOnce, sketchLevels } from '@tomte/model';
import { bucketCounts } from './bucket-counts.ts';
import type { MinuteRollup } from './minute-rollup.ts';

/**
 * Computes one minute of service_1m anew. Parameters: minute (seconds), version.
 *
 * A request seen at both ends counts once, by its server's row. The other end may lie in a neighbouring
 * minute (clocks differ, and the client starts first). A client's row that is not counted still makes its
 * group, with zeros: so a group never vanishes, and a later version replaces each row of an earlier one.
 */
export const serviceMinute: MinuteRollup = {
  table: 'service_1m_data',
  columns: [
    'minute',
    'service_name',
    'role',
    'protocol',
    'encrypted',
    'k8s_namespace_name',
    'service_namespace_name',
    'version',
    'request_count',
    'error_count',
    'ok_count',
    'client_error_count',
    'server_error_count',
    'not_observed_count',
    'aborted_count',
    'timed_out_count',
    'partial_count',
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
  asked_service,
  role,
  toString(protocol) AS protocol_name,
  encrypted,
  observed_namespace,
  asked_namespace,
  {version:UInt64},
  countIf(counted),
  countIf(counted AND outcome IN ('server_error', 'aborted', 'timed_out')),
  countIf(counted AND outcome = 'ok'),
  countIf(counted AND outcome = 'client_error'),
  countIf(counted AND outcome = 'server_error'),
  countIf(counted AND outcome = 'not_observed'),
  countIf(counted AND outcome = 'aborted'),
  countIf(counted AND outcome = 'timed_out'),
  countIf(counted AND missing_reason != ''),
  countIf(counted AND duration_ns IS NOT NULL),
  sumIf(ifNull(duration_ns, 0), counted),
  maxIf(ifNull(duration_ns, 0), counted),
  quantilesDDStateIf(${sketchLevels})(ifNull(duration_ns, 0), counted AND duration_ns IS NOT NULL),
  ${bucketCounts('duration_ns', 'counted')},
  sumIf(request_bytes, counted),
  sumIf(response_bytes, counted)
FROM
(
  SELECT
    ${askedService} AS asked_service, r.k8s_namespace_name AS observed_namespace, ${askedNamespace} AS asked_namespace, r.role AS role, r.protocol AS protocol, r.encrypted AS encrypted,
    r.outcome AS outcome, r.missing_reason AS missing_reason, r.duration_ns AS duration_ns,
    r.request_bytes AS request_bytes, r.response_bytes AS response_bytes,
    ${countsOnce('minute_start', 'minute_end', also)} AS counted
  FROM requests AS r
  WHERE r.start_time >= minute_start AND r.start_time < minute_end${andAlso(also, 'r')}
)
GROUP BY asked_service, role, protocol_name, encrypted, observed_namespace, asked_namespace`,
};
