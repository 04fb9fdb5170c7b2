import type { StoredRun } from './store-questions.ts';

export interface RunCounts {
  readonly storedRequests: number;
  readonly loggedRequests: number;
  /** Rows beyond one for each request. */
  readonly doubled: number;
  /** Runs of which requests are missing: how many of how many. */
  readonly short: readonly string[];
}

const NONCE = /"nonce":"((?:on|stats)\d+[a-z]+)-/;

/** Lines of nginx's log of the runs whose requests are to be stored: open loop, under a whole agent. */
export async function loggedByRun(lines: AsyncIterable<string>): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for await (const line of lines) {
    const run = NONCE.exec(line)?.[1];
    if (run !== undefined) counts.set(run, (counts.get(run) ?? 0) + 1);
  }
  return counts;
}

/** A run of which more is stored than logged does not make up for another. */
export function compareRuns(
  logged: ReadonlyMap<string, number>,
  stored: ReadonlyMap<string, StoredRun>,
): RunCounts {
  const total = { storedRequests: 0, loggedRequests: 0, doubled: 0 };
  const short: string[] = [];
  for (const [run, lines] of logged) {
    const { distinct, rows } = stored.get(run) ?? { distinct: 0, rows: 0 };
    total.loggedRequests += lines;
    total.storedRequests += Math.min(lines, distinct);
    total.doubled += rows - distinct;
    if (distinct < lines) short.push(`${run} ${lines - distinct} of ${lines}`);
  }
  return { ...total, short };
}
