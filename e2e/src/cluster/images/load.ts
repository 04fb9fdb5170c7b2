import { join } from 'node:path';
import { attempt, quote, run, runShell } from '../command.ts';
import type { ClusterNode } from '../network.ts';
import { withWorkFolder } from './import.ts';

/** What a node was given at last; it goes with the node. */
const noteFolder = '/var/lib/tomte-e2e-images';

type Node = Pick<ClusterNode, 'name'>;

/** An archive of images on its way into the nodes. */
export interface ImageLoad {
  /** Names what is loaded; another load of this name replaces it. */
  readonly name: string;
  /** A load of the same version is not repeated. */
  readonly version: string;
  /** Calls `use` with the archive's path; asked for only where a node lacks it. */
  withArchive(use: (path: string) => Promise<void>): Promise<void>;
}

/** Hands images to the containerd of each node that does not have them as they are. */
export async function loadIntoNodes(host: string, nodes: readonly Node[], load: ImageLoad): Promise<void> {
  const note = `${noteFolder}/${load.name.replaceAll(/[^\w.+-]/g, '_')}`;
  const lacking: Node[] = [];
  for (const node of nodes) {
    const known = await attempt('docker', ['-H', host, 'exec', node.name, 'cat', note]);
    if (known.stdout !== load.version) lacking.push(node);
  }
  if (lacking.length === 0) return;
  await load.withArchive(async (path) => {
    await Promise.all(lacking.map(({ name }) => runShell(`${importCommand(host, name)} < ${quote(path)}`)));
  });
  for (const { name } of lacking) {
    const write = ['exec', '-i', name, 'sh', '-c', `mkdir -p ${noteFolder} && cat > ${note}`];
    await run('docker', ['-H', host, ...write], { input: load.version });
  }
}

/** Hands images of Docker to each node, unless the node has those very ones. */
export async function loadImages(
  host: string,
  nodes: readonly Node[],
  images: readonly [string, ...string[]],
): Promise<void> {
  const ids = await run('docker', ['-H', host, 'image', 'inspect', '-f', '{{.Id}}', ...images]);
  await loadIntoNodes(host, nodes, {
    name: images.map((image) => image.replace(/:.*/, '')).join('+'),
    version: `${images.join(' ')}\n${ids}`,
    withArchive: (use) =>
      withWorkFolder(`load-${process.pid}`, async (folder) => {
        const path = join(folder, 'images.tar');
        await runShell(`${saveCommand(host, images)} > ${quote(path)}`);
        await use(path);
      }),
  });
}

export function saveCommand(dockerHost: string, images: readonly string[]): string {
  return `docker -H ${quote(dockerHost)} save ${images.map(quote).join(' ')}`;
}

/** Takes an archive of images in, in a node or in what becomes one. */
export function importCommand(dockerHost: string, container: string): string {
  const ctr = 'ctr -n k8s.io images import --all-platforms --no-unpack --digests -';
  return `docker -H ${quote(dockerHost)} exec -i ${quote(container)} ${ctr}`;
}
