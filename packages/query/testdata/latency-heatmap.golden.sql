SELECT
  toDateTime64(intDiv(toUnixTimestamp(r.start_time), {p4:UInt32}) * {p4:UInt32}, 9, 'UTC') AS time,
  toUInt64(exp2((ceil(2 * log2(greatest(assumeNotNull(r.duration_ns), 1))) - 1) / 2)) AS lower_ns,
  toUInt64(exp2(ceil(2 * log2(greatest(assumeNotNull(r.duration_ns), 1))) / 2)) AS upper_ns,
  count() AS request_count,
  countIf(r.outcome IN ('server_error', 'aborted', 'timed_out')) AS error_count
FROM requests AS r
WHERE r.start_time >= fromUnixTimestamp64Nano({p0:Int64}, 'UTC')
  AND r.start_time < fromUnixTimestamp64Nano({p1:Int64}, 'UTC')
  AND r.duration_ns IS NOT NULL
  AND (r.role != 'client' OR r.pair_key = 0 OR (
cityHash64(r.pair_key, intDiv(toUnixTimestamp64Second(r.start_time), 10)) NOT IN (
      SELECT cityHash64(s.pair_key, intDiv(toUnixTimestamp64Second(s.start_time - toIntervalSecond(5)), 10))
      FROM requests AS s
      WHERE s.start_time >= fromUnixTimestamp64Nano({p2:Int64}, 'UTC') - toIntervalSecond(5)
        AND s.start_time < fromUnixTimestamp64Nano({p3:Int64}, 'UTC') + toIntervalSecond(5)
        AND s.role = 'server'
        AND s.pair_key != 0
    )
    AND
cityHash64(r.pair_key, intDiv(toUnixTimestamp64Second(r.start_time), 10) - 1) NOT IN (
      SELECT cityHash64(s.pair_key, intDiv(toUnixTimestamp64Second(s.start_time - toIntervalSecond(5)), 10))
      FROM requests AS s
      WHERE s.start_time >= fromUnixTimestamp64Nano({p2:Int64}, 'UTC') - toIntervalSecond(5)
        AND s.start_time < fromUnixTimestamp64Nano({p3:Int64}, 'UTC') + toIntervalSecond(5)
        AND s.role = 'server'
        AND s.pair_key != 0
    )
    ))
GROUP BY time, lower_ns, upper_ns
ORDER BY time, lower_ns
LIMIT {p5:UInt64}
-- {"p0":"1767224700000000000","p1":"1767225600000000000","p2":"1767224700000000000","p3":"1767225600000000000","p4":"15","p5":"10001"}
