import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where cgroup v2 is mounted: alone, or beside v1 (hybrid). */
const ROOTS = ['/sys/fs/cgroup/unified', '/sys/fs/cgroup'];

/** A cgroup of its own for a process and all that it starts: the kernel sums their CPU time, ended ones included. */
export class Cgroup {
  readonly path: string;

  constructor(name: string) {
    const root = ROOTS.find((candidate) => existsSync(join(candidate, 'cgroup.controllers')));
    if (root === undefined) throw new Error('no cgroup v2 is mounted');
    removeLeftovers(root);
    this.path = join(root, name);
    mkdirSync(this.path, { recursive: true });
  }

  add(pid: number): void {
    writeFileSync(join(this.path, 'cgroup.procs'), String(pid));
  }

  /** Only an empty one can be removed. */
  remove(): void {
    rmdirSync(this.path);
  }
}

/** Empty ones of benchmarks that were killed: a cgroup is named for the process that made it. */
function removeLeftovers(root: string): void {
  for (const name of readdirSync(root)) {
    const pid = /^tomte-bench.*-(\d+)$/.exec(name)?.[1];
    if (pid === undefined || existsSync(`/proc/${pid}`)) continue;
    try {
      rmdirSync(join(root, name));
    } catch {
      // Someone still lives in it.
    }
  }
}

/** Nanoseconds, from a cgroup's cpu.stat. */
export function cgroupCpuNs(path: string): number {
  return parseCpuStatNs(readFileSync(join(path, 'cpu.stat'), 'utf8'));
}

export function parseCpuStatNs(text: string): number {
  return Number(/^usage_usec (\d+)$/m.exec(text)?.[1] ?? Number.NaN) * 1_000;
}
