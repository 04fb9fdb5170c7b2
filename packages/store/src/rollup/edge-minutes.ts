import {
  andAlso,
  askedNamespace,
  askedService,
  askingNamespace,
  askingService,
  clientJoin,
  countsOnce,
  isClientObserved,
  sketchLevels,
} from '@tomte/model';
import { bucketCounts } from './bucket-counts.ts';
import type { MinuteRollup } from './minute-rollup.ts';

/**
 * Computes one minute of edge_1m anew. Parameters: minute (seconds), version.
 *
 * Who asked is known from the client's row, which may come after the server's; the edge then has another name, and
 * the one before vanishes. So readers take the rows of a minute's highest version and no others.
 */
export const edgeMinute: MinuteRollup = {
  table: 'edge_1m_data',
  columns: [
    'minute',
    'client_service_name',
    'server_service_name',
    'role',
    'protocol',
    'encrypted',
    'client_namespace_name',
    'server_namespace_name',
    'client_observed',
    'server_observed',
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
  ${askingService} AS asking_service,
  ${askedService} AS asked_service,
  r.role AS end_role,
  toString(r.protocol) AS protocol_name,
  r.encrypted AS is_encrypted,
  ${askingNamespace} AS asking_namespace,
  ${askedNamespace} AS asked_namespace,
  ${isClientObserved} AS is_client_observed,
  r.role = 'server' AS is_server_observed,
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
${clientJoin('minute_start', 'minute_end', { also })}
WHERE r.start_time >= minute_start AND r.start_time < minute_end${andAlso(also, 'r')}
  AND ${countsOnce('minute_start', 'minute_end', also)}
GROUP BY asking_service, asked_service, end_role, protocol_name, is_encrypted, asking_namespace, asked_namespace,
  is_client_observed, is_server_observed`,
};
