SELECT
  r.end_time AS end_time,
  r.duration_ns AS duration_ns,
  r.connect_ns AS connect_ns,
  r.end_reason AS end_reason,
  r.error_number AS error_number,
  r.service_name AS service_name,
  r.peer_service_name AS peer_service_name,
  r.sent_bytes AS sent_bytes,
  r.received_bytes AS received_bytes,
  r.retransmitted_segments AS retransmitted_segments,
  r.round_trip_ns AS round_trip_ns,
  r.protocol AS protocol,
  r.encrypted AS encrypted,
  r.tls_state AS tls_state,
  r.tls_server_name AS tls_server_name,
  r.tls_version AS tls_version,
  r.tls_cipher_suite AS tls_cipher_suite,
  r.tls_alpn AS tls_alpn,
  replaceOne(toString(r.client_address), '::ffff:', '') AS client_address,
  r.client_port AS client_port,
  replaceOne(toString(r.server_address), '::ffff:', '') AS server_address,
  r.server_port AS server_port,
  r.role AS role,
  toString(r.connection_id) AS connection_id,
  r.pid AS pid,
  nullIf(r.process_start_time, toDateTime64(0, 9, 'UTC')) AS process_start_time,
  r.process_name AS process_name,
  r.process_executable AS process_executable,
  r.process_command_line AS process_command_line,
  r.container_id AS container_id,
  r.k8s_cluster_name AS k8s_cluster_name,
  r.host_name AS host_name,
  r.agent_id AS agent_id,
  toString(r.spool_id) AS spool_id,
  toString(r.batch_seq) AS batch_seq,
  [toString(toUnixTimestamp64Nano(r.end_time)), toString(r.spool_id), toString(r.connection_id), toString(r.batch_seq)] AS _key
FROM connections AS r
WHERE r.end_time >= fromUnixTimestamp64Nano({p0:Int64}, 'UTC')
  AND r.end_time < fromUnixTimestamp64Nano({p1:Int64}, 'UTC')
ORDER BY toUnixTimestamp64Nano(r.end_time) DESC, r.spool_id DESC, r.connection_id DESC, r.batch_seq DESC
LIMIT {p2:UInt64}
-- {"p0":"1767224700000000000","p1":"1767225600000000000","p2":"101"}
