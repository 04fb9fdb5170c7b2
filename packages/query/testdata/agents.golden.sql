SELECT
  r.time AS time,
  r.boot_id AS boot_id,
  r.started_at AS started_at,
  r.version AS version,
  r.governor_step AS governor_step,
  r.cpu_millicores AS cpu_millicores,
  r.rss_bytes AS rss_bytes,
  r.captured_events AS captured_events,
  r.captured_bytes AS captured_bytes,
  r.dropped_events AS dropped_events,
  r.dropped_bytes AS dropped_bytes,
  r.emitted_requests AS emitted_requests,
  r.open_requests AS open_requests,
  r.open_connections AS open_connections,
  r.spool_bytes AS spool_bytes,
  r.spool_batches AS spool_batches,
  r.resent_batches AS resent_batches,
  r.k8s_cluster_name AS k8s_cluster_name,
  r.host_name AS host_name,
  r.agent_id AS agent_id,
  toString(r.spool_id) AS spool_id,
  toString(r.batch_seq) AS batch_seq
FROM agent_status AS r
WHERE r.time >= fromUnixTimestamp64Nano({p0:Int64}, 'UTC')
  AND r.time < fromUnixTimestamp64Nano({p1:Int64}, 'UTC')
ORDER BY r.agent_id, r.time DESC
LIMIT 1 BY r.agent_id
LIMIT {p2:UInt64}
-- {"p0":"1767224700000000000","p1":"1767225600000000000","p2":"1001"}
