SELECT
  lower(concat(hex(toUnixTimestamp64Nano(r.start_time)), '-', hex(r.spool_id), '-', hex(r.connection_id), '-', hex(r.exchange_index), '-', toString(CAST(r.role, 'Int8')))) AS id,
  if(r.role = 'client', r.peer_k8s_namespace_name, r.k8s_namespace_name) AS k8s_namespace_name,
  coalesce(nullIf(if(r.role = 'client', r.peer_service_name, r.service_name), ''), nullIf(r.host, ''), concat(replaceOne(toString(r.server_address), '::ffff:', ''), ':', toString(r.server_port))) AS service_name,
  r.start_time AS start_time,
  r.role AS role,
  r.method AS method,
  r.path AS path,
  r.status_code AS status_code,
  r.outcome AS outcome,
  r.duration_ns AS duration_ns,
  concat(arrayStringConcat(arrayMap(part -> multiIf(match(part, '^[-+]?[0-9]+([.,][0-9]+)*$'), '{number}', match(part, '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$'), '{uuid}', match(part, '^[0-9]{4}-[0-9]{2}(-[0-9]{2})?([T ][0-9:.]+(Z|[-+][0-9:]+)?)?$'), '{date}', match(part, '^[0-9a-fA-F]{0,4}(:[0-9a-fA-F]{0,4}){2,7}$'), '{address}', match(part, '^[^@]+(@|%40)[^@]+[.][A-Za-z]{2,}$'), '{email}', length(part) >= 8 AND match(part, '^[0-9a-fA-F]+$') AND match(part, '[0-9]') AND match(part, '[a-fA-F]'), '{hash}', match(part, '^[0-9A-HJKMNP-TV-Z]{26}$'), '{ulid}', length(part) >= 16 AND match(part, '^[A-Za-z0-9_=~-]+$') AND match(part, '[0-9]') AND match(part, '[A-Z]') AND match(part, '[a-z]'), '{token}', replaceRegexpAll(part, '[0-9]{4,}', '{number}')), arraySlice(splitByChar('/', r.path), 1, 13)), '/'), if(length(splitByChar('/', r.path)) > 13, '/{rest}', '')) AS endpoint,
  toUInt64(u.total) AS usual_ns,
  toUInt64(u.p99) AS usual_p99_ns,
  r.duration_ns / greatest(u.total, 1) AS times_usual,
  u.sample_count AS usual_sample_count,
  multiIf(isNull(if(r.duration_ns IS NULL OR r.request_transfer_ns IS NULL OR r.time_to_first_byte_ns IS NULL, NULL, greatest(toInt64(r.duration_ns) - toInt64(r.request_transfer_ns) - toInt64(r.time_to_first_byte_ns), 0))), '', ifNull(r.time_to_first_byte_ns - u.waiting, 0) >= greatest(ifNull(r.request_transfer_ns - u.receiving, 0), ifNull(if(r.duration_ns IS NULL OR r.request_transfer_ns IS NULL OR r.time_to_first_byte_ns IS NULL, NULL, greatest(toInt64(r.duration_ns) - toInt64(r.request_transfer_ns) - toInt64(r.time_to_first_byte_ns), 0)) - u.sending, 0)), 'waiting', ifNull(r.request_transfer_ns - u.receiving, 0) >= ifNull(if(r.duration_ns IS NULL OR r.request_transfer_ns IS NULL OR r.time_to_first_byte_ns IS NULL, NULL, greatest(toInt64(r.duration_ns) - toInt64(r.request_transfer_ns) - toInt64(r.time_to_first_byte_ns), 0)) - u.sending, 0), 'receiving', 'sending') AS slowest_part,
  r.request_transfer_ns AS receiving_ns,
  toUInt64OrNull(toString(round(u.receiving))) AS usual_receiving_ns,
  r.time_to_first_byte_ns AS waiting_ns,
  toUInt64OrNull(toString(round(u.waiting))) AS usual_waiting_ns,
  if(r.duration_ns IS NULL OR r.request_transfer_ns IS NULL OR r.time_to_first_byte_ns IS NULL, NULL, greatest(toInt64(r.duration_ns) - toInt64(r.request_transfer_ns) - toInt64(r.time_to_first_byte_ns), 0)) AS sending_ns,
  toUInt64OrNull(toString(round(u.sending))) AS usual_sending_ns
FROM requests AS r
INNER JOIN (
  SELECT if(r.role = 'client', r.peer_k8s_namespace_name, r.k8s_namespace_name) AS namespace, coalesce(nullIf(if(r.role = 'client', r.peer_service_name, r.service_name), ''), nullIf(r.host, ''), concat(replaceOne(toString(r.server_address), '::ffff:', ''), ':', toString(r.server_port))) AS service, r.role AS end, r.method AS method,
    concat(arrayStringConcat(arrayMap(part -> multiIf(match(part, '^[-+]?[0-9]+([.,][0-9]+)*$'), '{number}', match(part, '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$'), '{uuid}', match(part, '^[0-9]{4}-[0-9]{2}(-[0-9]{2})?([T ][0-9:.]+(Z|[-+][0-9:]+)?)?$'), '{date}', match(part, '^[0-9a-fA-F]{0,4}(:[0-9a-fA-F]{0,4}){2,7}$'), '{address}', match(part, '^[^@]+(@|%40)[^@]+[.][A-Za-z]{2,}$'), '{email}', length(part) >= 8 AND match(part, '^[0-9a-fA-F]+$') AND match(part, '[0-9]') AND match(part, '[a-fA-F]'), '{hash}', match(part, '^[0-9A-HJKMNP-TV-Z]{26}$'), '{ulid}', length(part) >= 16 AND match(part, '^[A-Za-z0-9_=~-]+$') AND match(part, '[0-9]') AND match(part, '[A-Z]') AND match(part, '[a-z]'), '{token}', replaceRegexpAll(part, '[0-9]{4,}', '{number}')), arraySlice(splitByChar('/', r.path), 1, 13)), '/'), if(length(splitByChar('/', r.path)) > 13, '/{rest}', '')) AS template, count() AS sample_count,
    quantileTDigest(0.5)(assumeNotNull(r.duration_ns)) AS total, quantileTDigest(0.99)(assumeNotNull(r.duration_ns)) AS p99,
    quantileTDigestOrNull(0.5)(r.request_transfer_ns) AS receiving, quantileTDigestOrNull(0.5)(r.time_to_first_byte_ns) AS waiting, quantileTDigestOrNull(0.5)(if(r.duration_ns IS NULL OR r.request_transfer_ns IS NULL OR r.time_to_first_byte_ns IS NULL, NULL, greatest(toInt64(r.duration_ns) - toInt64(r.request_transfer_ns) - toInt64(r.time_to_first_byte_ns), 0))) AS sending
  FROM requests AS r
  WHERE r.start_time >= fromUnixTimestamp64Nano({p5:Int64}, 'UTC')
    AND r.start_time < fromUnixTimestamp64Nano({p6:Int64}, 'UTC')
    AND r.duration_ns IS NOT NULL
  GROUP BY namespace, service, end, method, template
) AS u ON u.namespace = if(r.role = 'client', r.peer_k8s_namespace_name, r.k8s_namespace_name) AND u.service = coalesce(nullIf(if(r.role = 'client', r.peer_service_name, r.service_name), ''), nullIf(r.host, ''), concat(replaceOne(toString(r.server_address), '::ffff:', ''), ':', toString(r.server_port))) AND u.end = r.role
  AND u.method = r.method AND u.template = concat(arrayStringConcat(arrayMap(part -> multiIf(match(part, '^[-+]?[0-9]+([.,][0-9]+)*$'), '{number}', match(part, '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$'), '{uuid}', match(part, '^[0-9]{4}-[0-9]{2}(-[0-9]{2})?([T ][0-9:.]+(Z|[-+][0-9:]+)?)?$'), '{date}', match(part, '^[0-9a-fA-F]{0,4}(:[0-9a-fA-F]{0,4}){2,7}$'), '{address}', match(part, '^[^@]+(@|%40)[^@]+[.][A-Za-z]{2,}$'), '{email}', length(part) >= 8 AND match(part, '^[0-9a-fA-F]+$') AND match(part, '[0-9]') AND match(part, '[a-fA-F]'), '{hash}', match(part, '^[0-9A-HJKMNP-TV-Z]{26}$'), '{ulid}', length(part) >= 16 AND match(part, '^[A-Za-z0-9_=~-]+$') AND match(part, '[0-9]') AND match(part, '[A-Z]') AND match(part, '[a-z]'), '{token}', replaceRegexpAll(part, '[0-9]{4,}', '{number}')), arraySlice(splitByChar('/', r.path), 1, 13)), '/'), if(length(splitByChar('/', r.path)) > 13, '/{rest}', ''))
WHERE r.start_time >= fromUnixTimestamp64Nano({p0:Int64}, 'UTC')
  AND r.start_time < fromUnixTimestamp64Nano({p1:Int64}, 'UTC')
  AND r.duration_ns IS NOT NULL
  AND u.sample_count >= 10
  AND r.duration_ns >= {p2:UInt64} * u.total
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
ORDER BY times_usual DESC, start_time DESC
LIMIT {p7:UInt64}
-- {"p0":"1767224700000000000","p1":"1767225600000000000","p2":"3","p3":"1767224700000000000","p4":"1767225600000000000","p5":"1767221100000000000","p6":"1767225600000000000","p7":"101"}
