import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { attempt, run } from './command.ts';
import { removeLeftWork } from './images/node-image.ts';
import { pruneImages } from './images/prune.ts';
import { deleteCluster } from './kind.ts';
import { forgetEarlierBoot, isNoted, restoreBefore } from './machine/before.ts';
import { ensureDocker, findDocker, stopDockerd } from './machine/docker.ts';
import { folderOf } from './part.ts';
import { kind } from './parts/programs.ts';
import { cacheFolder, places } from './places.ts';
import { withProgress } from './progress.ts';
import { endLockHolder, readState, withLock } from './state.ts';

/** Takes the cluster down, and our Docker with it, whatever state an `up` left them in. The cache stays. */
export async function down(): Promise<void> {
  if (!existsSync(places.state)) return;
  await endLockHolder();
  await withLock(async () => {
    await forgetEarlierBoot();
    await withProgress('Taking the cluster down', takeDown);
  });
  await rm(places.state, { recursive: true, force: true });
}

async function takeDown(): Promise<void> {
  // Where a dockerd of ours died, its containers may live: a new one ends them.
  const docker = isNoted() ? await ensureDocker() : await findDocker();
  if (docker !== undefined) {
    const program = readState()?.kind ?? join(folderOf(kind), 'kind');
    await deleteCluster({ program, dockerHost: docker.host });
    if (docker.isOurs) await removeContainers(docker.host);
  }
  if (!isNoted()) return;
  await stopDockerd();
  await unmountOurs();
  await restoreBefore();
  await removeLeftWork();
}

/** Of a Docker that is ours alone. */
async function removeContainers(host: string): Promise<void> {
  const ids = (await run('docker', ['-H', host, 'ps', '-aq'])).split('\n').filter(Boolean);
  if (ids.length > 0) await run('docker', ['-H', host, 'rm', '-f', '-v', ...ids]);
  await attempt('docker', ['-H', host, 'volume', 'prune', '-f']);
  await pruneImages(host);
}

/** Whatever is mounted in our folders, the deepest first: dockerd leaves its data folder mounted on itself. */
async function unmountOurs(): Promise<void> {
  const targets = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((target) => [cacheFolder, places.state].some((folder) => target.startsWith(`${folder}/`)));
  for (const target of targets.reverse()) await attempt('umount', [target]);
}
