SELECT
  r.host_name AS host_name,
  r.pid AS pid,
  nullIf(r.process_start_time, toDateTime64(0, 9, 'UTC')) AS process_start_time,
  argMaxIf(r.parent_pid, r.time, r.parent_pid != 0) AS parent_pid,
  argMaxIf(r.service_name, r.time, r.service_name != '') AS service_name,
  argMaxIf(r.process_name, r.time, r.process_name != '') AS process_name,
  argMaxIf(r.process_executable, r.time, r.process_executable != '') AS process_executable,
  argMaxIf(r.process_command_line, r.time, r.process_command_line != '') AS process_command_line,
  argMaxIf(r.container_id, r.time, r.container_id != '') AS container_id,
  min(r.time) AS first_event_time,
  max(r.time) AS last_event_time,
  argMax(r.event, r.time) AS last_event,
  max(r.exit_code) AS exit_code,
  max(r.exit_signal) AS exit_signal,
  r.agent_id AS agent_id
FROM process_events AS r
WHERE r.time >= fromUnixTimestamp64Nano({p0:Int64}, 'UTC')
  AND r.time < fromUnixTimestamp64Nano({p1:Int64}, 'UTC')
GROUP BY host_name, agent_id, pid, process_start_time
ORDER BY last_event_time DESC, host_name, pid
LIMIT {p2:UInt64}
-- {"p0":"1767224700000000000","p1":"1767225600000000000","p2":"1001"}
