import { run } from './command.ts';
import type { ClusterNode } from './network.ts';

/** Per node; a claim takes one whole, whatever it asks for. */
const COUNT = 4;
const CAPACITY = '20Gi';
const folder = '/var/lib/tomte-e2e-volumes';

export interface VolumeAccess {
  readonly dockerHost: string;
  kubectl(args: readonly string[], input?: string): Promise<string>;
}

interface VolumeList {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly status: { readonly phase: string };
  }[];
}

/** The default storage class; kind takes it from the node image. Without a registry there is no provisioner. */
export const storageClass = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
  provisioner: 'kubernetes.io/no-provisioner',
  volumeBindingMode: 'WaitForFirstConsumer',
};

/** Offers folders of the nodes as volumes; one that no claim has any more is emptied and offered again. */
export async function offerVolumes(access: VolumeAccess, nodes: readonly ClusterNode[]): Promise<void> {
  const { items } = JSON.parse(await access.kubectl(['get', 'pv', '-o', 'json'])) as VolumeList; // Proof: kubectl's own.
  const released = items.filter((item) => item.status.phase === 'Released' || item.status.phase === 'Failed');
  for (const { metadata } of released) await access.kubectl(['delete', 'pv', metadata.name]);
  const kept = new Set(items.filter((item) => !released.includes(item)).map((item) => item.metadata.name));
  const wanted = nodes.flatMap((node) => namesOn(node).map((name) => ({ name, node })));
  const missing = wanted.filter(({ name }) => !kept.has(name));
  for (const node of nodes) {
    const paths = missing.filter((one) => one.node === node).map(({ name }) => `${folder}/${name}`);
    if (paths.length === 0) continue;
    const script = `rm -rf ${paths.join(' ')} && mkdir -p -m 0777 ${paths.join(' ')}`;
    await run('docker', ['-H', access.dockerHost, 'exec', node.name, 'sh', '-euc', script]);
  }
  if (missing.length === 0) return;
  const objects = missing.map(({ name, node }) => volume(name, node));
  await access.kubectl(
    ['apply', '-f', '-'],
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
  );
}

function namesOn(node: ClusterNode): readonly string[] {
  return Array.from({ length: COUNT }, (_, index) => `${node.name}-${index + 1}`);
}

function volume(name: string, node: ClusterNode): object {
  const expression = { key: 'kubernetes.io/hostname', operator: 'In', values: [node.name] };
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: {
      storageClassName: 'standard',
      capacity: { storage: CAPACITY },
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Retain',
      local: { path: `${folder}/${name}` },
      nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [expression] }] } },
    },
  };
}
