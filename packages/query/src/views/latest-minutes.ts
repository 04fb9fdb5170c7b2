import type { SqlParams } from '../sql-params.ts';
import type { TimeRange } from '../time-range.ts';

/**
 * Conditions on rows `r` of a rollup's table of versions: minutes of the range, and of each those of its highest version.
 * The view over the table would look for that in all of its minutes.
 */
export function latestMinutes(table: string, range: TimeRange, params: SqlParams): readonly string[] {
  const [from, to] = [params.time(range.fromNs), params.time(range.toNs)];
  return [
    `r.minute >= ${from}`,
    `r.minute < ${to}`,
    '(r.minute, r.version) IN (\n' +
      `    SELECT v.minute, max(v.version) FROM ${table} AS v\n` +
      `    WHERE v.minute >= ${from} AND v.minute < ${to} GROUP BY v.minute)`,
  ];
}
