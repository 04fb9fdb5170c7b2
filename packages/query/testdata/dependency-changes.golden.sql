SELECT
  if(r.role = 'client', r.k8s_namespace_name, if(c.early > r.start_time - toIntervalSecond(10), c.k8s_namespace_name, r.peer_k8s_namespace_name)) AS client_namespace_name,
  if(r.role = 'client', r.service_name, coalesce(if(c.early > r.start_time - toIntervalSecond(10), nullIf(c.service_name, ''), NULL), nullIf(r.peer_service_name, ''), replaceOne(toString(r.client_address), '::ffff:', ''))) AS client_service_name,
  if(r.role = 'client', r.peer_k8s_namespace_name, r.k8s_namespace_name) AS server_namespace_name,
  coalesce(nullIf(if(r.role = 'client', r.peer_service_name, r.service_name), ''), nullIf(r.host, ''), concat(replaceOne(toString(r.server_address), '::ffff:', ''), ':', toString(r.server_port))) AS server_service_name,
  if(countIf(r.start_time >= fromUnixTimestamp64Nano({p0:Int64}, 'UTC')) > 0, 'new', 'vanished') AS change,
  countIf(r.start_time >= fromUnixTimestamp64Nano({p0:Int64}, 'UTC')) AS request_count,
  countIf(NOT (r.start_time >= fromUnixTimestamp64Nano({p0:Int64}, 'UTC'))) AS before_request_count,
  min(r.start_time) AS first_time,
  max(r.start_time) AS last_time
FROM requests AS r
ASOF LEFT JOIN (
  SELECT s.pair_key AS pair_key, s.service_name AS service_name,
    s.k8s_namespace_name AS k8s_namespace_name, s.start_time - toIntervalSecond(5) AS early
  FROM requests AS s
  WHERE s.start_time >= fromUnixTimestamp64Nano({p1:Int64}, 'UTC') - toIntervalSecond(5)
    AND s.start_time < fromUnixTimestamp64Nano({p2:Int64}, 'UTC') + toIntervalSecond(5)
    AND s.role = 'client'
    AND s.pair_key != 0
) AS c ON r.pair_key = c.pair_key AND r.start_time >= c.early
WHERE r.start_time >= fromUnixTimestamp64Nano({p5:Int64}, 'UTC')
  AND r.start_time < fromUnixTimestamp64Nano({p6:Int64}, 'UTC')
  AND (r.role != 'client' OR r.pair_key = 0 OR (
cityHash64(r.pair_key, intDiv(toUnixTimestamp64Second(r.start_time), 10)) NOT IN (
      SELECT cityHash64(s.pair_key, intDiv(toUnixTimestamp64Second(s.start_time - toIntervalSecond(5)), 10))
      FROM requests AS s
      WHERE s.start_time >= fromUnixTimestamp64Nano({p3:Int64}, 'UTC') - toIntervalSecond(5)
        AND s.start_time < fromUnixTimestamp64Nano({p4:Int64}, 'UTC') + toIntervalSecond(5)
        AND s.role = 'server'
        AND s.pair_key != 0
    )
    AND
cityHash64(r.pair_key, intDiv(toUnixTimestamp64Second(r.start_time), 10) - 1) NOT IN (
      SELECT cityHash64(s.pair_key, intDiv(toUnixTimestamp64Second(s.start_time - toIntervalSecond(5)), 10))
      FROM requests AS s
      WHERE s.start_time >= fromUnixTimestamp64Nano({p3:Int64}, 'UTC') - toIntervalSecond(5)
        AND s.start_time < fromUnixTimestamp64Nano({p4:Int64}, 'UTC') + toIntervalSecond(5)
        AND s.role = 'server'
        AND s.pair_key != 0
    )
    ))
GROUP BY client_namespace_name, client_service_name, server_namespace_name, server_service_name
HAVING (request_count = 0) != (before_request_count = 0)
ORDER BY change, request_count DESC, before_request_count DESC, client_namespace_name, client_service_name, server_namespace_name, server_service_name
LIMIT {p7:UInt64}
-- {"p0":"1767224700000000000","p1":"1767221100000000000","p2":"1767225600000000000","p3":"1767221100000000000","p4":"1767225600000000000","p5":"1767221100000000000","p6":"1767225600000000000","p7":"1001"}
