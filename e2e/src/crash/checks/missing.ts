import type { LoggedRequest } from '@tomte/workloads';
import type { Api } from '../../harness/api.ts';
import type { DownWindow } from './down-windows.ts';

/** Rows of one question stay far below the most that the API gives. */
const ROWS_PER_QUESTION = 20_000;
/** Of nginx's log: times in whole milliseconds, by a clock that it reads once a round of its loop. */
const LOG_CLOCK_MS = 10;

export interface LoggedSide {
  readonly role: 'server' | 'client';
  readonly lines: readonly LoggedRequest[];
}

/** `nonce@port role` → rows, of every request whose nonce was read; of a request that was seen in part the nonce may be lost. */
export async function readNonces(api: Api, expectedRows: number): Promise<ReadonlyMap<string, number>> {
  const parts = Math.ceil((expectedRows + 1) / ROWS_PER_QUESTION);
  const counts = new Map<string, number>();
  for (let part = 0; part < parts; part += 1) {
    const rows = await api.rows(
      `SELECT extract(query, '(?:^|&)n=([^&]+)') AS nonce, server_port, CAST(role, 'String') AS end, count() AS rows
       FROM requests WHERE nonce != '' AND cityHash64(query) % {parts:UInt32} = {part:UInt32}
       GROUP BY nonce, server_port, end`,
      { parts, part },
    );
    for (const row of rows)
      counts.set(`${row['nonce']}@${row['server_port']} ${row['end']}`, Number(row['rows']));
  }
  return counts;
}

type Ports = Readonly<Record<'http' | 'https', number>>;

function keyOf(line: LoggedRequest, role: string, ports: Ports): string {
  return `${line.nonce}@${ports[line.scheme]} ${role}`;
}

export interface Missing {
  /** Logged requests without a row that lie in a window: expected. */
  readonly inWindows: number;
  readonly problems: readonly string[];
}

/** Logged requests that have no row, and whether the time in which they ran touches a reported window. */
export function findMissing(
  side: LoggedSide,
  stored: ReadonlyMap<string, number>,
  of: { readonly ports: Ports; readonly windows: readonly DownWindow[] },
): Missing {
  const problems: string[] = [];
  let inWindows = 0;
  for (const line of side.lines) {
    if (stored.has(keyOf(line, side.role, of.ports))) continue;
    const endMs = (line.time ?? 0) * 1_000;
    const startMs = endMs - (line.seconds ?? 0) * 1_000;
    const isReported = of.windows.some(
      (window) => startMs - LOG_CLOCK_MS <= window.endMs && window.startMs <= endMs + LOG_CLOCK_MS,
    );
    if (isReported) inWindows += 1;
    else
      problems.push(`${line.scheme} ${line.target} ${line.nonce} ended at ${new Date(endMs).toISOString()}`);
  }
  return { inWindows, problems };
}

/** Rows that are there twice, or that no log knows. */
export function findUnexpected(
  sides: readonly LoggedSide[],
  stored: ReadonlyMap<string, number>,
  ports: Ports,
): readonly string[] {
  const known = new Set(sides.flatMap((side) => side.lines.map((line) => keyOf(line, side.role, ports))));
  const problems: string[] = [];
  for (const [key, rows] of stored) {
    if (rows > 1) problems.push(`${key}: ${rows} rows`);
    if (!known.has(key)) problems.push(`${key}: in no log`);
  }
  return problems;
}
