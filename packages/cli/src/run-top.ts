import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@tomte/kit';
import { parseDurationNs } from '@tomte/query';
import type { Io } from './io.ts';
import { runView } from './run-view.ts';
import { topViews } from './top-views.ts';
import type { ApiOptionValues, RangeOptionValues } from './verb-options.ts';

export interface TopOptionValues extends ApiOptionValues, RangeOptionValues {
  readonly by?: string;
  readonly every?: string;
}

const CLEAR = '\x1b[H\x1b[2J';
const LINES_AROUND = 4;

/** The busiest, again and again on a terminal; once where it is no terminal. */
export async function runTop(values: TopOptionValues, io: Io): Promise<number> {
  const name = Object.entries(topViews).find(([by]) => by === values.by)?.[1] ?? topViews.service; // Commander knows no other.
  const everyMs = everyOf(values.every ?? '2s');
  const rows = io.heightRows === undefined ? '20' : String(Math.max(1, io.heightRows - LINES_AROUND));
  const asked = { since: '1m', limit: rows, ...values };
  if (io.heightRows === undefined || values.json === true) return runView(name, asked, io);
  while (!io.signal.aborted) {
    if (!(await io.out(CLEAR))) return 0;
    await runView(name, asked, io).catch((thrown: unknown) => {
      if (!io.signal.aborted) throw thrown; // Ctrl-C is its normal end.
    });
    await delay(everyMs, undefined, { signal: io.signal }).catch(() => undefined);
  }
  return 0;
}

function everyOf(text: string): number {
  const ms = Number((parseDurationNs(text) ?? 0n) / 1_000_000n);
  if (ms >= 200 && ms <= 3_600_000) return ms;
  throw new AppError('CLI_EVERY_INVALID', `--every ${JSON.stringify(text)} is no length of time`, {
    family: 'user',
    remedy: 'Write one from 200ms to 1h, such as 2s.',
  });
}
