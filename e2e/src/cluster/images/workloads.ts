import { chmodSync, cpSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../command.ts';
import { checkout, sourcesFolder } from '../places.ts';
import { hasImage, importFolder, withWorkFolder } from './import.ts';

export const workloadsName = 'tomte-workloads:e2e';

export interface WorkloadParts {
  readonly workloadRoot: string;
  readonly goService: string;
}

/** The Node binary that the workspace has from npm. */
const nodeProgram = join(checkout, `node_modules/node-linux-${process.arch}/bin/node`);

/** Makes the image of all test workloads under `keyed` and under its plain name. */
export async function makeWorkloadsImage(host: string, keyed: string, parts: WorkloadParts): Promise<void> {
  if (!(await hasImage(host, keyed))) {
    await withWorkFolder('workloads', async (folder) => {
      await run('cp', ['-a', `${parts.workloadRoot}/.`, folder]);
      cpSync(join(parts.goService, 'go-service'), join(folder, 'usr/local/bin/go-service'));
      cpSync(nodeProgram, join(folder, 'usr/local/bin/node'), { dereference: true });
      cpSync(join(sourcesFolder, 'services'), join(folder, 'opt/services'), { recursive: true });
      for (const name of ['go-service', 'node']) chmodSync(join(folder, 'usr/local/bin', name), 0o755);
      await importFolder(host, folder, { names: [keyed], changes: ['CMD ["sleep", "infinity"]'] });
    });
  }
  await run('docker', ['-H', host, 'tag', keyed, workloadsName]);
}

/** All that decides the image beside its parts. */
export function workloadsRecipe(): readonly string[] {
  const folder = join(sourcesFolder, 'services');
  const sources = readdirSync(folder)
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'));
  return [process.version, ...sources];
}
