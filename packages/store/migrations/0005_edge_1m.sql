-- Rollup of requests by minute and edge. Reverse: drop the view and the table; it is recomputed.
-- Who asked may become known later, so an edge of a minute may vanish: only rows of a minute's highest version count.
CREATE TABLE IF NOT EXISTS edge_1m_data
(
  minute DateTime('UTC') COMMENT 'Start of the minute in which the requests started.',
  client_service_name LowCardinality(String) COMMENT 'Service that asked; its address where no name is known.',
  server_service_name LowCardinality(String) COMMENT 'Service that was asked; its host or address where no name is known.',
  role Enum8('unknown' = 0, 'client' = 1, 'server' = 2) COMMENT 'End at which the requests were seen; client only where no server row exists.',
  protocol LowCardinality(String) COMMENT 'Application protocol.',
  encrypted Bool COMMENT 'Read from inside TLS.',
  version UInt64 COMMENT 'Rows of this and the neighbouring minutes that it was computed from: more rows replace fewer.',
  request_count UInt64 COMMENT 'Requests, each counted once. Unit: 1.',
  error_count UInt64 COMMENT 'Of these: server_error, aborted, timed_out. Unit: 1.',
  client_error_count UInt64 COMMENT 'Outcome client_error. Unit: 1.',
  sample_count UInt64 COMMENT 'Requests with a known duration: the denominator of all durations. Unit: 1.',
  duration_sketch AggregateFunction(quantilesDD(0.01, 0.5, 0.9, 0.95, 0.99), UInt64) COMMENT 'DDSketch of the known durations, relative accuracy 1 %. Unit: ns.',
  request_bytes_sum UInt64 COMMENT 'Bytes of the requests. Unit: By.',
  response_bytes_sum UInt64 COMMENT 'Bytes of the responses. Unit: By.'
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(minute)
ORDER BY (minute, client_service_name, server_service_name, role, protocol, encrypted)
COMMENT 'Versions of the rows of edge_1m; ask the view.';

CREATE VIEW IF NOT EXISTS edge_1m AS
SELECT
  minute, client_service_name, server_service_name, role, protocol, encrypted, request_count, error_count,
  client_error_count, sample_count, duration_sketch, request_bytes_sum, response_bytes_sum
FROM edge_1m_data FINAL
WHERE (minute, version) IN (SELECT minute, max(version) FROM edge_1m_data GROUP BY minute);
