SELECT
  lower(concat(hex(toUnixTimestamp64Nano(r.start_time)), '-', hex(r.spool_id), '-', hex(r.connection_id), '-', hex(r.exchange_index), '-', toString(CAST(r.role, 'Int8')))) AS id,
  r.start_time AS start_time,
  r.duration_ns AS duration_ns,
  r.time_to_first_byte_ns AS time_to_first_byte_ns,
  r.request_transfer_ns AS request_transfer_ns,
  r.exchange_index AS exchange_index,
  toString(r.pair_key) AS pair_key,
  r.unpaired_reason AS unpaired_reason,
  r.service_name AS service_name,
  r.peer_service_name AS peer_service_name,
  r.protocol AS protocol,
  r.protocol_version AS protocol_version,
  r.encrypted AS encrypted,
  r.method AS method,
  r.host AS host,
  r.path AS path,
  r.query AS query,
  r.status_code AS status_code,
  r.outcome AS outcome,
  r.request_bytes AS request_bytes,
  r.request_body_bytes AS request_body_bytes,
  r.response_bytes AS response_bytes,
  r.response_body_bytes AS response_body_bytes,
  r.request_missing_bytes AS request_missing_bytes,
  r.response_missing_bytes AS response_missing_bytes,
  r.missing_reason AS missing_reason,
  r.request_headers AS request_headers,
  r.response_headers AS response_headers,
  r.request_body AS request_body,
  r.response_body AS response_body,
  r.trace_id AS trace_id,
  r.span_id AS span_id,
  r.attributes AS attributes,
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
  r.k8s_namespace_name AS k8s_namespace_name,
  r.k8s_pod_name AS k8s_pod_name,
  r.k8s_pod_uid AS k8s_pod_uid,
  r.k8s_container_name AS k8s_container_name,
  r.k8s_workload_kind AS k8s_workload_kind,
  r.k8s_workload_name AS k8s_workload_name,
  r.k8s_node_name AS k8s_node_name,
  r.k8s_service_name AS k8s_service_name,
  r.k8s_unresolved_reason AS k8s_unresolved_reason,
  r.peer_kind AS peer_kind,
  r.peer_k8s_namespace_name AS peer_k8s_namespace_name,
  r.peer_k8s_pod_name AS peer_k8s_pod_name,
  r.peer_k8s_workload_kind AS peer_k8s_workload_kind,
  r.peer_k8s_workload_name AS peer_k8s_workload_name,
  r.peer_k8s_node_name AS peer_k8s_node_name,
  r.peer_k8s_service_name AS peer_k8s_service_name,
  r.peer_unresolved_reason AS peer_unresolved_reason,
  r.k8s_cluster_name AS k8s_cluster_name,
  r.host_name AS host_name,
  r.agent_id AS agent_id,
  toString(r.spool_id) AS spool_id,
  toString(r.batch_seq) AS batch_seq,
  [toString(toUnixTimestamp64Nano(r.start_time)), toString(r.spool_id), toString(r.connection_id), toString(r.exchange_index), toString(CAST(r.role, 'Int8'))] AS _key
FROM requests AS r
WHERE r.start_time >= fromUnixTimestamp64Nano({p2:Int64}, 'UTC')
  AND r.start_time < fromUnixTimestamp64Nano({p3:Int64}, 'UTC')
  AND (r.role != 'client' OR r.pair_key = 0 OR (
cityHash64(r.pair_key, intDiv(toUnixTimestamp64Second(r.start_time), 10)) NOT IN (
      SELECT cityHash64(s.pair_key, intDiv(toUnixTimestamp64Second(s.start_time - toIntervalSecond(5)), 10))
      FROM requests AS s
      WHERE s.start_time >= fromUnixTimestamp64Nano({p0:Int64}, 'UTC') - toIntervalSecond(5)
        AND s.start_time < fromUnixTimestamp64Nano({p1:Int64}, 'UTC') + toIntervalSecond(5)
        AND s.role = 'server'
        AND s.pair_key != 0
    )
    AND
cityHash64(r.pair_key, intDiv(toUnixTimestamp64Second(r.start_time), 10) - 1) NOT IN (
      SELECT cityHash64(s.pair_key, intDiv(toUnixTimestamp64Second(s.start_time - toIntervalSecond(5)), 10))
      FROM requests AS s
      WHERE s.start_time >= fromUnixTimestamp64Nano({p0:Int64}, 'UTC') - toIntervalSecond(5)
        AND s.start_time < fromUnixTimestamp64Nano({p1:Int64}, 'UTC') + toIntervalSecond(5)
        AND s.role = 'server'
        AND s.pair_key != 0
    )
    ))
ORDER BY toUnixTimestamp64Nano(r.start_time) DESC, r.spool_id DESC, r.connection_id DESC, r.exchange_index DESC, CAST(r.role, 'Int8') DESC
LIMIT {p4:UInt64}
-- {"p0":"1767224700000000000","p1":"1767225600000000000","p2":"1767224700000000000","p3":"1767225600000000000","p4":"101"}
