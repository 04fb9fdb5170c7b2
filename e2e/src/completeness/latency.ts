import type { LoggedRequest } from '@tomte/workloads';
import { keyOf } from './compare.ts';
import type { StoredRow } from './stored-rows.ts';

/** nginx's own resolution is 1 ms, and its clock stands still while it works off one round of events. */
const TOLERANCE_MS = 2;
const TOLERANCE_RATIO = 0.1;

export interface LatencyComparison {
  readonly compared: number;
  readonly outliers: readonly string[];
}

/** Durations of nginx's side against `$request_time`. */
export function compareLatencies(
  logged: readonly (LoggedRequest & { readonly serverPort: number })[],
  rows: readonly StoredRow[],
): LatencyComparison {
  const byKey = new Map(rows.map((row) => [keyOf(row), row]));
  const outliers: string[] = [];
  let compared = 0;
  for (const line of logged) {
    const row = byKey.get(keyOf(line));
    if (row === undefined) continue; // The comparison of rows has told of it.
    compared += 1;
    const nginxMs = (line.seconds ?? Number.NaN) * 1_000;
    const ourMs = (row.durationNs ?? Number.NaN) / 1e6;
    const isClose = Math.abs(ourMs - nginxMs) <= Math.max(TOLERANCE_MS, nginxMs * TOLERANCE_RATIO);
    if (!isClose) outliers.push(`${line.method} ${line.target}: ${ourMs.toFixed(3)} ms, nginx ${nginxMs} ms`);
  }
  return { compared, outliers };
}
