import { type Clock, systemClock } from '@tomte/kit';
import { type KubeApiServer, startKubeApiServer } from '@tomte/testkit';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { ApiServer } from '../api/api-client.ts';
import type { K8sError } from '../api/errors.ts';
import type { Entity, ObjectEntity, PodEntity, ServiceEntity } from '../entities.ts';
import { createPod, deletePod, ownedBy, setPodStatus, uidIn } from '../testing/objects.ts';
import { until } from '../testing/until.ts';
import type { KubernetesEvent } from './kubernetes-event.ts';
import type { ClusterWatch, CustomOwner } from './options.ts';
import { watchCluster } from './watch-cluster.ts';

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

interface Watched {
  readonly cluster: ClusterWatch;
  /** As they were told last, by uid. */
  readonly entities: Map<string, Entity | ObjectEntity>;
  readonly events: KubernetesEvent[];
  readonly problems: K8sError[];
  readonly ranges: string[];
  pod(uid: string): PodEntity | undefined;
}

/** Waits of a minute, for what does not come by itself, are over in half a second. */
function hastyClock(): Clock {
  const clock = systemClock();
  return { ...clock, after: (delayMs, run) => clock.after(Math.min(delayMs, 500), run) };
}

const shops = { group: 'example.com', version: 'v1', resource: 'shops' };

async function watch(customOwners: readonly CustomOwner[] = [shops]): Promise<Watched> {
  const entities = new Map<string, Entity | ObjectEntity>();
  const events: KubernetesEvent[] = [];
  const problems: K8sError[] = [];
  const ranges: string[] = [];
  const cluster = watchCluster({
    server,
    clock: hastyClock(),
    random: Math.random,
    labels: ['app'],
    annotations: ['tomte.dev/*'],
    customOwners,
    watchesEvents: true,
    onEntity: (entity) => entities.set(entity.uid, entity),
    onEvent: (event) => events.push(event),
    onClusterRanges: (cidrs) => ranges.push(...cidrs),
    onSynced: () => undefined,
    onProblem: (problem) => problems.push(problem),
  });
  onTestFinished(() => cluster.close());
  await until('all lists have come', () => cluster.isSynced);
  const pod = (uid: string): PodEntity | undefined => {
    const entity = entities.get(uid);
    return entity?.kind === 'pod' ? entity : undefined;
  };
  return { cluster, entities, events, problems, ranges, pod };
}

async function controller(kind: string, name: string, metadata: object = {}): Promise<string> {
  const [path, spec] = controllerBodies[kind] ?? ['', {}];
  const apiVersion = path.slice('/apis/'.length);
  const plural = kind === 'Shop' ? 'shops' : `${kind.toLowerCase()}s`;
  const body = { apiVersion, kind, metadata: { name, ...metadata }, spec };
  return uidIn(await api.ask('POST', `${path}/namespaces/default/${plural}`, body));
}

const template = {
  metadata: { labels: { app: 'x' } },
  spec: { containers: [{ name: 'main', image: 'none' }], restartPolicy: 'Always' },
};
const jobTemplate = { spec: { ...template.spec, restartPolicy: 'Never' } };
const selector = { matchLabels: { app: 'x' } };
const controllerBodies: Readonly<Record<string, readonly [string, object]>> = {
  Deployment: ['/apis/apps/v1', { selector, template }],
  ReplicaSet: ['/apis/apps/v1', { selector, template }],
  StatefulSet: ['/apis/apps/v1', { selector, template, serviceName: 'x' }],
  DaemonSet: ['/apis/apps/v1', { selector, template }],
  Job: ['/apis/batch/v1', { template: jobTemplate }],
  CronJob: ['/apis/batch/v1', { schedule: '* * * * *', jobTemplate: { spec: { template: jobTemplate } } }],
  Shop: ['/apis/example.com/v1', {}],
};

test('chains of controllers are followed to their top', async ({ skip }) => {
  if (lack !== undefined) skip(lack);
  const watched = await watch();
  const chain = async (...kinds: readonly string[]): Promise<string> => {
    let metadata: object = {};
    for (const [depth, kind] of kinds.entries()) {
      const name = `${kinds[0]?.toLowerCase()}-${depth}`;
      const uid = await controller(kind, name, metadata);
      metadata = ownedBy({ apiVersion: controllerBodies[kind]?.[0].slice(6) ?? '', kind, name, uid });
    }
    return createPod(api, `pod-of-${kinds[0]?.toLowerCase()}`, { metadata });
  };
  const pods = {
    Deployment: await chain('Deployment', 'ReplicaSet'),
    ReplicaSet: await chain('ReplicaSet'),
    CronJob: await chain('CronJob', 'Job'),
    Job: await chain('Job'),
    StatefulSet: await chain('StatefulSet'),
    DaemonSet: await chain('DaemonSet'),
    Pod: await createPod(api, 'alone'),
  };
  for (const [kind, uid] of Object.entries(pods)) {
    const name = kind === 'Pod' ? 'alone' : `${kind.toLowerCase()}-0`;
    await until(`${kind} is told`, () => watched.pod(uid)?.workloadKind === kind);
    expect(watched.pod(uid)?.workloadName).toBe(name);
  }
  const stranger = await createPod(api, 'of-a-stranger', {
    metadata: ownedBy({ apiVersion: 'other.io/v1', kind: 'Robot', name: 'r2', uid: 'no-such' }),
  });
  await until(
    'an unknown controller is told by its reference',
    () => watched.pod(stranger)?.workloadName === 'r2',
  );
  expect(watched.pod(stranger)?.workloadKind).toBe('Robot');
});

test('a controller that is deleted before its pods still names them', async ({ skip }) => {
  if (lack !== undefined) skip(lack);
  const watched = await watch();
  const owner = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    name: 'gone',
    uid: await controller('Deployment', 'gone'),
  };
  const uid = await controller('ReplicaSet', 'gone-1', ownedBy(owner));
  const pod = await createPod(api, 'gone-1-a', {
    metadata: ownedBy({ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'gone-1', uid }),
  });
  await until('the chain is told', () => watched.pod(pod)?.workloadName === 'gone');
  const orphan = { propagationPolicy: 'Background' };
  await api.ask('DELETE', '/apis/apps/v1/namespaces/default/replicasets/gone-1', orphan);
  await api.ask('DELETE', '/apis/apps/v1/namespaces/default/deployments/gone', orphan);
  await until(
    'the end of the Deployment is told',
    () => (watched.entities.get(owner.uid)?.endedWallNs ?? 0n) > 0n,
  );
  await setPodStatus(api, 'gone-1-a', { ip: '10.0.9.9', startedAt: '2026-01-01T00:00:00Z' });
  await until('the address is told', () => watched.pod(pod)?.ips[0] === '10.0.9.9');
  await deletePod(api, 'gone-1-a');
  await until('the end is told', () => (watched.pod(pod)?.endedWallNs ?? 0n) > 0n);
  expect(watched.pod(pod)).toMatchObject({ workloadKind: 'Deployment', workloadName: 'gone' });
});

test('a custom kind above workloads is found once it is defined, and ends their chains', async ({ skip }) => {
  if (lack !== undefined) skip(lack);
  const robots = { group: 'example.com', version: 'v1', resource: 'robots' };
  const watched = await watch([shops, robots]);
  const isOfOwners = ({ code }: K8sError): boolean => code === 'K8S_OWNER_UNKNOWN';
  const saidOf = (): number => watched.problems.filter(isOfOwners).length;
  const asked = watched.cluster.stats.requestCount;
  await until('they are asked for again', () => watched.cluster.stats.requestCount >= asked + 4);
  expect(saidOf()).toBe(2);
  // A chain may be there before what is at its top is told: it ends below until then.
  const shop = { apiVersion: 'example.com/v1', kind: 'Shop', name: 'corner' };
  const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  await api.ask('POST', definitions, shopDefinition);
  await until('the kind is served', async () =>
    JSON.stringify(await api.ask('GET', '/apis/example.com/v1').catch(() => '')).includes('shops'),
  );
  const uid = await controller('Shop', 'corner');
  const pods = {
    Deployment: await podBelow({ ...shop, uid }, 'Deployment', 'ReplicaSet'),
    ReplicaSet: await podBelow({ ...shop, uid }, 'ReplicaSet'),
    StatefulSet: await podBelow({ ...shop, uid }, 'StatefulSet'),
  };
  for (const [kind, pod] of Object.entries(pods)) {
    await until(`the top of the ${kind} is told`, () => watched.pod(pod)?.workloadKind === 'Shop');
    expect(watched.pod(pod)?.workloadName).toBe('corner');
  }
  expect(watched.entities.get(uid)).toMatchObject({ kind: 'object', objectKind: 'Shop', name: 'corner' });
  expect(saidOf()).toBe(2);
  const unchosen = await watch([]);
  await until('the pod is told', () => unchosen.pod(pods.StatefulSet) !== undefined);
  expect(unchosen.pod(pods.StatefulSet)?.workloadKind).toBe('StatefulSet');
});

/** A pod at the lower end of such a chain. */
async function podBelow(
  top: { apiVersion: string; kind: string; name: string; uid: string },
  ...kinds: readonly string[]
): Promise<string> {
  let owner = top;
  for (const kind of kinds) {
    const name = `${owner.name}-${kind.toLowerCase()}`;
    const uid = await controller(kind, name, ownedBy(owner));
    owner = { apiVersion: 'apps/v1', kind, name, uid };
  }
  return createPod(api, `${owner.name}-pod`, { metadata: ownedBy(owner) });
}

const shopDefinition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'shops.example.com' },
  spec: {
    group: 'example.com',
    names: { kind: 'Shop', plural: 'shops' },
    scope: 'Namespaced',
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
  },
};

async function service(name: string, spec: object): Promise<string> {
  const body = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { ports: [{ port: 80 }], ...spec },
  };
  return uidIn(await api.ask('POST', '/api/v1/namespaces/default/services', body));
}

async function slice(name: string, of: string, endpoints: readonly object[]): Promise<void> {
  const metadata = { name, labels: { 'kubernetes.io/service-name': of } };
  const body = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata,
    addressType: 'IPv4',
    endpoints,
    ports: [],
  };
  await api.ask('POST', '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', body);
}

test('services of a pod: headless ones last, and those without a selector by the address', async ({
  skip,
}) => {
  if (lack !== undefined) skip(lack);
  const watched = await watch();
  const pod = await createPod(api, 'served');
  const targetRef = { kind: 'Pod', name: 'served', namespace: 'default', uid: pod };
  const plain = await service('served', { selector: { app: 'x' } });
  await service('a-headless', { selector: { app: 'x' }, clusterIP: 'None' });
  await service('by-hand', {});
  await slice('served-1', 'served', [{ addresses: ['10.0.1.5'], targetRef }]);
  await slice('headless-1', 'a-headless', [
    { addresses: ['10.0.1.5'], targetRef, conditions: { ready: false } },
  ]);
  await slice('by-hand-1', 'by-hand', [{ addresses: ['10.0.1.5'] }]);
  await until('two services are told', () => watched.pod(pod)?.services.length === 2);
  expect(watched.pod(pod)?.services).toEqual(['served', 'a-headless']);
  await setPodStatus(api, 'served', { ip: '10.0.1.5', startedAt: '2026-01-01T00:00:00Z' });
  await until('the third is told', () => watched.pod(pod)?.services.length === 3);
  expect(watched.pod(pod)?.services).toEqual(['by-hand', 'served', 'a-headless']);
  const told = watched.entities.get(plain) as ServiceEntity; // Proof: created as a service above.
  expect(told.clusterIps[0]).toMatch(/^10\.96\./);
  expect(told.ports).toEqual([{ name: '', port: 80, protocol: 'TCP' }]);
  expect(watched.ranges).toEqual(['10.96.0.0/16']);
  await api.ask('DELETE', '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/headless-1');
  await until('one is gone', () => watched.pod(pod)?.services.length === 2);
});

test('an address that passes on within seconds has its times from kubelet, not from the watch', async ({
  skip,
}) => {
  if (lack !== undefined) skip(lack);
  const watched = await watch();
  const ip = '10.0.2.2';
  const startMs = Date.now() - 60_000;
  const at = (second: number): string => `${new Date(startMs + second * 1_000).toISOString().slice(0, 19)}Z`;
  const first = await createPod(api, 'first');
  await setPodStatus(api, 'first', { ip, startedAt: at(0) });
  await until('the first is told', () => watched.pod(first)?.ips[0] === ip);
  const second = await createPod(api, 'second');
  await setPodStatus(api, 'second', { ip, startedAt: at(4) });
  await until('the second is told', () => watched.pod(second)?.ips[0] === ip);
  await setPodStatus(api, 'first', { ip, startedAt: at(0), finishedAt: at(2) });
  await deletePod(api, 'first');
  await until('the end is told', () => (watched.pod(first)?.endedWallNs ?? 0n) > 0n);
  const ns = (text: string): bigint => BigInt(Date.parse(text)) * 1_000_000n;
  expect(watched.pod(first)).toMatchObject({ startedWallNs: ns(at(0)), endedWallNs: ns(at(3)) });
  expect(watched.pod(second)).toMatchObject({ startedWallNs: ns(at(4)), endedWallNs: 0n });
});

test('nodes, namespaces, labels by the allow-list, events', async ({ skip }) => {
  if (lack !== undefined) skip(lack);
  const watched = await watch();
  const metadata = {
    name: 'node-7',
    labels: { app: 'x', other: 'y' },
    annotations: { 'tomte.dev/a': '1', b: '2' },
  };
  const spec = { podCIDR: '10.244.7.0/24', podCIDRs: ['10.244.7.0/24'] };
  const addresses = [
    { type: 'InternalIP', address: '192.168.7.7' },
    { type: 'Hostname', address: 'node-7' },
  ];
  const body = { apiVersion: 'v1', kind: 'Node', metadata, spec, status: { addresses } };
  const node = uidIn(await api.ask('POST', '/api/v1/nodes', body));
  const event = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'e1' },
    involvedObject: { kind: 'Pod', namespace: 'default', name: 'served', uid: 'u' },
    reason: 'BackOff',
    message: 'x'.repeat(2_000),
    type: 'Warning',
    count: 3,
    firstTimestamp: '2026-01-01T00:00:00Z',
    lastTimestamp: '2026-01-01T00:00:09Z',
    source: { component: 'kubelet', host: 'node-7' },
  };
  await api.ask('POST', '/api/v1/namespaces/default/events', event);
  await until('the node is told', () => watched.entities.has(node));
  await until('the event is told', () => watched.events.some(({ reason }) => reason === 'BackOff'));
  expect(watched.entities.get(node)).toMatchObject({
    name: 'node-7',
    addresses: ['192.168.7.7'],
    podCidrs: ['10.244.7.0/24'],
    labels: { app: 'x' },
    annotations: { 'tomte.dev/a': '1' },
  });
  const told = watched.events.find(({ reason }) => reason === 'BackOff');
  expect(told).toMatchObject({ count: 3, component: 'kubelet', nodeName: 'node-7', objectName: 'served' });
  expect(told?.message.length).toBe(1_024);
  expect(
    [...watched.entities.values()].some((one) => one.kind === 'object' && one.objectKind === 'Namespace'),
  ).toBe(true);
});

test('the API server dies and its history is gone: what ended meanwhile is told to have ended', async ({
  skip,
}) => {
  if (lack !== undefined) skip(lack);
  const watched = await watch();
  const goes = await createPod(api, 'goes');
  await until('it is told', () => watched.pod(goes) !== undefined);
  await api.killApi();
  await until('every watch is found to be broken', () => watched.problems.length > 10);
  const asOf = watched.cluster.asOfWallNs();
  expect(watched.cluster.asOfWallNs()).toBe(asOf);
  let comes = '';
  await api.behindTheirBacks(async () => {
    await deletePod(api, 'goes');
    comes = await createPod(api, 'comes');
  });
  await until('the new pod is told', () => watched.pod(comes) !== undefined);
  await until('the end is told', () => (watched.pod(goes)?.endedWallNs ?? 0n) > 0n);
  await until('all watches run again', () => watched.cluster.asOfWallNs() > asOf);
});
