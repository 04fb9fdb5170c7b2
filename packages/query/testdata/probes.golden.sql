SELECT
  r.time AS time,
  r.boot_id AS boot_id,
  r.probe AS probe,
  r.target AS target,
  r.state AS state,
  r.method AS method,
  r.detail AS detail,
  r.k8s_cluster_name AS k8s_cluster_name,
  r.host_name AS host_name,
  r.agent_id AS agent_id,
  toString(r.spool_id) AS spool_id,
  toString(r.batch_seq) AS batch_seq
FROM probe_status AS r
WHERE r.time >= fromUnixTimestamp64Nano({p0:Int64}, 'UTC')
  AND r.time < fromUnixTimestamp64Nano({p1:Int64}, 'UTC')
ORDER BY r.agent_id, r.probe, r.target, r.time DESC
LIMIT 1 BY r.agent_id, r.probe, r.target
LIMIT {p2:UInt64}
-- {"p0":"1767224700000000000","p1":"1767225600000000000","p2":"1001"}
