import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { BpfObject, kernelKnows, pidNamespace, possibleCpus } from '@tomte/bpf-host';
import type { ResolvedLiveOptions, UprobeMethod } from './options.ts';
import { prepareTlsObject } from './tls/tls-library.ts';

/** Our objects, loaded and sharing their maps, with nothing attached yet. */
export interface KernelObjects {
  readonly connections: BpfObject;
  readonly processes: BpfObject;
  readonly callReturns: BpfObject;
  /** undefined when switched off, or with a reason in `failures`. */
  readonly tls: { readonly object: BpfObject; readonly method: UprobeMethod } | undefined;
  readonly syscalls: BpfObject | undefined;
  /** Parts that this kernel refused, without which the rest works. */
  readonly failures: readonly { readonly part: string; readonly error: unknown }[];
  readonly all: readonly BpfObject[];
  close(): void;
}

export interface PolicyCounts {
  readonly isTargetSelected: boolean;
  readonly targetCgroups: number;
  readonly excludedCgroups: number;
}

const architectures: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'arm64' };

/** Where `make -C bpf` puts the objects of this machine. */
function defaultObjectFolder(): string {
  const architecture = architectures[process.arch] ?? process.arch;
  return fileURLToPath(new URL(`../../../../../bpf/build/${architecture}/`, import.meta.url));
}

function nextPowerOfTwo(value: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, value)));
}

/**
 * First connection id of a run: the boot's clock in units of 8 ns. A run gives away ids more slowly than
 * this clock ticks (125 million a second), so no two runs of one boot share any; below 2^53 for 800 days.
 */
function connectionIdSeed(monotonicNs: bigint): bigint {
  return monotonicNs >> 3n;
}

function constantsOf(options: ResolvedLiveOptions, counts: PolicyCounts): Record<string, number | bigint> {
  return {
    agent_pid_namespace: pidNamespace(),
    is_target_selected: counts.isTargetSelected ? 1 : 0,
    target_cgroup_count: counts.targetCgroups,
    excluded_cgroup_count: counts.excludedCgroups,
    capture_limit_bytes: options.captureLimitBytes,
    connection_id_seed: connectionIdSeed(process.hrtime.bigint()),
    processor_slots: nextPowerOfTwo(possibleCpus()),
  };
}

export function loadKernelObjects(options: ResolvedLiveOptions, counts: PolicyCounts): KernelObjects {
  const all: BpfObject[] = [];
  const failures: KernelObjects['failures'][number][] = [];
  const close = (): void => {
    for (const object of all) object.close();
  };
  const load = objectLoader(options, counts, all);
  /** A part without which the rest works. */
  const tryLoad = (part: string, prepare?: (object: BpfObject) => void): BpfObject | undefined => {
    try {
      return load(part, prepare);
    } catch (error) {
      failures.push({ part, error });
      return undefined;
    }
  };
  try {
    const processes = load('processes');
    const connections = load('connections');
    const callReturns = load('call_returns');
    const method = options.uprobeMethod ?? bestUprobeMethod();
    const tlsObject = options.tls ? tryLoad('tls', (object) => prepareTlsObject(object, method)) : undefined;
    const tls = tlsObject === undefined ? undefined : { object: tlsObject, method };
    const syscalls = options.syscallStats ? tryLoad('syscalls') : undefined;
    return { processes, connections, callReturns, tls, syscalls, failures, all, close };
  } catch (error) {
    close();
    throw error;
  }
}

function bestUprobeMethod(): UprobeMethod {
  return kernelKnows('BPF_TRACE_UPROBE_MULTI') ? 'uprobe_multi' : 'uprobe';
}

type Loader = (name: string, prepare?: (object: BpfObject) => void) => BpfObject;

/** Loads one object after another; each shares the maps of those before it. */
function objectLoader(options: ResolvedLiveOptions, counts: PolicyCounts, all: BpfObject[]): Loader {
  const folder = options.objectFolder ?? defaultObjectFolder();
  const constants = constantsOf(options, counts);
  return (name, prepare) => {
    const object = BpfObject.open(join(folder, `${name}.bpf.o`));
    try {
      object.setConstants(constants);
      object.setMaxEntries('data_ring', options.ringDataBytes);
      object.setMaxEntries('lifecycle_ring', options.ringLifecycleBytes);
      object.setMaxEntries('connections', options.maxConnections);
      for (const other of all) object.shareMaps(other);
      prepare?.(object);
      object.load();
    } catch (error) {
      object.close();
      throw error;
    }
    all.push(object);
    return object;
  };
}
