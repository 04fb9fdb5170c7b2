import { existsSync, statSync } from 'node:fs';
import { userError } from './errors.ts';
import type { CaptureTarget, TargetRule } from './target.ts';

/** Throws when what is to be captured is not there: a slip of the finger would capture nothing for ever. */
export function requireRunning(target: CaptureTarget): void {
  if (target.kind === 'all') return;
  for (const rule of target.rules) requireOne(rule);
}

function requireOne(rule: TargetRule): void {
  if (rule.kind === 'pid') {
    if (existsSync(`/proc/${rule.pid}`)) return;
    const remedy = 'Look for it with ps, or name its program with --only exe:/PATH.';
    throw userError('TOMTE_PID_NOT_RUNNING', `no process ${rule.pid} runs here`, remedy);
  }
  const found = statSync(rule.path, { throwIfNoEntry: false });
  if (rule.kind === 'exe' ? found?.isFile() : found?.isDirectory()) return;
  const wanted = rule.kind === 'exe' ? 'executable' : 'folder of a cgroup';
  const remedy =
    rule.kind === 'exe'
      ? 'Name the file itself, as `readlink /proc/PID/exe` shows it.'
      : 'Name it with its mount, as /sys/fs/cgroup/system.slice/nginx.service.';
  throw userError('TOMTE_TARGET_NOT_FOUND', `there is no ${wanted} ${rule.path}`, remedy);
}
