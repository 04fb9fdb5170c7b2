import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where a running `tomte up` can be reached: other verbs find it by its data folder. */
export interface Whereabouts {
  readonly pid: number;
  readonly apiUrl: string;
  readonly ingestAddress: string;
}

const FILE_NAME = 'up.json';

export async function leaveWhereabouts(dataDir: string, whereabouts: Whereabouts): Promise<void> {
  await writeFile(join(dataDir, FILE_NAME), `${JSON.stringify(whereabouts)}\n`, { mode: 0o600 });
}

export async function removeWhereabouts(dataDir: string): Promise<void> {
  await rm(join(dataDir, FILE_NAME), { force: true });
}

/** Undefined when none runs with this folder. */
export async function findWhereabouts(dataDir: string): Promise<Whereabouts | undefined> {
  const text = await readFile(join(dataDir, FILE_NAME), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const found: unknown = JSON.parse(text);
  return isWhereabouts(found) && isRunning(found.pid) ? found : undefined;
}

function isWhereabouts(value: unknown): value is Whereabouts {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, apiUrl, ingestAddress }: Partial<Record<keyof Whereabouts, unknown>> = value;
  return typeof pid === 'number' && typeof apiUrl === 'string' && typeof ingestAddress === 'string';
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false; // ESRCH: it was killed and left its file.
  }
}
