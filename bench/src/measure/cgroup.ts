import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where cgroup v2 is mounted: alone, or beside v1 (hybrid). */
const ROOTS = ['/sys/fs/cgroup/unified', '/sys/fs/cgroup'];

/** A cgroup of its own for a process and all that it starts: the kernel sums their CPU time, ended ones included. */
export class Cgroup {
  readonly path: string;

  constructor(name: string) {
    const root = ROOTS.find((candidate) => existsSync(join(candidate, 'cgroup.controllers')));
    if (root === undefined) throw new Error('no cgroup v2 is mounted');
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

/** Nanoseconds, from a cgroup's cpu.stat. */
export function cgroupCpuNs(path: string): number {
  return parseCpuStatNs(readFileSync(join(path, 'cpu.stat'), 'utf8'));
}

export function parseCpuStatNs(text: string): number {
  return Number(/^usage_usec (\d+)$/m.exec(text)?.[1] ?? Number.NaN) * 1_000;
}
