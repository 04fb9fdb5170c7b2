import { existsSync } from 'node:fs';
import { userError } from './errors.ts';
import type { CaptureTarget } from './target.ts';

/** Throws when a process that is to be captured does not run: a slip of the finger would capture nothing for ever. */
export function requireRunning(target: CaptureTarget): void {
  if (target.kind === 'all') return;
  for (const rule of target.rules) {
    if (rule.kind !== 'pid' || existsSync(`/proc/${rule.pid}`)) continue;
    const remedy = 'Look for it with ps, or name its program with --only exe:/PATH.';
    throw userError('TOMTE_PID_NOT_RUNNING', `no process ${rule.pid} runs here`, remedy);
  }
}
