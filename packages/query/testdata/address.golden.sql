SELECT
  r.k8s_namespace_name AS k8s_namespace_name,
  r.service_name AS service_name,
  r.k8s_pod_name AS k8s_pod_name,
  r.k8s_node_name AS k8s_node_name,
  r.role AS role,
  replaceOne(toString(if(r.role = 'client', r.server_address, r.client_address)), '::ffff:', '') AS peer_address,
  r.server_port AS server_port,
  count() AS connection_count,
  countIf(r.end_reason = 'connect_failed') AS failed_count,
  sum(r.sent_bytes) AS sent_bytes,
  sum(r.received_bytes) AS received_bytes,
  min(r.end_time) AS first_time,
  max(r.end_time) AS last_time
FROM connections AS r
WHERE r.end_time >= fromUnixTimestamp64Nano({p1:Int64}, 'UTC')
  AND r.end_time < fromUnixTimestamp64Nano({p2:Int64}, 'UTC')
  AND replaceOne(toString(if(r.role = 'client', r.server_address, r.client_address)), '::ffff:', '') = {p0:String}
GROUP BY k8s_namespace_name, service_name, k8s_pod_name, k8s_node_name, role, peer_address, server_port
ORDER BY connection_count DESC, k8s_namespace_name, service_name, k8s_pod_name, k8s_node_name, role, peer_address, server_port
LIMIT {p3:UInt64}
-- {"p0":"203.0.113.7","p1":"1767224700000000000","p2":"1767225600000000000","p3":"1001"}
