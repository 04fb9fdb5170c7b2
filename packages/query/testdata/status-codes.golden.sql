SELECT
  if(r.role = 'client', r.peer_k8s_namespace_name, r.k8s_namespace_name) AS k8s_namespace_name,
  coalesce(nullIf(if(r.role = 'client', r.peer_service_name, r.service_name), ''), nullIf(r.host, ''), concat(replaceOne(toString(r.server_address), '::ffff:', ''), ':', toString(r.server_port))) AS service_name,
  r.outcome AS outcome,
  r.status_code AS status_code,
  count() AS request_count,
  count() / {p0:Float64} AS requests_per_second,
  countIf(r.outcome IN ('server_error', 'aborted', 'timed_out')) AS error_count,
  countIf(r.outcome = 'client_error') AS client_error_count,
  countIf(r.outcome IN ('server_error', 'aborted', 'timed_out')) / count() AS error_ratio,
  count(r.duration_ns) AS duration_sample_count,
  if(countIf(r.duration_ns IS NOT NULL) = 0, NULL, toUInt64(ifNull(quantileTDigest(0.5)(r.duration_ns), 0))) AS duration_p50_ns,
  if(countIf(r.duration_ns IS NOT NULL) = 0, NULL, toUInt64(ifNull(quantileTDigest(0.9)(r.duration_ns), 0))) AS duration_p90_ns,
  if(countIf(r.duration_ns IS NOT NULL) = 0, NULL, toUInt64(ifNull(quantileTDigest(0.99)(r.duration_ns), 0))) AS duration_p99_ns,
  sum(r.request_bytes) AS request_bytes,
  sum(r.response_bytes) AS response_bytes
FROM requests AS r
WHERE r.start_time >= fromUnixTimestamp64Nano({p3:Int64}, 'UTC')
  AND r.start_time < fromUnixTimestamp64Nano({p4:Int64}, 'UTC')
  AND (r.role != 'client' OR r.pair_key = 0 OR (
cityHash64(r.pair_key, intDiv(toUnixTimestamp64Second(r.start_time), 10)) NOT IN (
      SELECT cityHash64(s.pair_key, intDiv(toUnixTimestamp64Second(s.start_time - toIntervalSecond(5)), 10))
      FROM requests AS s
      WHERE s.start_time >= fromUnixTimestamp64Nano({p1:Int64}, 'UTC') - toIntervalSecond(5)
        AND s.start_time < fromUnixTimestamp64Nano({p2:Int64}, 'UTC') + toIntervalSecond(5)
        AND s.role = 'server'
        AND s.pair_key != 0
    )
    AND
cityHash64(r.pair_key, intDiv(toUnixTimestamp64Second(r.start_time), 10) - 1) NOT IN (
      SELECT cityHash64(s.pair_key, intDiv(toUnixTimestamp64Second(s.start_time - toIntervalSecond(5)), 10))
      FROM requests AS s
      WHERE s.start_time >= fromUnixTimestamp64Nano({p1:Int64}, 'UTC') - toIntervalSecond(5)
        AND s.start_time < fromUnixTimestamp64Nano({p2:Int64}, 'UTC') + toIntervalSecond(5)
        AND s.role = 'server'
        AND s.pair_key != 0
    )
    ))
GROUP BY k8s_namespace_name, service_name, outcome, status_code
ORDER BY request_count DESC, k8s_namespace_name, service_name, outcome, status_code
LIMIT {p5:UInt64}
-- {"p0":"900","p1":"1767224700000000000","p2":"1767225600000000000","p3":"1767224700000000000","p4":"1767225600000000000","p5":"1001"}
