import { attempt, run } from '../command.ts';
import type { ClusterNode } from '../network.ts';
import { importInto } from './node-image.ts';

/** Hands images from Docker to the containerd of each node, unless the node has them as they are. */
export async function loadImages(
  { dockerHost }: { readonly dockerHost: string },
  nodes: readonly ClusterNode[],
  images: readonly [string, ...string[]],
): Promise<void> {
  const wanted = await idsOf(dockerHost, images);
  await Promise.all(
    nodes.map(async ({ name }) => {
      const note = `${noteFolder}/${images.join('+').replaceAll(/[^\w.+-]/g, '_')}`;
      const known = await attempt('docker', ['-H', dockerHost, 'exec', name, 'cat', note]);
      if (known.stdout === wanted) return;
      await importInto(dockerHost, name, images);
      const write = ['exec', '-i', name, 'sh', '-c', `mkdir -p ${noteFolder} && cat > ${note}`];
      await run('docker', ['-H', dockerHost, ...write], { input: wanted });
    }),
  );
}

/** What a node was given at last; it goes with the node. */
const noteFolder = '/var/lib/tomte-e2e-images';

/** Name and id of each, on one line: the same name may stand for another image later. */
async function idsOf(dockerHost: string, images: readonly string[]): Promise<string> {
  const ids = await run('docker', ['-H', dockerHost, 'image', 'inspect', '-f', '{{.Id}}', ...images]);
  return images.map((name, index) => `${name}=${ids.split('\n')[index]}`).join(' ');
}
