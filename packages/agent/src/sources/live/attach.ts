import { AppError } from '@tomte/kit';
import type { BpfObject } from '@tomte/bpf-host';
import type { ProbeEvent } from '../source.ts';
import { liveError } from './errors.ts';
import type { KernelObjects } from './kernel-objects.ts';

export interface AttachHooks {
  report(probe: Omit<ProbeEvent, 'atNs'>): void;
  /** Forks and execs are followed from here on: time to look at what runs already. */
  afterProcesses(): void;
}

/** Attaches every program; one whose hook this kernel lacks is reported and left out. */
function attachObject(object: BpfObject, report: AttachHooks['report']): number {
  let attached = 0;
  for (const program of object.programs) {
    // Others are called, not attached.
    if (!program.section.startsWith('tp_btf/')) continue;
    const probe = { probe: program.name, target: 'kernel', method: program.section } as const;
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
    attachObject(objects.connections, hooks.report) + attachObject(objects.callReturns, hooks.report);
  if (attached === 0) return Promise.reject(liveError('LIVE_NOTHING_ATTACHED', 'no probe could be attached'));
  return Promise.resolve();
}
