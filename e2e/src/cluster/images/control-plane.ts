import { copyFileSync, existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from '../command.ts';
import { imageNames } from '../versions.ts';
import { importFolder, withWorkFolder } from './import.ts';

/** Folders of the parts that the images are made from. */
export interface ControlPlaneParts {
  readonly kubernetes: string;
  readonly etcd: string;
  readonly coredns: string;
  readonly pause: string;
  readonly nodeRoot: string;
}

/** What kube-proxy runs. */
const proxyTools = ['usr/sbin/nft', 'usr/sbin/xtables-nft-multi', 'usr/sbin/conntrack'];
const iptablesNames = ['iptables', 'ip6tables'].flatMap((name) => [name, `${name}-save`, `${name}-restore`]);

/** Every image that kubeadm and containerd ask for, under the names by which they ask. */
export const controlPlaneImages: readonly string[] = Object.values(imageNames).flat();

/** Makes them, from scratch: binaries and nothing else. */
export async function makeControlPlaneImages(host: string, parts: ControlPlaneParts): Promise<void> {
  const local = (name: string) => ({ from: join(parts.kubernetes, name), to: `usr/local/bin/${name}` });
  await makeImage(host, [imageNames.apiserver], [local('kube-apiserver')]);
  await makeImage(host, [imageNames.controllerManager], [local('kube-controller-manager')]);
  await makeImage(host, [imageNames.scheduler], [local('kube-scheduler')]);
  await makeImage(host, [imageNames.etcd], [{ from: join(parts.etcd, 'etcd'), to: 'usr/local/bin/etcd' }]);
  await makeImage(
    host,
    [imageNames.coreDns],
    [{ from: join(parts.coredns, 'coredns'), to: 'coredns' }],
    '/coredns',
  );
  await makeImage(host, imageNames.pause, [{ from: join(parts.pause, 'pause'), to: 'pause' }], '/pause');
  const tools = await proxyFiles(parts.nodeRoot);
  await makeImage(host, [imageNames.proxy], [local('kube-proxy'), ...tools], undefined, linkProxyFolders);
}

interface Copied {
  readonly from: string;
  readonly to: string;
}

// eslint-disable-next-line max-params -- the last two are for one image each
async function makeImage(
  host: string,
  names: readonly string[],
  files: readonly Copied[],
  entrypoint?: string,
  finish?: (folder: string) => void,
): Promise<void> {
  await withWorkFolder('image', async (folder) => {
    for (const { from, to } of files) {
      mkdirSync(dirname(join(folder, to)), { recursive: true });
      copyFileSync(from, join(folder, to));
    }
    finish?.(folder);
    const changes = entrypoint === undefined ? [] : [`ENTRYPOINT ["${entrypoint}"]`];
    await importFolder(host, folder, { names, changes });
  });
}

/** The tools, the libraries that they name, and the extensions of iptables. */
async function proxyFiles(root: string): Promise<readonly Copied[]> {
  const libraries = await run('chroot', [root, 'ldd', ...proxyTools.map((tool) => `/${tool}`)]);
  const named = [...libraries.matchAll(/(\/\S+) \(0x/g)].map((match) => real(match[1] ?? ''));
  const extensions = extensionFolders(root).flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => `${folder}/${name}`),
  );
  return [...new Set([...proxyTools, ...named, ...extensions])].map((path) => ({
    from: join(root, path),
    to: path,
  }));
}

/** `/lib/x` is a link's way to `usr/lib/x`. */
function real(path: string): string {
  return path.startsWith('/usr/') ? path.slice(1) : `usr${path}`;
}

function extensionFolders(root: string): readonly string[] {
  const libraries = readdirSync(join(root, 'usr/lib'), { withFileTypes: true });
  const folders = libraries
    .filter((entry) => entry.isDirectory())
    .map((entry) => `usr/lib/${entry.name}/xtables`);
  return folders.filter((folder) => existsSync(join(root, folder)));
}

function linkProxyFolders(folder: string): void {
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
    mkdirSync(join(folder, 'usr', name), { recursive: true });
    symlinkSync(`usr/${name}`, join(folder, name));
  }
  for (const name of iptablesNames) symlinkSync('xtables-nft-multi', join(folder, 'usr/sbin', name));
}
