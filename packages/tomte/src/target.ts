import { userError } from './errors.ts';

/** What is captured: all of the machine, or what the rules name, with the children of its processes. */
export type CaptureTarget =
  { readonly kind: 'all' } | { readonly kind: 'only'; readonly rules: readonly TargetRule[] };

export type TargetRule =
  | { readonly kind: 'pid'; readonly pid: number }
  | { readonly kind: 'cgroup'; readonly path: string }
  | { readonly kind: 'exe'; readonly path: string };

export interface TargetOptions {
  readonly only?: readonly string[];
  readonly all?: boolean;
}

const MAX_PID = 4_194_304; // PID_MAX_LIMIT of include/linux/threads.h

/** Undefined when the user said nothing: then a terminal is asked, and a script refused. */
export function parseTarget({ only = [], all = false }: TargetOptions): CaptureTarget | undefined {
  if (all && only.length > 0) {
    throw userError('TOMTE_TARGET_CONFLICT', '--all and --only exclude one another', 'Give one of them.');
  }
  if (all) return { kind: 'all' };
  return only.length === 0 ? undefined : { kind: 'only', rules: only.map(parseRule) };
}

function parseRule(text: string): TargetRule {
  const colon = text.indexOf(':');
  const kind = text.slice(0, colon);
  const value = text.slice(colon + 1);
  if (kind === 'pid' && /^\d{1,7}$/.test(value) && Number(value) >= 1 && Number(value) <= MAX_PID) {
    return { kind, pid: Number(value) };
  }
  if ((kind === 'cgroup' || kind === 'exe') && value.startsWith('/')) return { kind, path: value };
  const facts = `${JSON.stringify(text)} names nothing that can be captured`;
  throw userError('TOMTE_TARGET_INVALID', facts, 'Write pid:NUMBER, cgroup:/PATH or exe:/PATH.');
}

/** The same rules as text, for the command line of a child. */
export function targetArguments(target: CaptureTarget): readonly string[] {
  if (target.kind === 'all') return ['--all'];
  return target.rules.flatMap((rule) => [
    '--only',
    rule.kind === 'pid' ? `pid:${rule.pid}` : `${rule.kind}:${rule.path}`,
  ]);
}

export function targetMissing(): Error {
  const remedy =
    'Give --only pid:N, --only cgroup:PATH or --only exe:PATH (repeatable), or --all for the whole machine.';
  return userError(
    'TOMTE_TARGET_MISSING',
    'nothing says what to capture, and there is no terminal to ask',
    remedy,
  );
}
