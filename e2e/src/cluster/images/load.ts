import { attempt, quote, run, runShell } from '../command.ts';
import type { ClusterNode } from '../network.ts';

/** What a node was given at last; it goes with the node. */
const noteFolder = '/var/lib/tomte-e2e-images';

/** An archive of images on its way into the nodes. */
export interface ImageLoad {
  /** Names what is loaded; another load of this name replaces it. */
  readonly name: string;
  /** A load of the same version is not repeated. */
  readonly version: string;
  /** A command of a shell that writes the archive, as `docker save` does. */
  readonly source: string;
}

/** Hands images to the containerd of each node that does not have them as they are. */
export async function loadIntoNodes(
  dockerHost: string,
  nodes: readonly Pick<ClusterNode, 'name'>[],
  { name, version, source }: ImageLoad,
): Promise<void> {
  const note = `${noteFolder}/${name.replaceAll(/[^\w.+-]/g, '_')}`;
  await Promise.all(
    nodes.map(async (node) => {
      const known = await attempt('docker', ['-H', dockerHost, 'exec', node.name, 'cat', note]);
      if (known.stdout === version) return;
      await runShell(`${source} | ${importCommand(dockerHost, node.name)}`);
      const write = ['exec', '-i', node.name, 'sh', '-c', `mkdir -p ${noteFolder} && cat > ${note}`];
      await run('docker', ['-H', dockerHost, ...write], { input: version });
    }),
  );
}

/** Hands images of Docker to each node, unless the node has those very ones. */
export async function loadImages(
  dockerHost: string,
  nodes: readonly ClusterNode[],
  images: readonly [string, ...string[]],
): Promise<void> {
  const ids = await run('docker', ['-H', dockerHost, 'image', 'inspect', '-f', '{{.Id}}', ...images]);
  const load = { name: images.join('+'), version: ids, source: saveCommand(dockerHost, images) };
  await loadIntoNodes(dockerHost, nodes, load);
}

export function saveCommand(dockerHost: string, images: readonly string[]): string {
  return `docker -H ${quote(dockerHost)} save ${images.map(quote).join(' ')}`;
}

/** Takes an archive of images in, in a node or in what becomes one. */
export function importCommand(dockerHost: string, container: string): string {
  const ctr = 'ctr -n k8s.io images import --all-platforms --no-unpack --digests -';
  return `docker -H ${quote(dockerHost)} exec -i ${quote(container)} ${ctr}`;
}
