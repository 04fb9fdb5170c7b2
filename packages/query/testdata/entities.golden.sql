SELECT
  r.k8s_cluster_name AS k8s_cluster_name,
  r.kind AS kind,
  r.uid AS uid,
  r.k8s_namespace_name AS k8s_namespace_name,
  r.name AS name,
  r.k8s_node_name AS k8s_node_name,
  arrayMap(one -> replaceOne(toString(one), '::ffff:', ''), r.addresses) AS addresses,
  r.k8s_workload_kind AS k8s_workload_kind,
  r.k8s_workload_name AS k8s_workload_name,
  r.services AS services,
  r.labels AS labels,
  r.annotations AS annotations,
  r.valid_from AS valid_from,
  nullIf(r.valid_to, toDateTime64(0, 9, 'UTC')) AS valid_to,
  r.observed AS observed
FROM k8s_entities AS r FINAL
WHERE r.valid_from < fromUnixTimestamp64Nano({p0:Int64}, 'UTC')
  AND (r.valid_to = toDateTime64(0, 9, 'UTC') OR r.valid_to > fromUnixTimestamp64Nano({p1:Int64}, 'UTC'))
ORDER BY r.k8s_cluster_name, r.k8s_namespace_name, r.kind, r.name, r.uid, r.valid_from
LIMIT {p2:UInt64}
-- {"p0":"1767225600000000000","p1":"1767224700000000000","p2":"1001"}
