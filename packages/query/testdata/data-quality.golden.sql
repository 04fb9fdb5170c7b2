SELECT
  r.host_name AS host_name,
  r.protocol AS protocol,
  r.encrypted AS encrypted,
  count() AS row_count,
  countIf(r.missing_reason != '') AS partial_count,
  countIf(r.missing_reason != '') / count() AS partial_ratio,
  sum(r.request_missing_bytes) + sum(r.response_missing_bytes) AS missing_bytes,
  countIf(r.duration_ns IS NULL) AS without_duration_count,
  countIf(r.unpaired_reason != '') AS unpaired_count,
  countIf(r.k8s_unresolved_reason NOT IN ('', 'no_cluster', 'host_process')) AS without_pod_count,
  countIf(r.peer_unresolved_reason NOT IN ('', 'no_cluster', 'external')) AS without_peer_count
FROM requests AS r
WHERE r.start_time >= fromUnixTimestamp64Nano({p0:Int64}, 'UTC')
  AND r.start_time < fromUnixTimestamp64Nano({p1:Int64}, 'UTC')
GROUP BY host_name, protocol, encrypted
ORDER BY row_count DESC, host_name, protocol, encrypted
LIMIT {p2:UInt64}
-- {"p0":"1767224700000000000","p1":"1767225600000000000","p2":"1001"}
