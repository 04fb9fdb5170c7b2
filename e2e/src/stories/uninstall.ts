import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import type { Cluster } from '../cluster/cluster.ts';
import { heldBy, stillThere } from '../hygiene/kernel-objects.ts';
import { defineStory } from './story.ts';

const FREED_MS = 30_000;
/** Where containers and images are; theirs go with them. */
const runtimeFolders = [
  '/var/lib/containerd',
  '/var/lib/kubelet',
  '/var/log',
  '/proc',
  '/sys',
  '/run',
  '/dev',
];
/** Of every kind that the chart makes. */
const kinds = [
  ...['daemonsets', 'deployments', 'statefulsets', 'services', 'configmaps', 'secrets', 'serviceaccounts'],
  ...[
    'networkpolicies',
    'poddisruptionbudgets',
    'roles',
    'rolebindings',
    'clusterroles',
    'clusterrolebindings',
  ],
  'apiservices',
].join(',');

export const uninstall = defineStory({
  name: 'uninstall',
  title: '`helm uninstall` leaves no BPF program, no object and no file but the declared volumes',
  async run({ cluster, tomte: install, say }) {
    const tomte = await install();
    const agents = await cluster.pods(tomte.namespace, 'app.kubernetes.io/component=agent');
    const pids = agents.flatMap(({ containerIds }) => containerIds.flatMap(processesOf));
    assert.ok(pids.length >= 2, 'an agent runs on each node');
    const held = new Set(pids.flatMap((pid) => [...heldBy(pid)]));
    const programs = [...held].filter((id) => id.startsWith('prog '));
    assert.ok(programs.length >= 2, 'the agents hold BPF programs');
    say(`${agents.length} agents hold ${programs.length} BPF programs`);

    await cluster.helm('uninstall', 'tomte', '-n', tomte.namespace, '--wait');
    await cluster.until(
      'end of every BPF object',
      () => stillThere(held),
      (left) => left.length === 0,
      FREED_MS,
    );
    assert.deepEqual(await objectsOf(cluster, tomte.namespace), [], 'objects');
    for (const node of cluster.state.nodes) {
      assert.deepEqual(await filesOf(cluster, node), [], `files on ${node.name}`);
    }
  },
});

interface ObjectList {
  readonly items: readonly {
    readonly kind: string;
    readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  }[];
}

/** Objects that Helm made for the release of this namespace, those of the whole cluster too. */
async function objectsOf(cluster: Cluster, namespace: string): Promise<readonly string[]> {
  const { items } = await cluster.json<ObjectList>('get', kinds, '-A');
  return items
    .filter(({ metadata }) => metadata.annotations?.['meta.helm.sh/release-namespace'] === namespace)
    .map(({ kind, metadata }) => `${kind} ${metadata.name}`);
}

/** Processes of a container, by this machine's ids: their cgroup names it. */
function processesOf(containerId: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => cgroupOf(pid).includes(containerId))
    .map(Number);
}

function cgroupOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, 'utf8');
  } catch {
    return ''; // It ended meanwhile.
  }
}

/** Files of a node that carry our name, outside of the agent's spool and of volumes. */
async function filesOf(cluster: Cluster, node: Cluster['worker']): Promise<readonly string[]> {
  const without = [...runtimeFolders, '/var/lib/tomte'].flatMap((folder) => [
    '-path',
    folder,
    '-prune',
    '-o',
  ]);
  const found = await cluster.onNode(node, 'find', '/', ...without, '-iname', '*tomte*', '-print');
  // The cluster itself, its volumes and the names of its pods' network interfaces are called so too.
  return found.split('\n').filter((path) => path !== '' && !/tomte[-_]e2e/.test(path));
}
