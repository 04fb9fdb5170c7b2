import { chmodSync, cpSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { attempt, quote, run, runShell } from '../command.ts';
import { ensurePart, type Part } from '../part.ts';
import { goService } from '../parts/programs.ts';
import { workloadRoot } from '../parts/roots.ts';
import { checkout, sourcesFolder } from '../places.ts';
import { importFolder, withWorkFolder } from './import.ts';
import type { ImageLoad } from './load.ts';

export const workloadsName = 'tomte-workloads:e2e';

/** The Node binary that the workspace has from npm. */
const nodeProgram = join(checkout, `node_modules/node-linux-${process.arch}/bin/node`);
const archive = 'image.tar';

/** The image of all test workloads, as an archive: nodes come and go, and each gets it. */
export async function workloadsLoad(dockerHost: string): Promise<ImageLoad> {
  const folder = await ensurePart({
    name: 'workloads',
    recipe: recipe(),
    build: (into) => makeArchive(dockerHost, into),
  } satisfies Part);
  return { name: workloadsName, version: folder, withArchive: (use) => use(join(folder, archive)) };
}

async function makeArchive(host: string, into: string): Promise<void> {
  await withWorkFolder('workloads', async (folder) => {
    await run('cp', ['-a', `${await ensurePart(workloadRoot)}/.`, folder]);
    cpSync(join(await ensurePart(goService), 'go-service'), join(folder, 'usr/local/bin/go-service'));
    cpSync(nodeProgram, join(folder, 'usr/local/bin/node'), { dereference: true });
    cpSync(join(sourcesFolder, 'services'), join(folder, 'opt/services'), { recursive: true });
    for (const name of ['go-service', 'node']) chmodSync(join(folder, 'usr/local/bin', name), 0o755);
    await importFolder(host, folder, { names: [workloadsName], changes: ['CMD ["sleep", "infinity"]'] });
  });
  await runShell(`docker -H ${quote(host)} save ${workloadsName} > ${quote(join(into, archive))}`);
  await attempt('docker', ['-H', host, 'rmi', workloadsName]);
}

/** All that decides the image. */
function recipe(): readonly string[] {
  const folder = join(sourcesFolder, 'services');
  const sources = readdirSync(folder)
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'));
  return [process.version, ...sources, ...workloadRoot.recipe, ...goService.recipe];
}
