SELECT
  q.agent_id AS agent_id,
  any(q.host_name) AS host_name,
  sum(q.cpu_sum) / sum(q.report_count) AS cpu_millicores,
  max(q.cpu_max) AS cpu_max_millicores,
  toUInt64(sum(q.rss_sum) / sum(q.report_count)) AS rss_bytes,
  max(q.rss_max) AS rss_max_bytes,
  sum(q.captured) AS captured_events,
  sum(q.dropped) AS dropped_events,
  if(sum(q.captured) = 0, NULL, sum(q.dropped) / sum(q.captured)) AS dropped_ratio,
  sum(q.emitted) AS emitted_requests,
  if(sum(q.emitted) = 0, NULL, sum(q.cpu_sum) / sum(q.report_count) * 1e6 * sum(q.seconds) / sum(q.emitted)) AS cpu_ns_per_request,
  count() AS run_count
FROM (
  SELECT
    r.agent_id AS agent_id, r.boot_id AS boot_id, any(r.host_name) AS host_name,
    sum(r.cpu_millicores) AS cpu_sum, max(r.cpu_millicores) AS cpu_max, count() AS report_count,
    sum(r.rss_bytes) AS rss_sum, max(r.rss_bytes) AS rss_max,
    max(r.captured_events) - min(r.captured_events) AS captured, max(r.dropped_events) - min(r.dropped_events) AS dropped, max(r.emitted_requests) - min(r.emitted_requests) AS emitted,
    (toUnixTimestamp64Nano(max(r.time)) - toUnixTimestamp64Nano(min(r.time))) / 1e9 AS seconds
  FROM agent_status AS r
  WHERE r.time >= fromUnixTimestamp64Nano({p0:Int64}, 'UTC')
    AND r.time < fromUnixTimestamp64Nano({p1:Int64}, 'UTC')
  GROUP BY r.agent_id, r.boot_id
) AS q
GROUP BY agent_id
ORDER BY cpu_millicores DESC, agent_id
LIMIT {p2:UInt64}
-- {"p0":"1767224700000000000","p1":"1767225600000000000","p2":"1001"}
