import { readdirSync, readlinkSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A folder of this process alone, named for it: a process that was killed could not remove its own, so the
 * next one of the same purpose does. The caller removes it at an orderly end.
 */
export async function makeScratch(purpose: string, parent = tmpdir()): Promise<string> {
  const start = `tomte-${purpose}-${pidNamespace()}-`;
  for (const name of readdirSync(parent)) {
    const pid = name.startsWith(start) ? /^\d+/.exec(name.slice(start.length))?.[0] : undefined;
    if (pid !== undefined && !isRunning(Number(pid))) removeIfOurs(join(parent, name));
  }
  return mkdtemp(join(parent, `${start}${process.pid}-`));
}

/** One of another user stays: its own next start removes it. */
function removeIfOurs(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
    if (code !== 'EACCES' && code !== 'EPERM') throw thrown;
  }
}

/** A pid means something within its namespace only: containers may share the folder. */
function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid').replace(/\D/g, '');
  } catch {
    return 'host'; // No Linux: there are no others.
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM'; // Someone else's, and alive.
  }
}
