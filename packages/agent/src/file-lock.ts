import { spawnSync } from 'node:child_process';
import type { FileHandle } from 'node:fs/promises';

export type LockOutcome =
  | { readonly kind: 'taken' }
  | { readonly kind: 'held' }
  | { readonly kind: 'unavailable'; readonly cause: unknown };

/** Exit code of `flock -n` when another holds the lock. */
const HELD_BY_ANOTHER = 1;

/**
 * Takes the file for this process alone until the handle is closed or the process dies, kill -9 included. Node has no
 * flock(2), and the lock belongs to the open file that parent and child share: the command `flock` takes it on our
 * descriptor and ends, we keep it.
 */
export function tryLock(handle: FileHandle): LockOutcome {
  const child = spawnSync('flock', ['--nonblock', '3'], { stdio: ['ignore', 'ignore', 'ignore', handle.fd] });
  if (child.status === 0) return { kind: 'taken' };
  if (child.status === HELD_BY_ANOTHER) return { kind: 'held' };
  return { kind: 'unavailable', cause: child.error };
}
