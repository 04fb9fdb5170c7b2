import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { attempt, run } from './command.ts';
import { clusterName, places } from './places.ts';

const CREATE_TIMEOUT_MS = 5 * 60_000;

/** kind's own program, and the Docker that it speaks to. */
export interface Kind {
  readonly program: string;
  readonly dockerHost: string;
}

export interface NodeChoice {
  readonly image: string;
  /** Built by us: comes without a network between pods. */
  readonly isOurs: boolean;
}

/** A network of our own, so that it does not matter which others Docker has. */
function environment(kind: Kind): Readonly<Record<string, string>> {
  return { DOCKER_HOST: kind.dockerHost, KIND_EXPERIMENTAL_DOCKER_NETWORK: clusterName };
}

/** Two nodes: a control plane and a worker. */
export async function createCluster(kind: Kind, node: NodeChoice): Promise<void> {
  const config = join(places.state, 'kind.json');
  const networking = node.isOurs
    ? { disableDefaultCNI: true, kubeProxyMode: 'nftables' }
    : { kubeProxyMode: 'nftables' };
  const nodes = ['control-plane', 'worker'].map((role) => ({ role, image: node.image }));
  mkdirSync(places.state, { recursive: true });
  writeFileSync(
    config,
    JSON.stringify({ kind: 'Cluster', apiVersion: 'kind.x-k8s.io/v1alpha4', networking, nodes }),
  );
  const args = [
    'create',
    'cluster',
    '--name',
    clusterName,
    '--config',
    config,
    '--kubeconfig',
    places.kubeconfig,
  ];
  await run(kind.program, args, { env: environment(kind), timeoutMs: CREATE_TIMEOUT_MS });
}

/** Whether kind knows our cluster; it may be half made. */
export async function isClusterKnown(kind: Kind): Promise<boolean> {
  const { stdout } = await attempt(kind.program, ['get', 'clusters'], { env: environment(kind) });
  return stdout.split('\n').includes(clusterName);
}

/** Removes nodes and network; nothing happens where there are none. */
export async function deleteCluster(kind: Kind): Promise<void> {
  const args = ['delete', 'cluster', '--name', clusterName, '--kubeconfig', places.kubeconfig];
  await attempt(kind.program, args, { env: environment(kind) });
  await attempt('docker', ['-H', kind.dockerHost, 'network', 'rm', clusterName]);
  rmSync(places.cluster, { force: true });
  rmSync(places.kubeconfig, { force: true });
}
