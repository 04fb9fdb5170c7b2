import {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from '../../harness/until.ts';
import { attempt, quote, run, runShell } from '../command.ts';
import { downloadModule } from '../parts/go.ts';
import { places } from '../places.ts';
import { versions } from '../versions.ts';
import { storageClass } from '../volumes.ts';
import { hasImage, importFolder, withWorkFolder } from './import.ts';
import { importCommand, saveCommand } from './load.ts';

const CONTAINERD_MS = 30_000;
const builder = 'tomte-e2e-node-builder';
const entrypoint = 'ENTRYPOINT ["/usr/local/bin/entrypoint", "/sbin/init"]';

const storageManifest = JSON.stringify(storageClass);

/** Which of systemd's units go, and which come: as the Dockerfile of kind's base image does. */
const arrangeUnits = [
  'find /lib/systemd/system/sysinit.target.wants/ -name systemd-tmpfiles-setup.service -delete',
  'rm -f /lib/systemd/system/multi-user.target.wants/* /etc/systemd/system/*.wants/*',
  'rm -f /lib/systemd/system/local-fs.target.wants/* /lib/systemd/system/basic.target.wants/*',
  'rm -f /lib/systemd/system/sockets.target.wants/*udev* /lib/systemd/system/sockets.target.wants/*initctl*',
  'systemctl enable kubelet.service containerd.service undo-mount-hacks.service',
  'systemctl mask systemd-binfmt.service',
  'echo ReadKMsg=no >> /etc/systemd/journald.conf',
  // Each container gets its own; kind's hook shows it the node's name in place of the machine's.
  `ctr oci spec | jq '.hooks.createContainer |= . + [{"path": "/kind/bin/mount-product-files.sh"}] | del(.process.rlimits)' > /etc/containerd/cri-base.json`,
].join('\n');

/** All that decides the image beside its parts. */
export const nodeImageRecipe: readonly string[] = [
  versions.kind,
  versions.kubernetes,
  arrangeUnits,
  entrypoint,
  storageManifest,
];

export interface NodeImageParts {
  readonly kubernetes: string;
  readonly nodeRoot: string;
  readonly runcWrapper: string;
}

/** Makes the image of a node with the other images inside it, so that nothing has to be fetched. */
export async function makeNodeImage(
  host: string,
  name: string,
  parts: NodeImageParts,
  inside: readonly string[],
): Promise<void> {
  const bare = `${name}-bare`;
  if (!(await hasImage(host, bare))) {
    await withWorkFolder('node', async (folder) => {
      await run('cp', ['-a', `${parts.nodeRoot}/.`, folder]);
      await furnish(folder, parts);
      await importFolder(host, folder, { names: [bare] });
    });
  }
  await preload(host, bare, `${name}-loaded`, inside);
  // `docker import` and `docker commit` cannot set the signal on which systemd ends.
  await runShell(
    `printf 'FROM %s\\nENV container=docker\\nSTOPSIGNAL SIGRTMIN+3\\n%s\\n' ${quote(`${name}-loaded`)} ${quote(entrypoint)} | DOCKER_BUILDKIT=0 docker -H ${quote(host)} build -q -t ${quote(name)} -`,
  );
}

async function furnish(root: string, parts: NodeImageParts): Promise<void> {
  const { Dir } = await downloadModule(`sigs.k8s.io/kind@${versions.kind}`);
  const files = join(Dir, 'images/base/files');
  for (const folder of ['usr/local/bin', 'kind', 'etc']) {
    await run('cp', ['-rT', '--no-preserve=mode', join(files, folder), join(root, folder)]);
  }
  await runShell('chmod 0755 usr/local/bin/* kind kind/bin kind/bin/*', { cwd: root });
  installPrograms(root, parts);
  for (const folder of ['etc/kubernetes/manifests', 'kind/manifests', 'etc/cni/net.d', 'opt/cni/bin']) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  await runShell('cp usr/lib/cni/* opt/cni/bin/', { cwd: root });
  writeFileSync(join(root, 'kind/version'), versions.kubernetes);
  writeFileSync(join(root, 'kind/manifests/default-storage.yaml'), storageManifest);
  lowerNoOomScore(join(root, 'etc/containerd/config.toml'));
  await run('chroot', [root, 'bash', '-euc', arrangeUnits]);
}

function installPrograms(root: string, parts: NodeImageParts): void {
  for (const name of ['kubeadm', 'kubelet', 'kubectl']) {
    cpSync(join(parts.kubernetes, name), join(root, 'usr/bin', name));
  }
  for (const name of ['containerd', 'ctr', 'containerd-shim-runc-v2']) {
    symlinkSync(`/usr/bin/${name}`, join(root, 'usr/local/bin', name));
  }
  // For privileged pods, such as kube-proxy's; it stands before runc in PATH.
  const wrapper = join(root, 'usr/local/sbin/runc');
  cpSync(join(parts.runcWrapper, 'runc-wrapper'), wrapper);
  chmodSync(wrapper, 0o755);
}

/** Lowering oom_score_adj needs CAP_SYS_RESOURCE, which not every machine has. */
function lowerNoOomScore(path: string): void {
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace('restrict_oom_score_adj = false', 'restrict_oom_score_adj = true'));
  if (!text.includes('restrict_oom_score_adj = false'))
    appendFileSync(path, '  restrict_oom_score_adj = true\n');
}

/** Lets containerd of the node take the images in, then keeps what it has on its disk. */
async function preload(host: string, from: string, to: string, inside: readonly string[]): Promise<void> {
  const docker = (...args: readonly string[]) => run('docker', ['-H', host, ...args]);
  await attempt('docker', ['-H', host, 'rm', '-f', '-v', builder]);
  try {
    await docker('run', '-d', '--privileged', '--name', builder, '--entrypoint', 'sleep', from, 'infinity');
    await docker('exec', '-d', builder, 'sh', '-c', 'echo $$ > /run/builder.pid; exec containerd');
    const asked = () => attempt('docker', ['-H', host, 'exec', builder, 'ctr', 'version']);
    await until(asked, (answer) => answer.exitCode === 0, CONTAINERD_MS);
    await runShell(`${saveCommand(host, inside)} | ${importCommand(host, builder)}`);
    await docker('exec', builder, 'sh', '-c', 'kill $(cat /run/builder.pid) && rm /run/builder.pid');
    const left = () => attempt('docker', ['-H', host, 'exec', builder, 'ctr', 'version', '--timeout', '1s']);
    await until(left, (answer) => answer.exitCode !== 0, CONTAINERD_MS);
    await docker('commit', builder, to);
  } finally {
    await attempt('docker', ['-H', host, 'rm', '-f', '-v', builder]);
  }
}

/** Left by an `up` that was interrupted. */
export async function removeLeftWork(): Promise<void> {
  await rm(places.work, { recursive: true, force: true });
}
