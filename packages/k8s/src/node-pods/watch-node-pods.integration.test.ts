import { systemClock } from '@tomte/kit';
import { type KubeApiServer, startKubeApiServer } from '@tomte/testkit';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { ApiServer } from '../api/api-client.ts';
import type { K8sError } from '../api/errors.ts';
import { createPod, deletePod, setPodStatus, uidIn, podBody } from '../testing/objects.ts';
import { until } from '../testing/until.ts';
import type { NodePod, NodePods } from './node-pod.ts';
import { watchNodePods } from './watch-node-pods.ts';

let lack: string | undefined;
let api: KubeApiServer;
let server: ApiServer;

beforeAll(async () => {
  const started = await startKubeApiServer();
  if (typeof started === 'string') {
    lack = started;
    return;
  }
  api = started;
  server = await api.serverFor(api.adminToken);
}, 120_000);
afterAll(() => (lack === undefined ? api.close() : undefined));

const id = 'ab'.repeat(32);

interface Watched {
  readonly pods: NodePods;
  readonly changes: string[];
  readonly problems: K8sError[];
}

async function watch(nodeName: string): Promise<Watched> {
  const changes: string[] = [];
  const problems: K8sError[] = [];
  const pods = watchNodePods({
    server,
    nodeName,
    clock: systemClock(),
    random: Math.random,
    keep: { labels: ['app.kubernetes.io/part-of'], annotations: ['tomte.dev/*'] },
    onChange: (pod: NodePod, isGone) => changes.push(`${pod.name}${isGone ? ' gone' : ''}`),
    onSynced: () => undefined,
    onProblem: (problem) => problems.push(problem),
  });
  onTestFinished(() => pods.close());
  await until('the list has come', () => pods.isSynced);
  return { pods, changes, problems };
}

test('only the pods of the node, with the fields that are used', async ({ skip }) => {
  if (lack !== undefined) skip(lack);
  const metadata = {
    labels: { 'app.kubernetes.io/part-of': 'tomte', other: 'x' },
    annotations: { 'tomte.dev/capture': 'false', other: 'x' },
    ownerReferences: [
      { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'cart-1', uid: 'u', controller: true },
    ],
  };
  const uid = await createPod(api, 'cart-1-a', { nodeName: 'n1', metadata });
  await createPod(api, 'elsewhere', { nodeName: 'n2' });
  const { pods, changes } = await watch('n1');
  await setPodStatus(api, 'cart-1-a', {
    ip: '10.0.0.1',
    startedAt: '2026-01-01T00:00:00Z',
    containerId: `containerd://${id}`,
  });
  await until('the container is told', () => pods.podOfContainer(id) !== undefined);
  expect(pods.podOfContainer(id)).toMatchObject({ containerName: 'main', pod: { uid } });
  expect(pods.podOfUid(uid)).toEqual({
    uid,
    configHash: '',
    namespace: 'default',
    name: 'cart-1-a',
    hostNetwork: false,
    ips: ['10.0.0.1'],
    labels: { 'app.kubernetes.io/part-of': 'tomte' },
    annotations: { 'tomte.dev/capture': 'false' },
    ownerKind: 'ReplicaSet',
    ownerName: 'cart-1',
    containers: [{ id, name: 'main' }],
    containerNames: ['main'],
  });
  await deletePod(api, 'cart-1-a');
  await until('its end is told', () => changes.includes('cart-1-a gone'));
  expect(pods.podOfUid(uid)?.name).toBe('cart-1-a'); // Its last rows are still to come.
  expect(changes.filter((change) => change.startsWith('elsewhere'))).toEqual([]);
});

test('a static pod is found by the hash that its cgroup is named after', async ({ skip }) => {
  if (lack !== undefined) skip(lack);
  const hash = '0123456789abcdef0123456789abcdef';
  const annotations = { 'kubernetes.io/config.hash': hash, 'kubernetes.io/config.mirror': hash };
  const { pods } = await watch('n3');
  const first = await createPod(api, 'etcd-n3', { nodeName: 'n3', metadata: { annotations } });
  await until('it is told', () => pods.podOfUid(hash) !== undefined);
  expect(pods.podOfUid(hash)).toBe(pods.podOfUid(first));
  await deletePod(api, 'etcd-n3');
  const second = await createPod(api, 'etcd-n3', { nodeName: 'n3', metadata: { annotations } });
  await until('its new mirror is told', () => pods.podOfUid(hash)?.uid === second);
});

test('init and ephemeral containers have names', async ({ skip }) => {
  if (lack !== undefined) skip(lack);
  const { pods } = await watch('n4');
  const spec = { initContainers: [{ name: 'migrate', image: 'none' }] };
  const uid = uidIn(
    await api.ask('POST', '/api/v1/namespaces/default/pods', podBody('init', { nodeName: 'n4', spec })),
  );
  const ephemeralContainers = [{ name: 'debugger', image: 'none' }];
  await api.ask('PATCH', '/api/v1/namespaces/default/pods/init/ephemeralcontainers', {
    spec: { ephemeralContainers },
  });
  await api.ask('PATCH', '/api/v1/namespaces/default/pods/init/status', {
    status: {
      initContainerStatuses: [
        {
          name: 'migrate',
          image: '',
          imageID: '',
          ready: true,
          restartCount: 0,
          containerID: `containerd://${id}`,
        },
      ],
      ephemeralContainerStatuses: [
        {
          name: 'debugger',
          image: '',
          imageID: '',
          ready: false,
          restartCount: 0,
          containerID: `docker://${'cd'.repeat(32)}`,
        },
      ],
    },
  });
  await until('both are told', () => pods.podOfContainer('cd'.repeat(32)) !== undefined);
  expect(pods.podOfContainer(id)?.containerName).toBe('migrate');
  expect(pods.podOfContainer('cd'.repeat(32))).toMatchObject({ containerName: 'debugger', pod: { uid } });
  expect(pods.podOfUid(uid)?.containerNames).toEqual(['main', 'migrate', 'debugger']);
});

test('while the API server is away nothing is forgotten, and what happened meanwhile is told after', async ({
  skip,
}) => {
  if (lack !== undefined) skip(lack);
  const { pods, changes, problems } = await watch('n5');
  const stays = await createPod(api, 'stays', { nodeName: 'n5' });
  const goes = await createPod(api, 'goes', { nodeName: 'n5' });
  await until('both are told', () => pods.podOfUid(goes) !== undefined && pods.podOfUid(stays) !== undefined);
  await api.killApi();
  await until('the watch is found to be broken', () => problems.length > 1);
  expect([pods.isSynced, pods.podOfUid(stays)?.name]).toEqual([true, 'stays']);
  expect(problems.at(-1)?.code).toBe('K8S_API_UNREACHABLE');
  await api.startApi();
  await deletePod(api, 'goes');
  const comes = await createPod(api, 'comes', { nodeName: 'n5' });
  await until('the new pod is told', () => pods.podOfUid(comes) !== undefined);
  await until('the end is told', () => changes.includes('goes gone'));
  expect(pods.podOfUid(stays)?.name).toBe('stays');
});

test('where the place of the watch is too old, it lists again', async ({ skip }) => {
  if (lack !== undefined) skip(lack);
  const { pods, changes, problems } = await watch('n6');
  const goes = await createPod(api, 'goes-6', { nodeName: 'n6' });
  await until('it is told', () => pods.podOfUid(goes) !== undefined);
  let comes = '';
  await api.behindTheirBacks(async () => {
    await deletePod(api, 'goes-6');
    comes = await createPod(api, 'comes-6', { nodeName: 'n6' });
  });
  await until('the new pod is told', () => pods.podOfUid(comes) !== undefined);
  await until('the end is told', () => changes.includes('goes-6 gone'));
  expect(problems.map((problem) => problem.status)).toContain(410);
});
