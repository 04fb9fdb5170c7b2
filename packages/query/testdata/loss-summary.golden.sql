SELECT
  r.reason AS reason,
  r.source AS source,
  r.host_name AS host_name,
  r.agent_id AS agent_id,
  if(countIf(r.detail = 'counted in the kernel') > 0, sumIf(r.events, r.detail = 'counted in the kernel'), sum(r.events)) AS events,
  if(countIf(r.detail = 'counted in the kernel') > 0, sumIf(r.bytes, r.detail = 'counted in the kernel'), sum(r.bytes)) AS bytes,
  countIf(r.events IS NULL) AS unknown_count,
  count() AS report_count,
  min(r.start_time) AS first_time,
  max(r.end_time) AS last_time
FROM loss AS r
WHERE r.start_time < fromUnixTimestamp64Nano({p0:Int64}, 'UTC')
  AND r.end_time >= fromUnixTimestamp64Nano({p1:Int64}, 'UTC')
GROUP BY reason, source, host_name, agent_id
ORDER BY reason, source, host_name, agent_id
LIMIT {p2:UInt64}
-- {"p0":"1767225600000000000","p1":"1767224700000000000","p2":"1001"}
