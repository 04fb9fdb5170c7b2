import { AddressBook, parseAddress } from '@tomte/k8s';
import type { ContainerFacts, EntityUpdate, NodePod, NodePods } from '@tomte/k8s';
import { expect, test } from 'vitest';
import { ipv4 } from '../testing/event-builders.ts';
import { CaptureScope } from './capture-scope.ts';
import type { ScopeRules } from './capture-scope.ts';
import { ClusterIdentity } from './cluster-identity.ts';
import { unknownProcess } from './process-table.ts';

const uid = '0a1b2c3d-0000-4000-8000-000000000001';
const containerId = 'a1b2c3d4'.repeat(8);
const NOW_MS = 1_795_521_600_000;
const nowNs = BigInt(NOW_MS) * 1_000_000n;

const cart: NodePod = {
  uid,
  configHash: '',
  namespace: 'shop',
  name: 'cart-7d9f8-x2x',
  hostNetwork: false,
  ips: ['10.244.1.5'],
  labels: { 'pod-template-hash': '7d9f8' },
  annotations: {},
  ownerKind: 'ReplicaSet',
  ownerName: 'cart-7d9f8',
  containers: [{ id: containerId, name: 'app' }],
  containerNames: ['app', 'sidecar'],
};

function podsOf(...pods: readonly NodePod[]): NodePods {
  return {
    isSynced: true,
    podOfUid: (wanted) => pods.find((pod) => pod.uid === wanted),
    podOfContainer: (id) => {
      const pod = pods.find(({ containers }) => containers.some((container) => container.id === id));
      return pod && { pod, containerName: 'app' };
    },
    pods: () => pods,
    requestCount: 0,
    close: () => undefined,
  };
}

const facts: ContainerFacts = { containerId, podUid: uid, containerName: 'app' };
const process = { ...unknownProcess(7), containerId };

function identity(pods: NodePods, book = new AddressBook(), read: ContainerFacts | undefined = facts) {
  return new ClusterIdentity({ nodeName: 'node-1', pods, book, containerOf: () => read });
}

/** A snapshot with one pod behind a deployment, one service and one node. */
function snapshot(): EntityUpdate {
  const address = (text: string): Uint8Array => parseAddress(text) ?? new Uint8Array(0);
  const life = { startedMs: NOW_MS - 60_000, endedMs: 0 };
  const uidOf = (last: number): Uint8Array => {
    const bytes = new Uint8Array(Buffer.from(uid.replaceAll('-', ''), 'hex'));
    bytes[15] = last;
    return bytes;
  };
  const strings = ['shop', 'node-1', 'Deployment', 'cart', 'cart-svc', 'node-2', 'web'];
  const pod = { namespace: 1, isNameShort: false, isHostNetwork: false, workloadKind: 3, ...life };
  return {
    feedId: 1n,
    version: 1,
    baseVersion: 0,
    snapshotPart: 0,
    snapshotParts: 1,
    asOfMs: NOW_MS,
    strings,
    pods: [
      {
        ...pod,
        uid: uidOf(1),
        name: 'cart-7d9f8-x2x',
        nodeName: 2,
        addresses: [address('10.244.1.5')],
        workloadName: 4,
        services: [5],
      },
      {
        ...pod,
        uid: uidOf(2),
        name: 'web-1',
        nodeName: 6,
        addresses: [address('10.244.2.9')],
        workloadName: 7,
        services: [],
      },
    ],
    services: [{ uid: uidOf(3), namespace: 1, name: 'cart-svc', addresses: [address('10.96.0.7')], ...life }],
    nodes: [
      {
        uid: uidOf(4),
        name: 'node-2',
        addresses: [address('172.18.0.3')],
        podRanges: [{ address: address('10.244.2.0'), prefixBits: 24 }],
        ...life,
      },
    ],
    clusterRanges: [],
  };
}

test('a process in a pod: what its cgroup, the node and the collector say, together', () => {
  const book = new AddressBook();
  expect(book.apply(snapshot())).toBe(true);
  expect(identity(podsOf(cart), book).placementOf(process, false)).toEqual({
    namespaceName: 'shop',
    podName: 'cart-7d9f8-x2x',
    podUid: uid,
    containerName: 'app',
    workloadKind: 'Deployment',
    workloadName: 'cart',
    nodeName: 'node-1',
    serviceName: 'cart-svc',
    unresolvedReason: '',
  });
});

test('what the collector has not told is waited for, then derived from the pod itself', () => {
  const cluster = identity(podsOf(cart));
  expect(cluster.placementOf(process, false)).toBeUndefined();
  expect(cluster.placementOf(process, true)).toMatchObject({
    workloadKind: 'Deployment',
    workloadName: 'cart',
    serviceName: '',
    unresolvedReason: '',
  });
});

test('each reason for having no pod', () => {
  const cluster = identity(podsOf());
  expect(cluster.placementOf(process, false)).toBeUndefined();
  expect(cluster.placementOf(process, true)).toMatchObject({ unresolvedReason: 'pod_unknown', podUid: uid });
  expect(cluster.placementOf(unknownProcess(8), false)?.unresolvedReason).toBe('host_process');
  expect(cluster.placementOf(undefined, false)?.unresolvedReason).toBe('process_unknown');
  const ofNodeContainer = { containerId, podUid: '', containerName: '' };
  const onHost = identity(podsOf(), new AddressBook(), ofNodeContainer).placementOf(process, false);
  expect(onHost).toMatchObject({ unresolvedReason: 'host_process', nodeName: 'node-1' });
});

test('a process that ended before its cgroup was read is known by its container', () => {
  const gone = new ClusterIdentity({
    nodeName: 'node-1',
    pods: podsOf(cart),
    book: new AddressBook(),
    containerOf: () => undefined,
  });
  expect(gone.placementOf(process, true)).toMatchObject({ podName: cart.name, containerName: 'app' });
});

test('a process that ended before anybody looked is known by what the kernel said of its cgroup', () => {
  const gone = new ClusterIdentity({
    nodeName: 'node-1',
    pods: podsOf({ ...cart, containers: [], containerNames: ['app'] }),
    book: new AddressBook(),
    containerOf: () => undefined,
  });
  const placement = gone.placementOf({ ...process, podUid: uid }, true);
  expect(placement).toMatchObject({ podName: cart.name, containerName: 'app', unresolvedReason: '' });
  expect(gone.placementOf({ ...process, containerId: 'b'.repeat(64) }, false)).toBeUndefined();
});

test('a container whose first process showed no name is named by the next one', () => {
  const book = new AddressBook();
  book.apply(snapshot());
  let read = { ...facts, containerName: '' };
  const pods = podsOf({ ...cart, containers: [] });
  const cluster = new ClusterIdentity({ nodeName: 'node-1', pods, book, containerOf: () => read });
  expect(cluster.placementOf(process, true)?.containerName).toBe('');
  read = facts;
  expect(cluster.placementOf(process, false)?.containerName).toBe('app');
});

test.each([
  ['10.244.2.9', { kind: 'pod', podName: 'web-1', workloadName: 'web', nodeName: 'node-2', serviceName: '' }],
  ['10.96.0.7', { kind: 'service', podName: '', workloadName: '', nodeName: '', serviceName: 'cart-svc' }],
  ['172.18.0.3', { kind: 'node', podName: '', workloadName: '', nodeName: 'node-2', serviceName: '' }],
])('whose the address %s is', (address, expected) => {
  const book = new AddressBook();
  book.apply(snapshot());
  const peer = identity(podsOf(), book).peerOf(ipv4(address), nowNs, false);
  expect(peer).toMatchObject({ ...expected, unresolvedReason: '' });
});

test('addresses of nobody: outside, not told yet, loopback, unknown', () => {
  const book = new AddressBook();
  const cluster = identity(podsOf(), book);
  expect(cluster.peerOf(ipv4('10.244.2.77'), nowNs, false)).toBeUndefined();
  book.apply(snapshot());
  expect(cluster.peerOf(ipv4('10.244.2.77'), nowNs, false)).toBeUndefined();
  expect(cluster.peerOf(ipv4('10.244.2.77'), nowNs, true)?.unresolvedReason).toBe('not_yet_known');
  expect(cluster.peerOf(ipv4('93.184.216.34'), nowNs, false)).toMatchObject({ kind: 'external' });
  expect(cluster.peerOf(ipv4('127.0.0.1'), nowNs, false)).toMatchObject({ kind: 'loopback' });
  expect(cluster.peerOf(undefined, nowNs, false)?.unresolvedReason).toBe('address_unknown');
});

const open: ScopeRules = { includeNamespaces: [], excludeNamespaces: [] };
const own = { ...cart, labels: { 'app.kubernetes.io/part-of': 'tomte' } };
const shy = { ...cart, annotations: { 'tomte.dev/capture': 'false' } };

test.each([
  ['a pod', cart, open, 'captured'],
  ['our own pod, whatever its release', own, open, 'left_out'],
  ['our own pod in an included namespace', own, { ...open, includeNamespaces: ['shop'] }, 'left_out'],
  ['a pod that says no', shy, open, 'left_out'],
  ['a pod of an excluded namespace', cart, { ...open, excludeNamespaces: ['shop'] }, 'left_out'],
  ['a pod of an included namespace', cart, { ...open, includeNamespaces: ['shop'] }, 'captured'],
  ['a pod of another namespace', cart, { ...open, includeNamespaces: ['pay'] }, 'left_out'],
])('%s is %s', (_name, pod, rules, expected) => {
  expect(new CaptureScope(rules, podsOf(pod), () => facts).decide(7)).toBe(expected);
});

test('a process that has ended is decided by what its events say of its cgroup', () => {
  const shyScope = new CaptureScope(open, podsOf(shy), () => undefined);
  expect(shyScope.decide(7)).toBeUndefined();
  expect(shyScope.decide(7, { containerId })).toBe('left_out');
  expect(shyScope.decide(7, { containerId: '', podUid: '' })).toBe('captured');
  expect(shyScope.decide(7, { containerId: '', podUid: uid })).toBe('left_out');
});

test('a process of the node itself is captured unless namespaces are named; one of an unknown pod is asked again', () => {
  const onHost = { containerId: '', podUid: '', containerName: '' };
  const included = { ...open, includeNamespaces: ['shop'] };
  expect(new CaptureScope(open, podsOf(), () => onHost).decide(7)).toBe('captured');
  expect(new CaptureScope(included, podsOf(), () => onHost).decide(7)).toBe('not_asked_for');
  expect(new CaptureScope(open, podsOf(), () => facts).decide(7)).toBeUndefined();
});
