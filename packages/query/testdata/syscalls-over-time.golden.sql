SELECT
  toDateTime64(intDiv(toUnixTimestamp(r.interval_start), {p0:UInt32}) * {p0:UInt32}, 9, 'UTC') AS time,
  r.syscall AS series,
  sum(r.call_count) AS call_count,
  sum(r.call_count) / ((least(toUnixTimestamp64Nano(time) + {p1:Int64}, {p2:Int64}) - greatest(toUnixTimestamp64Nano(time), {p3:Int64})) / 1e9) AS calls_per_second,
  sum(r.error_count) AS error_count,
  if(sum(r.call_count) = 0, NULL, sum(r.error_count) / sum(r.call_count)) AS error_ratio,
  sum(r.total_ns) AS total_ns,
  max(r.max_ns) AS max_ns
FROM syscall_stats AS r
WHERE r.interval_start >= fromUnixTimestamp64Nano({p4:Int64}, 'UTC')
  AND r.interval_start < fromUnixTimestamp64Nano({p5:Int64}, 'UTC')
GROUP BY time, series
ORDER BY time, series
LIMIT {p6:UInt64}
-- {"p0":"15","p1":"15000000000","p2":"1767225600000000000","p3":"1767224700000000000","p4":"1767224700000000000","p5":"1767225600000000000","p6":"10001"}
