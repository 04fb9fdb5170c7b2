import type { SourceConfig } from '@tomte/agent';
import type { CaptureTarget, TargetRule } from '../target.ts';

type LiveTarget = Extract<SourceConfig, { readonly kind: 'live' }>['target'];

/** The rules of each kind together: a process that any of them names is captured. */
export function toLiveTarget(target: CaptureTarget): LiveTarget {
  if (target.kind === 'all') return { kind: 'all' };
  return {
    kind: 'only',
    pids: target.rules.flatMap((rule) => (rule.kind === 'pid' ? [rule.pid] : [])),
    cgroups: pathsOf(target.rules, 'cgroup'),
    exes: pathsOf(target.rules, 'exe'),
  };
}

function pathsOf(rules: readonly TargetRule[], kind: 'cgroup' | 'exe'): readonly string[] {
  return rules.flatMap((rule) => (rule.kind === kind ? [rule.path] : []));
}
