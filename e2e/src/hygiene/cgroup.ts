import { mkdtempSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A folder of the cgroup v2 tree that a test made. */
export class Cgroup {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static make(name: string): Cgroup {
    return new Cgroup(mkdtempSync(join(unifiedRoot(), `tomte-e2e-${name}-`)));
  }

  /** The process, and what it forks from now on. */
  add(pid: number): void {
    writeFileSync(join(this.path, 'cgroup.procs'), String(pid));
  }

  /** Runs a function inside: what it spawns before it returns belongs to the cgroup, this process does not stay. */
  within<T>(run: () => T): T {
    const home = join(unifiedRoot(), ownPath(), 'cgroup.procs');
    this.add(process.pid);
    try {
      return run();
    } finally {
      writeFileSync(home, String(process.pid));
    }
  }

  members(): number[] {
    return readFileSync(join(this.path, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number);
  }

  /** Only an empty one can go. */
  remove(): void {
    rmdirSync(this.path);
  }
}

/** Where version 2 is mounted: beside version 1 in a folder of its own. */
function unifiedRoot(): string {
  for (const line of readFileSync('/proc/self/mountinfo', 'utf8').split('\n')) {
    const [before = '', after = ''] = line.split(' - ');
    if (after.startsWith('cgroup2 ')) return before.split(' ')[4] ?? '';
  }
  throw new Error('no cgroup2 file system is mounted');
}

/** Path of this process in the tree of version 2. */
function ownPath(): string {
  return /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1] ?? '/';
}
