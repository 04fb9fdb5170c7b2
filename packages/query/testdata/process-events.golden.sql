SELECT
  r.time AS time,
  r.event AS event,
  r.parent_pid AS parent_pid,
  r.exit_code AS exit_code,
  r.exit_signal AS exit_signal,
  r.service_name AS service_name,
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
  r.k8s_cluster_name AS k8s_cluster_name,
  r.host_name AS host_name,
  r.agent_id AS agent_id,
  toString(r.spool_id) AS spool_id,
  toString(r.batch_seq) AS batch_seq,
  [toString(toUnixTimestamp64Nano(r.time)), toString(r.spool_id), toString(r.pid), toString(CAST(r.event, 'Int8')), toString(r.batch_seq)] AS _key
FROM process_events AS r
WHERE r.time >= fromUnixTimestamp64Nano({p0:Int64}, 'UTC')
  AND r.time < fromUnixTimestamp64Nano({p1:Int64}, 'UTC')
ORDER BY toUnixTimestamp64Nano(r.time) DESC, r.spool_id DESC, r.pid DESC, CAST(r.event, 'Int8') DESC, r.batch_seq DESC
LIMIT {p2:UInt64}
-- {"p0":"1767224700000000000","p1":"1767225600000000000","p2":"101"}
