SELECT
  lower(concat(hex(toUnixTimestamp64Nano(r.start_time)), '-', hex(r.spool_id), '-', hex(r.connection_id), '-', hex(r.exchange_index), '-', toString(CAST(r.role, 'Int8')))) AS id,
  r.start_time AS start_time,
  r.service_name AS service_name,
  r.peer_service_name AS peer_service_name,
  r.method AS method,
  r.host AS host,
  r.path AS path,
  r.status_code AS status_code,
  r.outcome AS outcome,
  r.duration_ns AS duration_ns,
  r.request_bytes AS request_bytes,
  r.response_bytes AS response_bytes,
  r.request_bytes + r.response_bytes AS total_bytes
FROM requests AS r
WHERE r.start_time >= fromUnixTimestamp64Nano({p0:Int64}, 'UTC')
  AND r.start_time < fromUnixTimestamp64Nano({p1:Int64}, 'UTC')
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
ORDER BY total_bytes DESC, start_time DESC
LIMIT {p4:UInt64}
-- {"p0":"1767224700000000000","p1":"1767225600000000000","p2":"1767224700000000000","p3":"1767225600000000000","p4":"101"}
