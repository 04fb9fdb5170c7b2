SELECT
  r.k8s_namespace_name AS k8s_namespace_name,
  coalesce(nullIf(r.k8s_pod_name, ''), nullIf(r.service_name, ''), r.host_name) AS entity,
  r.peer_k8s_namespace_name AS peer_k8s_namespace_name,
  coalesce(nullIf(r.peer_k8s_pod_name, ''), nullIf(r.peer_k8s_service_name, ''), nullIf(r.peer_service_name, ''), replaceOne(toString(if(r.role = 'client', r.server_address, r.client_address)), '::ffff:', '')) AS peer_entity,
  r.server_port AS server_port,
  r.end_reason AS end_reason,
  r.error_number AS error_number,
  count() AS connection_count,
  countIf(r.end_reason = 'connect_failed') AS failed_count,
  countIf(r.end_reason = 'reset') AS reset_count,
  countIf(r.end_reason = 'connect_failed') / count() AS failed_ratio,
  sum(r.sent_bytes) AS sent_bytes,
  sum(r.received_bytes) AS received_bytes,
  sum(r.retransmitted_segments) AS retransmitted_segments,
  toUInt64OrNull(toString(round(quantileTDigestOrNull(0.5)(r.round_trip_ns)))) AS round_trip_p50_ns,
  toUInt64OrNull(toString(round(quantileTDigestOrNull(0.99)(r.connect_ns)))) AS connect_p99_ns
FROM connections AS r
WHERE r.end_time >= fromUnixTimestamp64Nano({p0:Int64}, 'UTC')
  AND r.end_time < fromUnixTimestamp64Nano({p1:Int64}, 'UTC')
  AND r.end_reason IN ('connect_failed', 'reset')
GROUP BY k8s_namespace_name, entity, peer_k8s_namespace_name, peer_entity, server_port, end_reason, error_number
ORDER BY connection_count DESC, k8s_namespace_name, entity, peer_k8s_namespace_name, peer_entity, server_port, end_reason, error_number
LIMIT {p2:UInt64}
-- {"p0":"1767224700000000000","p1":"1767225600000000000","p2":"1001"}
