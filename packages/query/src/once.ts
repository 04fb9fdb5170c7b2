import { clientJoin, countsOnce, pairToleranceSeconds } from '@tomte/model';
import type { SqlParams } from './sql-params.ts';
import type { TimeRange } from './time-range.ts';

const TOLERANCE_NS = BigInt(pairToleranceSeconds) * 1_000_000_000n;

/** Condition on a row `r` of requests that keeps one row an exchange. */
export function onceCondition(range: TimeRange, params: SqlParams): string {
  const from = range.fromNs > TOLERANCE_NS ? range.fromNs : TOLERANCE_NS; // A DateTime64 does not go below 0.
  return countsOnce(params.time(from), params.time(range.toNs));
}

/** The client's row `c` of the same exchange beside each row `r`. */
export function clientBeside(range: TimeRange, params: SqlParams, columns: readonly string[] = []): string {
  const from = range.fromNs > TOLERANCE_NS ? range.fromNs : TOLERANCE_NS;
  return clientJoin(params.time(from), params.time(range.toNs), { columns });
}
