SELECT
  r.host_name AS host_name,
  r.k8s_namespace_name AS k8s_namespace_name,
  r.k8s_pod_name AS k8s_pod_name,
  r.service_name AS service_name,
  r.process_name AS process_name,
  r.pid AS pid,
  r.role AS role,
  r.protocol AS protocol,
  nullIf(r.process_start_time, toDateTime64(0, 9, 'UTC')) AS process_start_time,
  count() AS request_count,
  count() / {p0:Float64} AS requests_per_second,
  countIf(r.outcome IN ('server_error', 'aborted', 'timed_out')) AS error_count,
  countIf(r.outcome = 'client_error') AS client_error_count,
  countIf(r.outcome IN ('server_error', 'aborted', 'timed_out')) / count() AS error_ratio,
  count(r.duration_ns) AS duration_sample_count,
  if(countIf(r.duration_ns IS NOT NULL) = 0, NULL, toUInt64(ifNull(quantileTDigest(0.5)(r.duration_ns), 0))) AS duration_p50_ns,
  if(countIf(r.duration_ns IS NOT NULL) = 0, NULL, toUInt64(ifNull(quantileTDigest(0.9)(r.duration_ns), 0))) AS duration_p90_ns,
  if(countIf(r.duration_ns IS NOT NULL) = 0, NULL, toUInt64(ifNull(quantileTDigest(0.99)(r.duration_ns), 0))) AS duration_p99_ns,
  sum(r.request_bytes) AS request_bytes,
  sum(r.response_bytes) AS response_bytes
FROM requests AS r
WHERE r.start_time >= fromUnixTimestamp64Nano({p1:Int64}, 'UTC')
  AND r.start_time < fromUnixTimestamp64Nano({p2:Int64}, 'UTC')
GROUP BY host_name, k8s_namespace_name, k8s_pod_name, service_name, process_name, pid, role, protocol, process_start_time
ORDER BY request_count DESC, host_name, k8s_namespace_name, k8s_pod_name, service_name, process_name, pid, role, protocol, process_start_time
LIMIT {p3:UInt64}
-- {"p0":"900","p1":"1767224700000000000","p2":"1767225600000000000","p3":"1001"}
