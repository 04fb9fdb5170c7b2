SELECT
  r.time AS time,
  r.first_time AS first_time,
  r.k8s_cluster_name AS k8s_cluster_name,
  r.uid AS uid,
  r.event_count AS event_count,
  r.type AS type,
  r.reason AS reason,
  r.message AS message,
  r.k8s_namespace_name AS k8s_namespace_name,
  r.object_kind AS object_kind,
  r.object_name AS object_name,
  r.object_uid AS object_uid,
  r.component AS component,
  r.k8s_node_name AS k8s_node_name,
  r.observed AS observed,
  [toString(toUnixTimestamp64Nano(r.time)), r.uid, toString(r.event_count)] AS _key
FROM k8s_events AS r FINAL
WHERE r.time >= fromUnixTimestamp64Nano({p0:Int64}, 'UTC')
  AND r.time < fromUnixTimestamp64Nano({p1:Int64}, 'UTC')
ORDER BY toUnixTimestamp64Nano(r.time) DESC, r.uid DESC, r.event_count DESC
LIMIT {p2:UInt64}
-- {"p0":"1767224700000000000","p1":"1767225600000000000","p2":"101"}
