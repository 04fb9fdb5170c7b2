SELECT
  r.start_time AS start_time,
  r.end_time AS end_time,
  r.source AS source,
  r.reason AS reason,
  r.events AS events,
  r.bytes AS bytes,
  toString(r.connection_id) AS connection_id,
  r.role AS role,
  r.direction AS direction,
  r.first_byte AS first_byte,
  r.detail AS detail,
  r.k8s_cluster_name AS k8s_cluster_name,
  r.host_name AS host_name,
  r.agent_id AS agent_id,
  toString(r.spool_id) AS spool_id,
  toString(r.batch_seq) AS batch_seq,
  [toString(toUnixTimestamp64Nano(r.start_time)), toString(cityHash64(r.end_time, r.source, r.reason, r.events, r.bytes, r.connection_id, r.role, r.direction, r.first_byte, r.detail, r.k8s_cluster_name, r.host_name, r.agent_id, r.spool_id, r.batch_seq))] AS _key
FROM loss AS r
WHERE r.start_time >= fromUnixTimestamp64Nano({p0:Int64}, 'UTC')
  AND r.start_time < fromUnixTimestamp64Nano({p1:Int64}, 'UTC')
ORDER BY toUnixTimestamp64Nano(r.start_time) DESC, cityHash64(r.end_time, r.source, r.reason, r.events, r.bytes, r.connection_id, r.role, r.direction, r.first_byte, r.detail, r.k8s_cluster_name, r.host_name, r.agent_id, r.spool_id, r.batch_seq) DESC
LIMIT {p2:UInt64}
-- {"p0":"1767224700000000000","p1":"1767225600000000000","p2":"101"}
