SELECT
  replaceOne(toString(q.address), '::ffff:', '') AS peer_address,
  q.role AS role,
  q.service_name AS service_name,
  q.k8s_namespace_name AS k8s_namespace_name,
  q.k8s_pod_name AS k8s_pod_name,
  q.peer_kind AS peer_kind,
  q.peer_namespace_name AS peer_namespace_name,
  q.peer_name AS peer_name,
  q.peer_workload_kind AS peer_workload_kind,
  q.peer_workload_name AS peer_workload_name,
  count() AS request_count,
  min(q.start_time) AS first_time,
  max(q.start_time) AS last_time
FROM (
  WITH toDateTime64(0, 9, 'UTC') AS epoch
  SELECT
    t.address AS address, t.role AS role, t.service_name AS service_name,
    t.k8s_namespace_name AS k8s_namespace_name, t.k8s_pod_name AS k8s_pod_name, t.start_time AS start_time,
    argMaxIf(e.kind, e.valid_from, e.valid_from <= t.start_time AND (e.valid_to = epoch OR e.valid_to > t.start_time)) AS peer_kind, argMaxIf(e.k8s_namespace_name, e.valid_from, e.valid_from <= t.start_time AND (e.valid_to = epoch OR e.valid_to > t.start_time)) AS peer_namespace_name,
    argMaxIf(e.name, e.valid_from, e.valid_from <= t.start_time AND (e.valid_to = epoch OR e.valid_to > t.start_time)) AS peer_name, argMaxIf(e.k8s_workload_kind, e.valid_from, e.valid_from <= t.start_time AND (e.valid_to = epoch OR e.valid_to > t.start_time)) AS peer_workload_kind,
    argMaxIf(e.k8s_workload_name, e.valid_from, e.valid_from <= t.start_time AND (e.valid_to = epoch OR e.valid_to > t.start_time)) AS peer_workload_name
  FROM (
    SELECT if(r.role = 'client', r.server_address, r.client_address) AS address, r.k8s_cluster_name AS cluster, r.role AS role, r.service_name AS service_name,
      r.k8s_namespace_name AS k8s_namespace_name, r.k8s_pod_name AS k8s_pod_name, r.start_time AS start_time,
      r.spool_id AS spool_id, r.connection_id AS connection_id, r.exchange_index AS exchange_index
    FROM requests AS r
    WHERE r.start_time >= fromUnixTimestamp64Nano({p0:Int64}, 'UTC')
      AND r.start_time < fromUnixTimestamp64Nano({p1:Int64}, 'UTC')
      AND r.peer_unresolved_reason = 'not_yet_known'
  ) AS t
  LEFT JOIN (
    SELECT arrayJoin(k.addresses) AS address, k.k8s_cluster_name AS cluster, k.kind AS kind, k.name AS name,
      k.k8s_namespace_name AS k8s_namespace_name, k.k8s_workload_kind AS k8s_workload_kind,
      k.k8s_workload_name AS k8s_workload_name, k.valid_from AS valid_from, k.valid_to AS valid_to
    FROM k8s_entities AS k FINAL
    WHERE k.valid_from < fromUnixTimestamp64Nano({p2:Int64}, 'UTC')
      AND (k.valid_to = toDateTime64(0, 9, 'UTC')
        OR k.valid_to > fromUnixTimestamp64Nano({p3:Int64}, 'UTC'))
  ) AS e ON t.address = e.address AND t.cluster = e.cluster
  GROUP BY t.address, t.role, t.service_name, t.k8s_namespace_name, t.k8s_pod_name, t.start_time,
    t.spool_id, t.connection_id, t.exchange_index
) AS q
GROUP BY peer_address, role, service_name, k8s_namespace_name, k8s_pod_name, peer_kind, peer_namespace_name, peer_name, peer_workload_kind, peer_workload_name
ORDER BY request_count DESC, peer_address, role, service_name, k8s_namespace_name, k8s_pod_name, peer_kind, peer_namespace_name, peer_name, peer_workload_kind, peer_workload_name
LIMIT {p4:UInt64}
-- {"p0":"1767224700000000000","p1":"1767225600000000000","p2":"1767225600000000000","p3":"1767224700000000000","p4":"1001"}
