SELECT
  toDateTime64(intDiv(toUnixTimestamp(r.time), {p0:UInt32}) * {p0:UInt32}, 9, 'UTC') AS time,
  r.agent_id AS agent_id,
  any(r.host_name) AS host_name,
  avg(r.cpu_millicores) AS cpu_millicores,
  max(r.rss_bytes) AS rss_bytes,
  max(r.open_requests) AS open_requests,
  max(r.open_connections) AS open_connections,
  max(r.spool_bytes) AS spool_bytes,
  argMax(r.governor_step, r.governor_step) AS governor_step
FROM agent_status AS r
WHERE r.time >= fromUnixTimestamp64Nano({p1:Int64}, 'UTC')
  AND r.time < fromUnixTimestamp64Nano({p2:Int64}, 'UTC')
GROUP BY time, agent_id
ORDER BY time, agent_id
LIMIT {p3:UInt64}
-- {"p0":"15","p1":"1767224700000000000","p2":"1767225600000000000","p3":"10001"}
