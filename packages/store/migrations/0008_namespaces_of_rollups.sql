-- Namespaces in the rollups. Reverse: irreversible. Minutes computed before have none, as their base rows.
-- Works with builds from: 0005
ALTER TABLE service_1m_data
  ADD COLUMN IF NOT EXISTS k8s_namespace_name LowCardinality(String) COMMENT 'Namespace of the process that was observed; empty outside of one.',
  ADD COLUMN IF NOT EXISTS service_namespace_name LowCardinality(String) COMMENT 'Namespace of the service that was asked; empty when it is not known.',
  MODIFY ORDER BY (minute, service_name, role, protocol, encrypted, k8s_namespace_name, service_namespace_name);

CREATE OR REPLACE VIEW service_1m AS
SELECT
  minute, k8s_namespace_name, service_namespace_name, service_name, role, protocol, encrypted, request_count, error_count,
  ok_count, client_error_count, server_error_count, not_observed_count, aborted_count, timed_out_count,
  partial_count, sample_count, duration_sum_ns, duration_max_ns, duration_sketch, duration_buckets,
  request_bytes_sum, response_bytes_sum
FROM service_1m_data FINAL
WHERE request_count > 0;

ALTER TABLE edge_1m_data
  ADD COLUMN IF NOT EXISTS client_namespace_name LowCardinality(String) COMMENT 'Namespace of the service that asked; empty when it is not known.',
  ADD COLUMN IF NOT EXISTS server_namespace_name LowCardinality(String) COMMENT 'Namespace of the service that was asked; empty when it is not known.',
  ADD COLUMN IF NOT EXISTS client_observed Bool COMMENT 'A process of the client was observed: the edge belongs to its namespace.',
  ADD COLUMN IF NOT EXISTS server_observed Bool COMMENT 'A process of the server was observed: the edge belongs to its namespace.',
  MODIFY ORDER BY (minute, client_service_name, server_service_name, role, protocol, encrypted, client_namespace_name, server_namespace_name, client_observed, server_observed);

CREATE OR REPLACE VIEW edge_1m AS
SELECT
  minute, client_namespace_name, client_service_name, server_namespace_name, server_service_name, client_observed,
  server_observed, role, protocol, encrypted, request_count, error_count, client_error_count, sample_count,
  duration_sketch, request_bytes_sum, response_bytes_sum
FROM edge_1m_data FINAL
WHERE (minute, version) IN (SELECT minute, max(version) FROM edge_1m_data GROUP BY minute);
