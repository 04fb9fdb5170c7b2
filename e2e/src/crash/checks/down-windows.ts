import type { Api } from '../../harness/api.ts';
import type { Kill } from '../killer.ts';

/** One row of `loss` with the reason agent_down, milliseconds of the wall clock. */
export interface DownWindow {
  readonly startMs: number;
  readonly endMs: number;
}

export async function readDownWindows(api: Api): Promise<readonly DownWindow[]> {
  const rows = await api.rows(
    `SELECT toFloat64(toUnixTimestamp64Nano(start_time)) / 1e6 AS start_ms,
            toFloat64(toUnixTimestamp64Nano(end_time)) / 1e6 AS end_ms
     FROM loss WHERE reason = 'agent_down' ORDER BY start_time`,
  );
  return rows.map((row) => ({ startMs: Number(row['start_ms']), endMs: Number(row['end_ms']) }));
}

/**
 * Each death of the agent lies in one window, and each window holds a death. Two deaths share one where nothing
 * of the agent in between, its own window neither, had reached the disk: then it is lost from the first on.
 */
export function findWindowProblems(
  windows: readonly DownWindow[],
  kills: readonly Kill[],
): readonly string[] {
  const deaths = kills.filter((kill) => kill.victim === 'agent');
  const problems: string[] = [];
  for (const { startMs, endMs } of windows) {
    if (!deaths.some(({ atMs }) => startMs <= atMs && atMs <= endMs))
      problems.push(`no death lies in the window that ends at ${new Date(endMs).toISOString()}`);
  }
  for (const { atMs } of deaths) {
    const own = windows.filter((window) => window.startMs <= atMs && atMs <= window.endMs);
    if (own.length !== 1)
      problems.push(`the death at ${new Date(atMs).toISOString()} lies in ${own.length} windows`);
  }
  return problems;
}

/** What else was lost, for the summary: reason and events, where these are known. */
export async function readOtherLosses(api: Api): Promise<string> {
  const rows = await api.rows(
    `SELECT reason, toFloat64(sum(ifNull(events, 1))) AS lost FROM loss WHERE reason != 'agent_down'
     GROUP BY reason ORDER BY reason`,
  );
  return rows.length === 0 ? 'nothing' : rows.map((row) => `${row['reason']} ${row['lost']}`).join(', ');
}

/** How the agents lived, for the summary: a step below `bodies` sheds what is then missing outside of any window. */
export async function readGovernorSteps(api: Api): Promise<string> {
  const rows = await api.rows(
    `SELECT governor_step AS step, toUInt32(count()) AS said, max(cpu_millicores) AS cpu,
            toUInt32(max(rss_bytes) / 1048576) AS memory
     FROM agent_status GROUP BY step ORDER BY said DESC`,
  );
  return rows
    .map((row) => `${row['step']} ${row['said']} times (to ${row['cpu']} millicores, ${row['memory']} MiB)`)
    .join(', ');
}
