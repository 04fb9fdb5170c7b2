import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { attempt, run } from './command.ts';
import type { Cluster } from './cluster.ts';
import { hasImage, importFolder } from './images/import.ts';
import { ensurePart, keyOf } from './part.ts';
import { baseRoot } from './parts/roots.ts';
import { checkout, clusterName } from './places.ts';
import { withProgress } from './progress.ts';

const BUILD_TIMEOUT_MS = 15 * 60_000;
/** What the images are made from. */
const sources = ['packages', 'bpf', 'deploy', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json'];

/** Both images under one tag. */
export interface TomteImages {
  readonly tag: string;
  readonly repository: 'tomte';
  readonly storeRepository: 'tomte-store';
}

/** Builds `tomte` and `tomte-store` from this checkout, unless they were built from the very same files, and loads them. */
export async function loadTomte(cluster: Cluster): Promise<TomteImages> {
  const tag = await digestOfSources();
  const images = [`tomte:${tag}`, `tomte-store:${tag}`] as const;
  const host = cluster.state.dockerHost;
  if (!(await hasImage(host, images[0])) || !(await hasImage(host, images[1]))) {
    await withProgress('Building the images of Tomte', () => build(host, images));
    await removeOthers(host, tag);
  }
  await withProgress('Loading the images of Tomte', () => cluster.loadImages(...images));
  return { tag, repository: 'tomte', storeRepository: 'tomte-store' };
}

async function build(host: string, [tomte, store]: readonly [string, string]): Promise<void> {
  const base = await baseImage(host);
  const args = ['deploy/build-image.ts', '--base', base, '--tag', tomte, '--store-tag', store];
  await run(process.execPath, [...args, '--docker-host', host, '--tool', 'docker'], {
    cwd: checkout,
    timeoutMs: BUILD_TIMEOUT_MS,
  });
}

async function baseImage(host: string): Promise<string> {
  const name = `${clusterName}/base:${keyOf(baseRoot.recipe)}`;
  if (!(await hasImage(host, name))) {
    await importFolder(host, await ensurePart(baseRoot), { names: [name] });
  }
  return name;
}

/** Of every file that git knows or would take, so that an edit makes new images. */
async function digestOfSources(): Promise<string> {
  const listed = await run('git', ['ls-files', '-co', '--exclude-standard', '--', ...sources], {
    cwd: checkout,
  });
  const hash = createHash('sha256');
  for (const path of listed.split('\n').filter((name) => name !== '' && isImageSource(name))) {
    const file = join(checkout, path);
    if (existsSync(file)) hash.update(path).update(readFileSync(file));
  }
  return hash.digest('hex').slice(0, 12);
}

function isImageSource(path: string): boolean {
  return !/\.test\.ts$|\/testdata\/|\.md$/.test(path);
}

/** Images of earlier states of the checkout are large and nobody asks for them again. */
async function removeOthers(host: string, tag: string): Promise<void> {
  const listed = await run('docker', ['-H', host, 'images', '--format', '{{.Repository}}:{{.Tag}}']);
  const others = listed
    .split('\n')
    .filter((name) => /^tomte(-store)?:[0-9a-f]{12}$/.test(name) && !name.endsWith(tag));
  if (others.length > 0) await attempt('docker', ['-H', host, 'rmi', ...others]);
}
