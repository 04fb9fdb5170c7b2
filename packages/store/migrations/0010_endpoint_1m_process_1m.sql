-- Rollups of requests by minute and endpoint, and by minute and process; durations of edges by OpenTelemetry's boundaries.
-- Reverse: drop the views and both tables; they are recomputed.
-- Works with builds from: 0009
CREATE TABLE IF NOT EXISTS endpoint_1m_data
(
  minute DateTime('UTC') COMMENT 'Start of the minute in which the requests started.',
  service_namespace_name LowCardinality(String) COMMENT 'Namespace of the service that was asked; empty when it is not known.',
  service_name LowCardinality(String) COMMENT 'Service that was asked; its host or address where no name is known.',
  protocol LowCardinality(String) COMMENT 'Application protocol.',
  method LowCardinality(String) COMMENT 'Method or command.',
  endpoint LowCardinality(String) COMMENT 'Path with what names one thing among many replaced by the kind of name; {other} beyond the 300 most frequent of a service and minute.',
  role Enum8('unknown' = 0, 'client' = 1, 'server' = 2) COMMENT 'End at which the requests were seen; client only where no server row exists.',
  version UInt64 COMMENT 'Rows of this and the neighbouring minutes that it was computed from: more rows replace fewer.',
  request_count UInt64 COMMENT 'Requests, each counted once. Unit: 1.',
  error_count UInt64 COMMENT 'Of these: server_error, aborted, timed_out. Unit: 1.',
  client_error_count UInt64 COMMENT 'Outcome client_error. Unit: 1.',
  sample_count UInt64 COMMENT 'Requests with a known duration: the denominator of all durations. Unit: 1.',
  duration_sum_ns UInt64 COMMENT 'Sum of the known durations. Unit: ns.',
  duration_max_ns UInt64 COMMENT 'Longest known duration. Unit: ns.',
  duration_sketch AggregateFunction(quantilesDD(0.01, 0.5, 0.9, 0.95, 0.99), UInt64) COMMENT 'DDSketch of the known durations, relative accuracy 1 %. Unit: ns.',
  duration_buckets Array(UInt64) COMMENT 'Known durations at most 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10 s, and longer; not cumulative. Unit: 1.',
  request_bytes_sum UInt64 COMMENT 'Bytes of the requests. Unit: By.',
  response_bytes_sum UInt64 COMMENT 'Bytes of the responses. Unit: By.',
  path_min String COMMENT 'One of the paths: the first in the order of their bytes.'
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(minute)
ORDER BY (minute, service_namespace_name, service_name, protocol, method, endpoint, role)
COMMENT 'Versions of the rows of endpoint_1m; ask the view.';

CREATE VIEW IF NOT EXISTS endpoint_1m AS
SELECT
  minute, service_namespace_name, service_name, protocol, method, endpoint, role, request_count, error_count,
  client_error_count, sample_count, duration_sum_ns, duration_max_ns, duration_sketch, duration_buckets,
  request_bytes_sum, response_bytes_sum, path_min
FROM endpoint_1m_data FINAL
WHERE (minute, version) IN (SELECT minute, max(version) FROM endpoint_1m_data GROUP BY minute);

CREATE TABLE IF NOT EXISTS process_1m_data
(
  minute DateTime('UTC') COMMENT 'Start of the minute in which the requests started.',
  host_name LowCardinality(String) COMMENT 'Machine of the process.',
  pid UInt32 COMMENT 'Process id; 0 when not known.',
  process_start_time DateTime64(9, 'UTC') COMMENT 'When it started; the epoch when not known.',
  process_name LowCardinality(String) COMMENT 'Base name of the executable.',
  service_name LowCardinality(String) COMMENT 'Service of the process.',
  k8s_namespace_name LowCardinality(String) COMMENT 'Namespace of its pod; empty outside of one.',
  k8s_pod_name LowCardinality(String) COMMENT 'Its pod; empty outside of one.',
  role Enum8('unknown' = 0, 'client' = 1, 'server' = 2) COMMENT 'Whether it asked or was asked.',
  protocol LowCardinality(String) COMMENT 'Application protocol.',
  version UInt64 COMMENT 'Rows of this and the neighbouring minutes that it was computed from: more rows replace fewer.',
  request_count UInt64 COMMENT 'Requests that were seen at this process, whether or not at the other end too. Unit: 1.',
  error_count UInt64 COMMENT 'Of these: server_error, aborted, timed_out. Unit: 1.',
  client_error_count UInt64 COMMENT 'Outcome client_error. Unit: 1.',
  sample_count UInt64 COMMENT 'Requests with a known duration: the denominator of all durations. Unit: 1.',
  duration_sum_ns UInt64 COMMENT 'Sum of the known durations. Unit: ns.',
  duration_max_ns UInt64 COMMENT 'Longest known duration. Unit: ns.',
  duration_sketch AggregateFunction(quantilesDD(0.01, 0.5, 0.9, 0.95, 0.99), UInt64) COMMENT 'DDSketch of the known durations, relative accuracy 1 %. Unit: ns.',
  duration_buckets Array(UInt64) COMMENT 'Known durations at most 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10 s, and longer; not cumulative. Unit: 1.',
  request_bytes_sum UInt64 COMMENT 'Bytes of the requests. Unit: By.',
  response_bytes_sum UInt64 COMMENT 'Bytes of the responses. Unit: By.'
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(minute)
ORDER BY (minute, host_name, pid, process_start_time, process_name, service_name, k8s_namespace_name, k8s_pod_name, role, protocol)
COMMENT 'Versions of the rows of process_1m; ask the view.';

CREATE VIEW IF NOT EXISTS process_1m AS
SELECT
  minute, host_name, pid, process_start_time, process_name, service_name, k8s_namespace_name, k8s_pod_name, role,
  protocol, request_count, error_count, client_error_count, sample_count, duration_sum_ns, duration_max_ns,
  duration_sketch, duration_buckets, request_bytes_sum, response_bytes_sum
FROM process_1m_data FINAL
WHERE (minute, version) IN (SELECT minute, max(version) FROM process_1m_data GROUP BY minute);

ALTER TABLE edge_1m_data
  ADD COLUMN IF NOT EXISTS duration_sum_ns UInt64 COMMENT 'Sum of the known durations. Unit: ns.',
  ADD COLUMN IF NOT EXISTS duration_max_ns UInt64 COMMENT 'Longest known duration. Unit: ns.',
  ADD COLUMN IF NOT EXISTS duration_buckets Array(UInt64) COMMENT 'Known durations at most 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10 s, and longer; not cumulative. Unit: 1.';

CREATE OR REPLACE VIEW edge_1m AS
SELECT
  minute, client_namespace_name, client_service_name, server_namespace_name, server_service_name, client_observed,
  server_observed, role, protocol, encrypted, request_count, error_count, client_error_count, sample_count,
  duration_sum_ns, duration_max_ns, duration_sketch, duration_buckets, request_bytes_sum, response_bytes_sum
FROM edge_1m_data FINAL
WHERE (minute, version) IN (SELECT minute, max(version) FROM edge_1m_data GROUP BY minute);
