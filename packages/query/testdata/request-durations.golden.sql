SELECT
  if(arrayFirstIndex(bound -> assumeNotNull(r.duration_ns) <= bound, [5000000, 10000000, 25000000, 50000000, 75000000, 100000000, 250000000, 500000000, 750000000, 1000000000, 2500000000, 5000000000, 7500000000, 10000000000]) = 1, 0, [5000000, 10000000, 25000000, 50000000, 75000000, 100000000, 250000000, 500000000, 750000000, 1000000000, 2500000000, 5000000000, 7500000000, 10000000000][arrayFirstIndex(bound -> assumeNotNull(r.duration_ns) <= bound, [5000000, 10000000, 25000000, 50000000, 75000000, 100000000, 250000000, 500000000, 750000000, 1000000000, 2500000000, 5000000000, 7500000000, 10000000000]) - 1]) AS lower_ns,
  if(arrayFirstIndex(bound -> assumeNotNull(r.duration_ns) <= bound, [5000000, 10000000, 25000000, 50000000, 75000000, 100000000, 250000000, 500000000, 750000000, 1000000000, 2500000000, 5000000000, 7500000000, 10000000000]) = 0, NULL, [5000000, 10000000, 25000000, 50000000, 75000000, 100000000, 250000000, 500000000, 750000000, 1000000000, 2500000000, 5000000000, 7500000000, 10000000000][arrayFirstIndex(bound -> assumeNotNull(r.duration_ns) <= bound, [5000000, 10000000, 25000000, 50000000, 75000000, 100000000, 250000000, 500000000, 750000000, 1000000000, 2500000000, 5000000000, 7500000000, 10000000000])]) AS upper_ns,
  count() AS request_count
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
GROUP BY lower_ns, upper_ns
ORDER BY lower_ns
LIMIT {p4:UInt64}
-- {"p0":"1767224700000000000","p1":"1767225600000000000","p2":"1767224700000000000","p3":"1767225600000000000","p4":"101"}
