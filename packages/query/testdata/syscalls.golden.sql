SELECT
  r.service_name AS service_name,
  r.host_name AS host_name,
  r.process_name AS process_name,
  r.pid AS pid,
  r.syscall AS syscall,
  sum(r.call_count) AS call_count,
  sum(r.error_count) AS error_count,
  if(call_count = 0, NULL, error_count / call_count) AS error_ratio,
  sum(r.total_ns) AS total_ns,
  if(call_count = 0, NULL, intDiv(total_ns, call_count)) AS mean_ns,
  max(r.max_ns) AS max_ns
FROM syscall_stats AS r
WHERE r.interval_start >= fromUnixTimestamp64Nano({p0:Int64}, 'UTC')
  AND r.interval_start < fromUnixTimestamp64Nano({p1:Int64}, 'UTC')
GROUP BY service_name, host_name, process_name, pid, r.process_start_time, syscall
ORDER BY total_ns DESC, service_name, host_name, process_name, pid, syscall
LIMIT {p2:UInt64}
-- {"p0":"1767224700000000000","p1":"1767225600000000000","p2":"1001"}
