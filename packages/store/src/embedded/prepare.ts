import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { StoreError } from '../errors.ts';
import { renderConfiguration, renderUsers } from './configuration.ts';
import type { EmbeddedLimits, EmbeddedPaths, EmbeddedSecrets } from './configuration.ts';

const RUN_PREFIX = 'run-';

/** A run folder of its own for each start: a second Tomte must not touch the first one's before it is refused. */
export async function makeFolders(dataDir: string): Promise<EmbeddedPaths> {
  const data = join(dataDir, 'clickhouse');
  await mkdir(data, { recursive: true, mode: 0o700 });
  const run = await mkdtemp(join(dataDir, RUN_PREFIX));
  return {
    data,
    run,
    configuration: join(run, 'server.xml'),
    users: join(run, 'users.xml'),
    stopPipe: join(run, 'stop'),
  };
}

/** Run folders of starts that were killed. Only for the one that holds the server's lock. */
export async function removeOldRuns(paths: EmbeddedPaths): Promise<void> {
  const parent = dirname(paths.run);
  const names = (await readdir(parent)).filter(
    (name) => name.startsWith(RUN_PREFIX) && name !== basename(paths.run),
  );
  await Promise.all(names.map((name) => rm(join(parent, name), { recursive: true, force: true })));
}

/** New at every start; they live in memory and in files of mode 0600. */
export function newSecrets(): EmbeddedSecrets {
  return { adminPassword: randomBytes(24).toString('hex'), readerPassword: randomBytes(24).toString('hex') };
}

function makePipe(path: string): void {
  const made = spawnSync('mkfifo', ['-m', '600', path], { encoding: 'utf8' });
  if (made.status !== 0)
    throw new StoreError('STORE_EMBEDDED_FAILED', `mkfifo: ${made.stderr ?? made.error?.message}`);
}

/** Writes the configuration and makes the stop pipe. */
export async function writeRunFiles(
  paths: EmbeddedPaths,
  secrets: EmbeddedSecrets,
  {
    limits,
    isPublic,
    configuration,
  }: { readonly limits: EmbeddedLimits; readonly isPublic: boolean; readonly configuration: string },
): Promise<void> {
  await writeFile(paths.configuration, renderConfiguration(paths, secrets, { limits, more: configuration }), {
    mode: 0o600,
  });
  await writeFile(paths.users, renderUsers(secrets, limits, { isPublic }), { mode: 0o600 });
  makePipe(paths.stopPipe);
}

/** A port that was free a moment ago. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
