SELECT
  r.client_namespace_name AS client_namespace_name,
  r.client_service_name AS client_service_name,
  r.server_namespace_name AS server_namespace_name,
  r.server_service_name AS server_service_name,
  r.protocol AS protocol,
  r.encrypted AS encrypted,
  sum(r.request_count) AS request_count,
  sum(r.request_count) / {p0:Float64} AS requests_per_second,
  sum(r.error_count) AS error_count,
  sum(r.client_error_count) AS client_error_count,
  sum(r.error_count) / sum(r.request_count) AS error_ratio,
  sum(r.sample_count) AS duration_sample_count,
  if(sum(r.sample_count) = 0, NULL, toUInt64(quantilesDDMerge(0.01, 0.5, 0.9, 0.95, 0.99)(r.duration_sketch)[1])) AS duration_p50_ns,
  if(sum(r.sample_count) = 0, NULL, toUInt64(quantilesDDMerge(0.01, 0.5, 0.9, 0.95, 0.99)(r.duration_sketch)[2])) AS duration_p90_ns,
  if(sum(r.sample_count) = 0, NULL, toUInt64(quantilesDDMerge(0.01, 0.5, 0.9, 0.95, 0.99)(r.duration_sketch)[4])) AS duration_p99_ns,
  sum(r.request_bytes_sum) AS request_bytes,
  sum(r.response_bytes_sum) AS response_bytes
FROM edge_1m_data AS r FINAL
WHERE r.minute >= fromUnixTimestamp64Nano({p1:Int64}, 'UTC')
  AND r.minute < fromUnixTimestamp64Nano({p2:Int64}, 'UTC')
  AND (r.minute, r.version) IN (
    SELECT v.minute, max(v.version) FROM edge_1m_data AS v
    WHERE v.minute >= fromUnixTimestamp64Nano({p1:Int64}, 'UTC') AND v.minute < fromUnixTimestamp64Nano({p2:Int64}, 'UTC') GROUP BY v.minute)
  AND (r.client_service_name = {p3:String} OR r.server_service_name = {p4:String})
GROUP BY client_namespace_name, client_service_name, server_namespace_name, server_service_name, protocol, encrypted
ORDER BY request_count DESC, client_namespace_name, client_service_name, server_namespace_name, server_service_name, protocol, encrypted
LIMIT {p5:UInt64}
-- {"p0":"3600","p1":"1767222000000000000","p2":"1767225600000000000","p3":"nginx","p4":"nginx","p5":"1001"}
