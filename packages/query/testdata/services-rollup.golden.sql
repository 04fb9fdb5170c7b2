SELECT
  r.service_namespace_name AS k8s_namespace_name,
  r.service_name AS service_name,
  r.protocol AS protocol,
  sum(r.request_count) AS request_count,
  sum(r.request_count) / {p3:Float64} AS requests_per_second,
  sum(r.error_count) AS error_count,
  sum(r.client_error_count) AS client_error_count,
  sum(r.error_count) / sum(r.request_count) AS error_ratio,
  sum(r.sample_count) AS duration_sample_count,
  if(sum(r.sample_count) = 0, NULL, toUInt64(quantilesDDMerge(0.01, 0.5, 0.9, 0.95, 0.99)(r.duration_sketch)[1])) AS duration_p50_ns,
  if(sum(r.sample_count) = 0, NULL, toUInt64(quantilesDDMerge(0.01, 0.5, 0.9, 0.95, 0.99)(r.duration_sketch)[2])) AS duration_p90_ns,
  if(sum(r.sample_count) = 0, NULL, toUInt64(quantilesDDMerge(0.01, 0.5, 0.9, 0.95, 0.99)(r.duration_sketch)[4])) AS duration_p99_ns,
  sum(r.request_bytes_sum) AS request_bytes,
  sum(r.response_bytes_sum) AS response_bytes
FROM service_1m AS r
WHERE r.minute >= fromUnixTimestamp64Nano({p0:Int64}, 'UTC')
  AND r.minute < fromUnixTimestamp64Nano({p1:Int64}, 'UTC')
  AND r.service_name = {p2:String}
GROUP BY k8s_namespace_name, service_name, protocol
ORDER BY request_count DESC, k8s_namespace_name, service_name, protocol
LIMIT {p4:UInt64}
-- {"p0":"1767218400000000000","p1":"1767225600000000000","p2":"nginx","p3":"7200","p4":"1001"}
