SELECT
  r.service_namespace_name AS k8s_namespace_name,
  r.service_name AS service_name,
  sumIf(r.request_count, 1) AS request_count,
  sumIf(r.error_count, 1) AS error_count,
  if(sumIf(r.request_count, r.minute >= fromUnixTimestamp64Nano({p3:Int64}, 'UTC')) = 0, NULL, sumIf(r.error_count, r.minute >= fromUnixTimestamp64Nano({p3:Int64}, 'UTC')) / sumIf(r.request_count, r.minute >= fromUnixTimestamp64Nano({p3:Int64}, 'UTC')) / {p2:Float64}) AS burn_rate_5m,
  if(sumIf(r.request_count, r.minute >= fromUnixTimestamp64Nano({p4:Int64}, 'UTC')) = 0, NULL, sumIf(r.error_count, r.minute >= fromUnixTimestamp64Nano({p4:Int64}, 'UTC')) / sumIf(r.request_count, r.minute >= fromUnixTimestamp64Nano({p4:Int64}, 'UTC')) / {p2:Float64}) AS burn_rate_30m,
  if(sumIf(r.request_count, r.minute >= fromUnixTimestamp64Nano({p5:Int64}, 'UTC')) = 0, NULL, sumIf(r.error_count, r.minute >= fromUnixTimestamp64Nano({p5:Int64}, 'UTC')) / sumIf(r.request_count, r.minute >= fromUnixTimestamp64Nano({p5:Int64}, 'UTC')) / {p2:Float64}) AS burn_rate_60m,
  if(sumIf(r.request_count, r.minute >= fromUnixTimestamp64Nano({p6:Int64}, 'UTC')) = 0, NULL, sumIf(r.error_count, r.minute >= fromUnixTimestamp64Nano({p6:Int64}, 'UTC')) / sumIf(r.request_count, r.minute >= fromUnixTimestamp64Nano({p6:Int64}, 'UTC')) / {p2:Float64}) AS burn_rate_360m,
  multiIf(ifNull(burn_rate_60m, 0) >= 14.4 AND ifNull(burn_rate_5m, 0) >= 14.4, 'fast', ifNull(burn_rate_360m, 0) >= 6 AND ifNull(burn_rate_30m, 0) >= 6, 'slow', 'ok') AS state
FROM service_1m AS r
WHERE r.minute >= fromUnixTimestamp64Nano({p0:Int64}, 'UTC')
  AND r.minute < fromUnixTimestamp64Nano({p1:Int64}, 'UTC')
GROUP BY k8s_namespace_name, service_name
HAVING request_count > 0
ORDER BY ifNull(burn_rate_60m, 0) DESC, request_count DESC, k8s_namespace_name, service_name
LIMIT {p7:UInt64}
-- {"p0":"1767204000000000000","p1":"1767225600000000000","p2":"0.0009999999999999432","p3":"1767225300000000000","p4":"1767223800000000000","p5":"1767222000000000000","p6":"1767204000000000000","p7":"1001"}
