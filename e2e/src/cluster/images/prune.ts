import { attempt } from '../command.ts';
import { clusterName } from '../places.ts';

/** Of each image of ours that is kept under a key, in our own Docker. */
const MAX_KEPT = 2;
const prefixes = [
  `${clusterName}/node`,
  `${clusterName}/base`,
  `${clusterName}/trial`,
  'tomte',
  'tomte-store',
];

/** Removes images that were made from older recipes and sources. Newest first is Docker's own order. */
export async function pruneImages(host: string): Promise<void> {
  for (const prefix of prefixes) {
    const { stdout } = await attempt('docker', ['-H', host, 'images', '--format', '{{.Tag}}', prefix]);
    const keys = [...new Set(stdout.split('\n').flatMap((tag) => /^[0-9a-f]{12}/.exec(tag) ?? []))];
    const old = stdout.split('\n').filter((tag) => keys.slice(MAX_KEPT).some((key) => tag.startsWith(key)));
    if (old.length > 0) await attempt('docker', ['-H', host, 'rmi', ...old.map((tag) => `${prefix}:${tag}`)]);
  }
  await attempt('docker', ['-H', host, 'image', 'prune', '-f']);
}
