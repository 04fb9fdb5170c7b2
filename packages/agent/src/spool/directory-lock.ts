import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { tryLock } from '../file-lock.ts';
import { spoolErrors } from './spool-errors.ts';

/**
 * Holds the directory for this process alone until the handle is closed or the process dies.
 * @throws AppError SPOOL_LOCKED, SPOOL_LOCK_UNAVAILABLE
 */
export async function lockDirectory(path: string): Promise<FileHandle> {
  const handle = await open(join(path, 'lock'), 'a', 0o600);
  const outcome = tryLock(handle);
  if (outcome.kind === 'taken') return handle;
  await handle.close();
  if (outcome.kind === 'held') throw spoolErrors.locked(path);
  throw spoolErrors.lockUnavailable(path, outcome.cause);
}
