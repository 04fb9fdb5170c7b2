import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@tomte/kit';

/** The agent's name for good: made at its first start, kept beside its spool. */
export async function agentIdOf(dataDir: string): Promise<string> {
  const path = join(dataDir, 'agent-id');
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await writeFile(path, `${randomUUID()}\n`, { flag: 'wx', mode: 0o600 }).catch(keepExisting);
    return (await readFile(path, 'utf8')).trim();
  } catch (thrown) {
    const remedy = 'Give another folder with --data, or make it writable.';
    throw AppError.from(thrown, 'TOMTE_DATA_DIR_UNUSABLE', { family: 'user', remedy });
  }
}

function keepExisting(thrown: unknown): void {
  if (!(thrown instanceof Error) || !('code' in thrown) || thrown.code !== 'EEXIST') throw thrown;
}
