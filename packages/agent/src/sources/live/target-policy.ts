import { existsSync, openSync, closeSync, statSync } from 'node:fs';
import { fileKeyBytes, fileKeyOffsets, keyOfUint32, processPolicyValue } from '@tomte/bpf-host';
import type { BpfObject } from '@tomte/bpf-host';
import { liveError } from './errors.ts';
import { cgroupMembers, isUnifiedCgroup } from './cgroups.ts';
import type { KernelObjects, PolicyCounts } from './kernel-objects.ts';
import type { LiveTarget, ResolvedLiveOptions } from './options.ts';
import { descendantsOf, listProcesses, processesOf } from './process-scan.ts';

/** POLICY_CGROUPS_MAX of bpf/maps/policy_cgroups.h. */
const CGROUPS_MAX = 8;

/** The cgroups that the kernel can test itself; those of version 1 are resolved to their processes. */
function unified(paths: readonly string[]): string[] {
  return paths.filter(isUnifiedCgroup);
}

interface TargetNames {
  readonly pids: readonly number[];
  readonly cgroups: readonly string[];
  readonly exes: readonly string[];
}

function namesOf(target: LiveTarget): TargetNames {
  const { pids = [], cgroups = [], exes = [] } = target.kind === 'all' ? {} : target;
  return { pids, cgroups, exes };
}

/** @throws AppError LIVE_NO_SUCH_TARGET, LIVE_TOO_MANY_CGROUPS */
export function countPolicies(options: ResolvedLiveOptions): PolicyCounts {
  const { cgroups, exes } = namesOf(options.target);
  const missing = [...cgroups, ...exes].find((path) => !existsSync(path));
  if (missing !== undefined) throw liveError('LIVE_NO_SUCH_TARGET', `${missing} does not exist`);
  const targets = unified(cgroups);
  const excluded = unified(options.exclude.cgroups);
  for (const list of [targets, excluded])
    if (list.length > CGROUPS_MAX)
      throw liveError(
        'LIVE_TOO_MANY_CGROUPS',
        `${String(list.length)} cgroups, at most ${String(CGROUPS_MAX)}`,
      );
  return {
    isTargetSelected: options.target.kind !== 'all',
    targetCgroups: targets.length,
    excludedCgroups: excluded.length,
  };
}

/** The kernel's number of a device (major << 20 | minor) from that of stat(2). */
export function kernelDevice(device: number): number {
  const wide = BigInt(device);
  const major = ((wide >> 8n) & 0xfffn) | ((wide >> 32n) & 0xfffff000n);
  const minor = (wide & 0xffn) | ((wide >> 12n) & 0xffffff00n);
  return Number((major << 20n) | minor);
}

export function fileKey(device: number, inode: number): Buffer {
  const key = Buffer.alloc(fileKeyBytes);
  key.writeBigUInt64LE(BigInt(inode), fileKeyOffsets.inode);
  key.writeUInt32LE(device, fileKeyOffsets.device);
  return key;
}

/** Writes and reads who is captured. Exclusions come before anything is attached. */
export class TargetPolicy {
  readonly #processes: BpfObject;
  readonly #options: ResolvedLiveOptions;

  constructor(objects: KernelObjects, options: ResolvedLiveOptions) {
    this.#processes = objects.processes;
    this.#options = options;
  }

  /** Before the first attach: what must never be seen, then the targets by name. */
  writeFirst(): void {
    const { exclude, target } = this.#options;
    this.#writeCgroups('excluded_cgroups', unified(exclude.cgroups));
    for (const pid of [process.pid, ...exclude.pids]) this.#set(pid, processPolicyValue.policyExcluded);
    const members = exclude.cgroups.filter((path) => !isUnifiedCgroup(path)).flatMap(cgroupMembers);
    for (const pid of members) this.#set(pid, processPolicyValue.policyExcluded);
    const { pids, cgroups, exes } = namesOf(target);
    this.#writeCgroups('target_cgroups', unified(cgroups));
    this.#writeExecutables(exes);
    for (const pid of pids) this.include(pid);
  }

  /** With the fork hook attached: the running processes that belong to the targets. */
  includeRunning(): number[] {
    const roots = this.#runningRoots();
    const found = [...new Set([...roots, ...descendantsOf(roots)])];
    const isNamed = this.#options.target.kind !== 'all';
    const included = found.filter((pid) => !this.#isExcluded(pid) && pid !== process.pid);
    if (isNamed) for (const pid of included) this.include(pid);
    return included;
  }

  /** Makes a process a target, whatever it inherited. */
  include(pid: number): void {
    this.#set(pid, processPolicyValue.policyIncluded);
  }

  exclude(pid: number): void {
    this.#set(pid, processPolicyValue.policyExcluded);
  }

  #runningRoots(): number[] {
    const { target } = this.#options;
    if (target.kind === 'all') return listProcesses();
    const { pids, cgroups, exes } = namesOf(target);
    return [...pids, ...cgroups.flatMap(cgroupMembers), ...(exes.length === 0 ? [] : processesOf(exes))];
  }

  #isExcluded(pid: number): boolean {
    const value = this.#processes.map('process_policy').lookup(keyOfUint32(pid));
    return value?.readUInt32LE() === processPolicyValue.policyExcluded;
  }

  #set(pid: number, policy: number): void {
    this.#processes.map('process_policy').update(keyOfUint32(pid), keyOfUint32(policy));
  }

  #writeCgroups(mapName: string, paths: readonly string[]): void {
    paths.forEach((path, index) => {
      const fd = openSync(path, 'r');
      this.#processes.map(mapName).update(keyOfUint32(index), keyOfUint32(fd));
      closeSync(fd);
    });
  }

  #writeExecutables(paths: readonly string[]): void {
    for (const path of paths) {
      const { dev, ino } = statSync(path);
      this.#processes.map('target_executables').update(fileKey(kernelDevice(dev), ino), keyOfUint32(1));
    }
  }
}
