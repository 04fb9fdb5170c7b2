SELECT
  r.service_namespace_name AS k8s_namespace_name,
  r.service_name AS service_name,
  r.protocol AS protocol,
  r.method AS method,
  r.template AS endpoint,
  sumIf(r.request_count, NOT r.is_after) AS before_request_count,
  sumIf(r.request_count, r.is_after) AS after_request_count,
  sumIf(r.request_count, NOT r.is_after) / {p0:Float64} AS before_requests_per_second,
  sumIf(r.request_count, r.is_after) / {p1:Float64} AS after_requests_per_second,
  if(sumIf(r.request_count, NOT r.is_after) = 0, NULL, sumIf(r.error_count, NOT r.is_after) / sumIf(r.request_count, NOT r.is_after)) AS before_error_ratio,
  if(sumIf(r.request_count, r.is_after) = 0, NULL, sumIf(r.error_count, r.is_after) / sumIf(r.request_count, r.is_after)) AS after_error_ratio,
  if(sumIf(r.sample_count, NOT r.is_after) = 0, NULL, toUInt64(quantilesDDMergeIf(0.01, 0.5, 0.9, 0.95, 0.99)(r.duration_sketch, NOT r.is_after)[1])) AS before_duration_p50_ns,
  if(sumIf(r.sample_count, r.is_after) = 0, NULL, toUInt64(quantilesDDMergeIf(0.01, 0.5, 0.9, 0.95, 0.99)(r.duration_sketch, r.is_after)[1])) AS after_duration_p50_ns,
  if(sumIf(r.sample_count, NOT r.is_after) = 0, NULL, toUInt64(quantilesDDMergeIf(0.01, 0.5, 0.9, 0.95, 0.99)(r.duration_sketch, NOT r.is_after)[4])) AS before_duration_p99_ns,
  if(sumIf(r.sample_count, r.is_after) = 0, NULL, toUInt64(quantilesDDMergeIf(0.01, 0.5, 0.9, 0.95, 0.99)(r.duration_sketch, r.is_after)[4])) AS after_duration_p99_ns,
  after_duration_p50_ns / nullIf(before_duration_p50_ns, 0) AS duration_p50_change,
  after_duration_p99_ns / nullIf(before_duration_p99_ns, 0) AS duration_p99_change,
  after_error_ratio - before_error_ratio AS error_ratio_change
FROM (
SELECT e.* EXCEPT (template), arrayStringConcat(arrayMap((part, i) -> if(i > 1 AND has(w.places, arrayStringConcat(arraySlice(splitByChar('/', e.template), 1, i - 1), '/')), '{name}', part), splitByChar('/', e.template), arrayEnumerate(splitByChar('/', e.template))), '/') AS template
FROM (
  SELECT p.service_namespace_name AS service_namespace_name, p.service_name AS service_name, p.protocol AS protocol, p.method AS method, p.is_after AS is_after, concat(arrayStringConcat(arrayMap(part -> multiIf(match(part, '^[-+]?[0-9]+([.,][0-9]+)*$'), '{number}', match(part, '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$'), '{uuid}', match(part, '^[0-9]{4}-[0-9]{2}(-[0-9]{2})?([T ][0-9:.]+(Z|[-+][0-9:]+)?)?$'), '{date}', match(part, '^[0-9a-fA-F]{0,4}(:[0-9a-fA-F]{0,4}){2,7}$'), '{address}', match(part, '^[^@]+(@|%40)[^@]+[.][A-Za-z]{2,}$'), '{email}', length(part) >= 8 AND match(part, '^[0-9a-fA-F]+$') AND match(part, '[0-9]') AND match(part, '[a-fA-F]'), '{hash}', match(part, '^[0-9A-HJKMNP-TV-Z]{26}$'), '{ulid}', length(part) >= 16 AND match(part, '^[A-Za-z0-9_=~-]+$') AND match(part, '[0-9]') AND match(part, '[A-Z]') AND match(part, '[a-z]'), '{token}', replaceRegexpAll(part, '[0-9]{4,}', '{number}')), arraySlice(splitByChar('/', p.path), 1, 13)), '/'), if(length(splitByChar('/', p.path)) > 13, '/{rest}', '')) AS template,
    sum(p.request_count) AS request_count, sum(p.error_count) AS error_count,
    sum(p.client_error_count) AS client_error_count, sum(p.sample_count) AS sample_count,
    quantilesDDMergeState(0.01, 0.5, 0.9, 0.95, 0.99)(p.duration_sketch) AS duration_sketch,
    sum(p.request_bytes_sum) AS request_bytes_sum, sum(p.response_bytes_sum) AS response_bytes_sum,
    min(p.path) AS example_path
  FROM (
    SELECT if(r.role = 'client', r.peer_k8s_namespace_name, r.k8s_namespace_name) AS service_namespace_name, coalesce(nullIf(if(r.role = 'client', r.peer_service_name, r.service_name), ''), nullIf(r.host, ''), concat(replaceOne(toString(r.server_address), '::ffff:', ''), ':', toString(r.server_port))) AS service_name, r.protocol AS protocol, r.method AS method, r.start_time >= fromUnixTimestamp64Nano({p2:Int64}, 'UTC') AS is_after, r.path AS path,
      count() AS request_count, countIf(r.outcome IN ('server_error', 'aborted', 'timed_out')) AS error_count,
      countIf(r.outcome = 'client_error') AS client_error_count, count(r.duration_ns) AS sample_count,
      quantilesDDStateIf(0.01, 0.5, 0.9, 0.95, 0.99)(ifNull(r.duration_ns, 0), r.duration_ns IS NOT NULL) AS duration_sketch,
      sum(r.request_bytes) AS request_bytes_sum, sum(r.response_bytes) AS response_bytes_sum
    FROM requests AS r
    WHERE r.start_time >= fromUnixTimestamp64Nano({p3:Int64}, 'UTC')
      AND r.start_time < fromUnixTimestamp64Nano({p4:Int64}, 'UTC')
      AND (r.role != 'client' OR r.pair_key = 0 OR (
    cityHash64(r.pair_key, intDiv(toUnixTimestamp64Second(r.start_time), 10)) NOT IN (
          SELECT cityHash64(s.pair_key, intDiv(toUnixTimestamp64Second(s.start_time - toIntervalSecond(5)), 10))
          FROM requests AS s
          WHERE s.start_time >= fromUnixTimestamp64Nano({p5:Int64}, 'UTC') - toIntervalSecond(5)
            AND s.start_time < fromUnixTimestamp64Nano({p6:Int64}, 'UTC') + toIntervalSecond(5)
            AND s.role = 'server'
            AND s.pair_key != 0
        )
        AND
    cityHash64(r.pair_key, intDiv(toUnixTimestamp64Second(r.start_time), 10) - 1) NOT IN (
          SELECT cityHash64(s.pair_key, intDiv(toUnixTimestamp64Second(s.start_time - toIntervalSecond(5)), 10))
          FROM requests AS s
          WHERE s.start_time >= fromUnixTimestamp64Nano({p5:Int64}, 'UTC') - toIntervalSecond(5)
            AND s.start_time < fromUnixTimestamp64Nano({p6:Int64}, 'UTC') + toIntervalSecond(5)
            AND s.role = 'server'
            AND s.pair_key != 0
        )
        ))
    GROUP BY service_namespace_name, service_name, protocol, method, is_after, path
  ) AS p
  GROUP BY service_namespace_name, service_name, protocol, method, is_after, template
) AS e
LEFT JOIN (
  SELECT l.service_namespace_name AS service_namespace_name, l.service_name AS service_name,
    groupArray(l.place) AS places
  FROM (
    SELECT p.service_namespace_name AS service_namespace_name, p.service_name AS service_name, i,
      arrayStringConcat(arraySlice(p.parts, 1, i - 1), '/') AS place
    FROM (
      SELECT DISTINCT t.service_namespace_name AS service_namespace_name, t.service_name AS service_name, splitByChar('/', t.template) AS parts
      FROM (SELECT d.service_namespace_name AS service_namespace_name, d.service_name AS service_name, concat(arrayStringConcat(arrayMap(part -> multiIf(match(part, '^[-+]?[0-9]+([.,][0-9]+)*$'), '{number}', match(part, '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$'), '{uuid}', match(part, '^[0-9]{4}-[0-9]{2}(-[0-9]{2})?([T ][0-9:.]+(Z|[-+][0-9:]+)?)?$'), '{date}', match(part, '^[0-9a-fA-F]{0,4}(:[0-9a-fA-F]{0,4}){2,7}$'), '{address}', match(part, '^[^@]+(@|%40)[^@]+[.][A-Za-z]{2,}$'), '{email}', length(part) >= 8 AND match(part, '^[0-9a-fA-F]+$') AND match(part, '[0-9]') AND match(part, '[a-fA-F]'), '{hash}', match(part, '^[0-9A-HJKMNP-TV-Z]{26}$'), '{ulid}', length(part) >= 16 AND match(part, '^[A-Za-z0-9_=~-]+$') AND match(part, '[0-9]') AND match(part, '[A-Z]') AND match(part, '[a-z]'), '{token}', replaceRegexpAll(part, '[0-9]{4,}', '{number}')), arraySlice(splitByChar('/', d.path), 1, 13)), '/'), if(length(splitByChar('/', d.path)) > 13, '/{rest}', '')) AS template
FROM (
  SELECT DISTINCT if(r.role = 'client', r.peer_k8s_namespace_name, r.k8s_namespace_name) AS service_namespace_name, coalesce(nullIf(if(r.role = 'client', r.peer_service_name, r.service_name), ''), nullIf(r.host, ''), concat(replaceOne(toString(r.server_address), '::ffff:', ''), ':', toString(r.server_port))) AS service_name, r.path AS path
  FROM requests AS r
  WHERE r.start_time >= fromUnixTimestamp64Nano({p7:Int64}, 'UTC')
    AND r.start_time < fromUnixTimestamp64Nano({p8:Int64}, 'UTC')
) AS d) AS t
    ) AS p
    ARRAY JOIN arrayEnumerate(p.parts) AS i
    WHERE i > 1
    GROUP BY p.service_namespace_name, p.service_name, i, place
    HAVING uniqExact(p.parts[i]) > 50 OR has(groupUniqArray(p.parts[i]), '{name}')
  ) AS l
  GROUP BY l.service_namespace_name, l.service_name
) AS w ON e.service_namespace_name = w.service_namespace_name AND e.service_name = w.service_name
) AS r
GROUP BY k8s_namespace_name, service_name, protocol, method, endpoint
ORDER BY greatest(abs(ifNull(error_ratio_change, 0)), abs(log2(greatest(ifNull(duration_p99_change, 1), 0.001))) / 10) DESC, k8s_namespace_name, service_name, protocol, method, endpoint
LIMIT {p9:UInt64}
-- {"p0":"450","p1":"450","p2":"1767225150000000000","p3":"1767224700000000000","p4":"1767225600000000000","p5":"1767224700000000000","p6":"1767225600000000000","p7":"1767224700000000000","p8":"1767225600000000000","p9":"1001"}
