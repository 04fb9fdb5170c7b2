import { spawnSync } from 'node:child_process';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { spoolErrors } from './spool-errors.ts';

/** Exit code of `flock -n` when another holds the lock. */
const HELD_BY_ANOTHER = 1;

/**
 * Holds the directory for this process alone until the handle is closed or the process dies, kill -9
 * included. Node has no flock(2), and the lock belongs to the open file that parent and child share: the
 * command `flock` takes it on our descriptor and ends, we keep it.
 * @throws AppError SPOOL_LOCKED, SPOOL_LOCK_UNAVAILABLE
 */
export async function lockDirectory(path: string): Promise<FileHandle> {
  const handle = await open(join(path, 'lock'), 'a', 0o600);
  const child = spawnSync('flock', ['--nonblock', '3'], { stdio: ['ignore', 'ignore', 'ignore', handle.fd] });
  if (child.status === 0) return handle;
  await handle.close();
  if (child.status === HELD_BY_ANOTHER) throw spoolErrors.locked(path);
  throw spoolErrors.lockUnavailable(path, child.error);
}
