SELECT
  r.trace_id AS trace_id,
  min(r.start_time) AS start_time,
  if(count(r.duration_ns) = 0, NULL, toUInt64(max(toUnixTimestamp64Nano(r.start_time) + ifNull(r.duration_ns, 0)) - toUnixTimestamp64Nano(min(r.start_time)))) AS duration_ns,
  count() AS request_count,
  countIf(r.outcome IN ('server_error', 'aborted', 'timed_out')) AS error_count,
  arraySort(groupUniqArray(50)(r.service_name)) AS services,
  argMin(r.service_name, r.start_time) AS first_service_name,
  argMin(r.path, r.start_time) AS first_path
FROM requests AS r
WHERE r.start_time >= fromUnixTimestamp64Nano({p2:Int64}, 'UTC')
  AND r.start_time < fromUnixTimestamp64Nano({p3:Int64}, 'UTC')
  AND r.trace_id != ''
  AND (r.role != 'client' OR r.pair_key = 0 OR (
cityHash64(r.pair_key, intDiv(toUnixTimestamp64Second(r.start_time), 10)) NOT IN (
      SELECT cityHash64(s.pair_key, intDiv(toUnixTimestamp64Second(s.start_time - toIntervalSecond(5)), 10))
      FROM requests AS s
      WHERE s.start_time >= fromUnixTimestamp64Nano({p0:Int64}, 'UTC') - toIntervalSecond(5)
        AND s.start_time < fromUnixTimestamp64Nano({p1:Int64}, 'UTC') + toIntervalSecond(5)
        AND s.role = 'server'
        AND s.pair_key != 0
    )
    AND
cityHash64(r.pair_key, intDiv(toUnixTimestamp64Second(r.start_time), 10) - 1) NOT IN (
      SELECT cityHash64(s.pair_key, intDiv(toUnixTimestamp64Second(s.start_time - toIntervalSecond(5)), 10))
      FROM requests AS s
      WHERE s.start_time >= fromUnixTimestamp64Nano({p0:Int64}, 'UTC') - toIntervalSecond(5)
        AND s.start_time < fromUnixTimestamp64Nano({p1:Int64}, 'UTC') + toIntervalSecond(5)
        AND s.role = 'server'
        AND s.pair_key != 0
    )
    ))
GROUP BY trace_id
ORDER BY start_time DESC, trace_id
LIMIT {p4:UInt64}
-- {"p0":"1767224700000000000","p1":"1767225600000000000","p2":"1767224700000000000","p3":"1767225600000000000","p4":"101"}
