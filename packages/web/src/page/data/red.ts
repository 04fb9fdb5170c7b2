import { askedNamespace, askedService, countsOnce } from '@tomte/model';
import type { SqlQuestion } from '../api/client.ts';
import type { Range } from '../state/range.tsx';
import { stepSeconds, toSeconds } from '../state/time.ts';
import { SqlValues } from './where.ts';

const ERRORS = "r.outcome IN ('server_error', 'aborted', 'timed_out')";
const SPARK_POINTS = 40;

/** Requests by service over time, for the little curves of a list. */
export function ratesByService(range: Range): {
  readonly question: SqlQuestion;
  readonly stepSeconds: number;
} {
  const values = new SqlValues();
  const step = stepSeconds(range, SPARK_POINTS);
  const seconds = values.add(step, 'UInt32');
  const [from, to] = [
    values.add(toSeconds(range.fromMs), 'DateTime64(9)'),
    values.add(toSeconds(range.toMs), 'DateTime64(9)'),
  ];
  const sql = `SELECT ${askedNamespace} AS namespace, ${askedService} AS service, toString(r.protocol) AS protocol,
  toUInt32(intDiv(toUnixTimestamp(r.start_time), ${seconds}) * ${seconds}) AS t, count() AS n, countIf(${ERRORS}) AS errors
FROM requests AS r
WHERE r.start_time >= ${from} AND r.start_time < ${to} AND ${countsOnce(from, to)}
GROUP BY namespace, service, protocol, t ORDER BY t`;
  return {
    question: { sql, params: values.values, from: range.from, to: range.to, limit: 100_000 },
    stepSeconds: step,
  };
}

/** The oldest and the newest request that is stored: where to look when there is nothing here. */
export const storedSpan: SqlQuestion = {
  sql: 'SELECT count() AS n, min(start_time) AS first, max(start_time) AS last FROM requests',
};

/** A chart's points: seconds since the Unix epoch, all steps of the range, also those without a row. */
export function stepsOf({ fromMs, toMs }: Range, step: number): readonly number[] {
  const first = Math.floor(fromMs / 1_000 / step) * step;
  const count = Math.max(1, Math.ceil((toMs / 1_000 - first) / step));
  return Array.from({ length: count }, (_, index) => first + index * step);
}
