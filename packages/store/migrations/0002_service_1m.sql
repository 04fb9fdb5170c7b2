-- Rollup of requests by minute and service. Reverse: drop the view and both tables; it is recomputed.
-- A later version of a row replaces an earlier one, so a minute can be computed again at any time.
CREATE TABLE IF NOT EXISTS service_1m_data
(
  minute DateTime('UTC') COMMENT 'Start of the minute in which the requests started.',
  service_name LowCardinality(String) COMMENT 'Service that answered; empty when it is not known.',
  role Enum8('unknown' = 0, 'client' = 1, 'server' = 2) COMMENT 'End at which the requests were seen; client only where no server row exists.',
  protocol LowCardinality(String) COMMENT 'Application protocol.',
  encrypted Bool COMMENT 'Read from inside TLS.',
  version UInt64 COMMENT 'Rows of this and the neighbouring minutes that it was computed from: more rows replace fewer.',
  request_count UInt64 COMMENT 'Requests, each counted once. Unit: 1.',
  error_count UInt64 COMMENT 'Of these: server_error, aborted, timed_out. Unit: 1.',
  ok_count UInt64 COMMENT 'Outcome ok. Unit: 1.',
  client_error_count UInt64 COMMENT 'Outcome client_error. Unit: 1.',
  server_error_count UInt64 COMMENT 'Outcome server_error. Unit: 1.',
  not_observed_count UInt64 COMMENT 'Outcome not_observed. Unit: 1.',
  aborted_count UInt64 COMMENT 'Outcome aborted. Unit: 1.',
  timed_out_count UInt64 COMMENT 'Outcome timed_out. Unit: 1.',
  partial_count UInt64 COMMENT 'Requests of which bytes or times are missing. Unit: 1.',
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
ORDER BY (minute, service_name, role, protocol, encrypted)
COMMENT 'Versions of the rows of service_1m; ask the view.';

CREATE TABLE IF NOT EXISTS rollup_minutes
(
  minute DateTime('UTC') COMMENT 'A minute of the base table.',
  computed_at DateTime64(9, 'UTC') COMMENT 'When the rollup of the minute was computed; the last one holds.',
  base_rows UInt64 COMMENT 'Rows of the base table in the minute then. Unit: 1.',
  window_fingerprint UInt64 COMMENT 'Of the rows of the minute and its neighbours then; another one now means: compute again.',
  frozen Bool COMMENT 'The base rows have expired or were dropped: the rollup stays as it is.',
  late_rows UInt64 COMMENT 'Rows that came after that and are in no rollup. Unit: 1.'
)
ENGINE = ReplacingMergeTree(computed_at)
PARTITION BY toYYYYMM(minute)
ORDER BY minute
COMMENT 'What each minute of the rollups was computed from.';

CREATE VIEW IF NOT EXISTS service_1m AS
SELECT
  minute, service_name, role, protocol, encrypted, request_count, error_count,
  ok_count, client_error_count, server_error_count, not_observed_count, aborted_count, timed_out_count,
  partial_count, sample_count, duration_sum_ns, duration_max_ns, duration_sketch, duration_buckets,
  request_bytes_sum, response_bytes_sum
FROM service_1m_data FINAL
WHERE request_count > 0;
