import type { SourceConfig } from '@tomte/agent';
import { userError } from '../errors.ts';
import type { CaptureTarget, TargetRule } from '../target.ts';

type LiveTarget = Extract<SourceConfig, { readonly kind: 'live' }>['target'];

/** The kernel's filter takes rules of one kind. */
export function toLiveTarget(target: CaptureTarget): LiveTarget {
  if (target.kind === 'all') return { kind: 'all' };
  const pids = target.rules.flatMap((rule) => (rule.kind === 'pid' ? [rule.pid] : []));
  const cgroups = pathsOf(target.rules, 'cgroup');
  const exes = pathsOf(target.rules, 'exe');
  const kinds = [pids, cgroups, exes].filter((list) => list.length > 0);
  if (kinds.length > 1) {
    const remedy = 'Use pid:, cgroup: or exe: for all of them, or start a second agent.';
    throw userError('TOMTE_TARGET_MIXED', '--only rules are of different kinds', remedy);
  }
  if (pids.length > 0) return { kind: 'pids', pids };
  return cgroups.length > 0 ? { kind: 'cgroups', paths: cgroups } : { kind: 'exes', paths: exes };
}

function pathsOf(rules: readonly TargetRule[], kind: 'cgroup' | 'exe'): readonly string[] {
  return rules.flatMap((rule) => (rule.kind === kind ? [rule.path] : []));
}
