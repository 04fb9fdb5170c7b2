import { existsSync } from 'node:fs';
import { AppError } from '@tomte/kit';
import type { BpfObject, BpfProgram } from '@tomte/bpf-host';
import type { ProbeEvent } from '../source.ts';
import { liveError } from './errors.ts';
import type { KernelObjects } from './kernel-objects.ts';

const TRACEFS = '/sys/kernel/tracing/events';

export interface AttachHooks {
  report(probe: Omit<ProbeEvent, 'atNs'>): void;
  /** Forks and execs are followed from here on: time to look at what runs already. */
  afterProcesses(): void;
}

/** `tp/syscalls/sys_exit_read` → method and name of the hook; undefined for programs that are called, not attached. */
function hookOf(program: BpfProgram): { method: string; hook: string; isThere: boolean } | undefined {
  const [kind, ...rest] = program.section.split('/');
  const hook = rest.join('/');
  if (kind === 'tp') return { method: 'tracepoint', hook, isThere: existsSync(`${TRACEFS}/${hook}`) };
  if (kind === 'tp_btf') return { method: 'tp_btf', hook, isThere: true };
  return undefined;
}

/** Attaches every program whose hook this kernel has; one that fails is reported and left out. */
function attachObject(object: BpfObject, report: AttachHooks['report']): number {
  let attached = 0;
  for (const program of object.programs) {
    const found = hookOf(program);
    if (found === undefined) continue;
    const { method, hook, isThere } = found;
    const probe = { probe: hook.split('/').at(-1) ?? hook, target: 'kernel', method } as const;
    if (!isThere) {
      report({ ...probe, state: 'absent', detail: `${TRACEFS}/${hook} does not exist` });
      continue;
    }
    try {
      object.attach(program.name);
      attached += 1;
      report({ ...probe, state: 'attached', detail: '' });
    } catch (error) {
      report({ ...probe, state: 'failed', detail: AppError.from(error, 'BPF_ATTACH_FAILED').message });
    }
  }
  return attached;
}

/** Who is followed first, then what they do: no child of a target slips through. */
export function attachAll(objects: KernelObjects, hooks: AttachHooks): Promise<void> {
  attachObject(objects.processes, hooks.report);
  hooks.afterProcesses();
  if (objects.syscalls !== undefined) attachObject(objects.syscalls, hooks.report);
  const attached =
    attachObject(objects.connections, hooks.report) + attachObject(objects.socketData, hooks.report);
  if (attached === 0) return Promise.reject(liveError('LIVE_NOTHING_ATTACHED', 'no probe could be attached'));
  return Promise.resolve();
}
