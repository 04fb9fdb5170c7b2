import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '@tomte/kit';

export interface DataDir {
  readonly root: string;
  /** The agent's sealed batches. */
  readonly spool: string;
  /** Shared secret of agent and collector on this machine. */
  readonly tokenFile: string;
}

/** Where everything lives: of the system for root, of the user otherwise. */
export function defaultDataDir(): string {
  if (process.getuid?.() === 0) return '/var/lib/tomte';
  return join(process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'tomte');
}

/** Makes the folders, readable by their owner only: captured data lies there. */
export async function openDataDir(root: string): Promise<DataDir> {
  const spool = join(root, 'spool');
  const tokenFile = join(root, 'ingest.token');
  try {
    await mkdir(root, { recursive: true, mode: 0o700 });
    await chmod(root, 0o700);
    await makeToken(tokenFile);
  } catch (thrown) {
    const remedy = 'Give another one with --data, or make it writable.';
    throw AppError.from(thrown, 'TOMTE_DATA_DIR_UNUSABLE', { family: 'user', remedy });
  }
  return { root, spool, tokenFile };
}

async function makeToken(path: string): Promise<void> {
  const flag = 'wx'; // Never over an existing one: an agent that runs may hold it.
  try {
    await writeFile(path, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag });
  } catch (thrown) {
    if (!(thrown instanceof Error) || !('code' in thrown) || thrown.code !== 'EEXIST') throw thrown;
  }
}

/** The secret in a file; surrounding white space does not count. */
export async function readToken(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((thrown: unknown) => {
    const remedy = 'Name a file that can be read, with the secret alone in it.';
    throw AppError.from(thrown, 'TOMTE_TOKEN_FILE_UNREADABLE', { family: 'user', remedy });
  });
  const token = text.trim();
  if (token !== '') return token;
  throw new AppError('TOMTE_TOKEN_FILE_UNREADABLE', `${path} is empty`, {
    family: 'user',
    remedy: 'Put the secret into it.',
  });
}
