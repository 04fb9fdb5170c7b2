import type { SqlParams } from './sql-params.ts';
import type { TimeRange } from './time-range.ts';

/**
 * An exchange seen at both ends is two rows. The server's stands for it; the client's counts only
 * where there is none. Both ends see the first byte within moments of each other, while a key comes
 * back when the client's port is used again (a minute later, on loopback a second): so a pair must
 * also be near in time. Clocks that differ by more than the tolerance make a request count twice.
 */
const TOLERANCE_SECONDS = 5;
const BUCKET_SECONDS = 2 * TOLERANCE_SECONDS;
const TOLERANCE_NS = BigInt(TOLERANCE_SECONDS) * 1_000_000_000n;

/** Condition on a row `r` of requests that keeps one row an exchange. */
export function onceCondition(range: TimeRange, params: SqlParams): string {
  const from = params.time(range.fromNs > TOLERANCE_NS ? range.fromNs - TOLERANCE_NS : 0n);
  const to = params.time(range.toNs + TOLERANCE_NS);
  const bucket = (time: string): string => `intDiv(toUnixTimestamp64Second(${time}), ${BUCKET_SECONDS})`;
  const near = `arrayJoin([s.start_time - INTERVAL ${TOLERANCE_SECONDS} SECOND, s.start_time + INTERVAL ${TOLERANCE_SECONDS} SECOND])`;
  return [
    "(r.role != 'client' OR r.pair_key = 0",
    `    OR (r.pair_key, ${bucket('r.start_time')}) NOT IN (`,
    `      SELECT s.pair_key, ${bucket(near)}`,
    '      FROM requests AS s',
    `      WHERE s.start_time >= ${from}`,
    `        AND s.start_time < ${to}`,
    "        AND s.role = 'server'",
    '        AND s.pair_key != 0))',
  ].join('\n');
}

/** The client's row `c` of the same exchange beside each row `r`: the nearest one before, within the tolerance. */
export function clientJoin(range: TimeRange, params: SqlParams): string {
  const from = params.time(range.fromNs > TOLERANCE_NS ? range.fromNs - TOLERANCE_NS : 0n);
  const to = params.time(range.toNs + TOLERANCE_NS);
  return [
    'ASOF LEFT JOIN (',
    `  SELECT s.pair_key AS pair_key, s.service_name AS service_name, s.start_time - INTERVAL ${TOLERANCE_SECONDS} SECOND AS early`,
    '  FROM requests AS s',
    `  WHERE s.start_time >= ${from}`,
    `    AND s.start_time < ${to}`,
    "    AND s.role = 'client'",
    '    AND s.pair_key != 0',
    ') AS c ON r.pair_key = c.pair_key AND r.start_time >= c.early',
  ].join('\n');
}

/** Whether the row `c` beside `r` is of the same exchange, and not of an earlier use of the same port. */
export const isClientNear = `c.early > r.start_time - INTERVAL ${BUCKET_SECONDS} SECOND`;
