import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A folder of the cgroup v2 tree: only there each folder lists its controllers. */
export function isUnifiedCgroup(path: string): boolean {
  return existsSync(join(path, 'cgroup.controllers'));
}

/** Processes of a cgroup and of those below it. */
export function cgroupMembers(path: string): number[] {
  const own = readFileSync(join(path, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number);
  const below = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [...own, ...below.flatMap((entry) => cgroupMembers(join(path, entry.name)))];
}
