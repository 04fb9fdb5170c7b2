import { countsOnce, pairToleranceSeconds } from '@tomte/model';
import type { SqlParams } from './sql-params.ts';
import type { TimeRange } from './time-range.ts';

const TOLERANCE_NS = BigInt(pairToleranceSeconds) * 1_000_000_000n;

/** Condition on a row `r` of requests that keeps one row an exchange. */
export function onceCondition(range: TimeRange, params: SqlParams): string {
  const from = range.fromNs > TOLERANCE_NS ? range.fromNs : TOLERANCE_NS; // A DateTime64 does not go below 0.
  return countsOnce(params.time(from), params.time(range.toNs));
}

/** The client's row `c` of the same exchange beside each row `r`: the nearest one before, within the tolerance. */
export function clientJoin(range: TimeRange, params: SqlParams): string {
  const from = params.time(range.fromNs > TOLERANCE_NS ? range.fromNs - TOLERANCE_NS : 0n);
  const to = params.time(range.toNs + TOLERANCE_NS);
  return [
    'ASOF LEFT JOIN (',
    `  SELECT s.pair_key AS pair_key, s.service_name AS service_name, s.start_time - INTERVAL ${pairToleranceSeconds} SECOND AS early`,
    '  FROM requests AS s',
    `  WHERE s.start_time >= ${from}`,
    `    AND s.start_time < ${to}`,
    "    AND s.role = 'client'",
    '    AND s.pair_key != 0',
    ') AS c ON r.pair_key = c.pair_key AND r.start_time >= c.early',
  ].join('\n');
}

/** Whether the row `c` beside `r` is of the same exchange, and not of an earlier use of the same port. */
export const isClientNear = `c.early > r.start_time - INTERVAL ${2 * pairToleranceSeconds} SECOND`;
