import { expect, test } from 'vitest';
import { peerWithout, placementWithout } from '../identity/cluster-view.ts';
import type { ClusterView, Peer, Placement } from '../identity/cluster-view.ts';
import { buildConnection, buildProcess, ConversationBuilder } from '../testing/event-builders.ts';
import { makeHarness, NOON_NS } from '../testing/pipeline-harness.ts';

const MS = 1e6;
const ask = 'GET /a HTTP/1.1\r\nHost: cart\r\n\r\n';
const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

const cart: Placement = {
  namespaceName: 'shop',
  podName: 'cart-1',
  podUid: 'uid-1',
  containerName: 'app',
  workloadKind: 'Deployment',
  workloadName: 'cart',
  nodeName: 'node-1',
  serviceName: 'cart-svc',
  unresolvedReason: '',
};
const web: Peer = {
  kind: 'pod',
  namespaceName: 'front',
  podName: 'web-1',
  workloadKind: 'StatefulSet',
  workloadName: 'web',
  nodeName: 'node-2',
  serviceName: '',
  unresolvedReason: '',
};

/** A cluster that says nothing until it is told to, and remembers for which time it was asked. */
function quietCluster(): { view: ClusterView; tell(): void; askedNs: bigint[] } {
  let isTold = false;
  const askedNs: bigint[] = [];
  const view: ClusterView = {
    isSettled: () => false,
    placementOf: (_process, isLast) => {
      if (isTold) return cart;
      return isLast ? placementWithout('pod_unknown', 'node-1') : undefined;
    },
    peerOf(_address, atWallNs, isLast) {
      askedNs.push(atWallNs);
      if (isTold) return web;
      return isLast ? peerWithout('unknown', 'not_yet_known') : undefined;
    },
  };
  return { view, tell: () => void (isTold = true), askedNs };
}

function serve(cluster: ClusterView) {
  const harness = makeHarness({ cluster });
  const talk = new ConversationBuilder();
  harness.pipeline.process(buildProcess());
  harness.pipeline.connection(buildConnection());
  harness.pipeline.data(talk.data('received', ask, { atNs: 10 * MS }));
  harness.pipeline.data(talk.data('sent', answer, { atNs: 11 * MS }));
  return harness;
}

test('a request of a pod that is told of a moment later carries its names, and those of its peer then', () => {
  const { view, tell, askedNs } = quietCluster();
  const { pipeline, rows } = serve(view);
  pipeline.tick(900 * MS);
  tell();
  pipeline.tick(1_000 * MS);
  pipeline.stop();
  expect(rows('requests')).toMatchObject([
    {
      service_name: 'cart',
      k8s_namespace_name: 'shop',
      k8s_pod_name: 'cart-1',
      k8s_container_name: 'app',
      k8s_workload_kind: 'Deployment',
      k8s_service_name: 'cart-svc',
      k8s_unresolved_reason: '',
      peer_service_name: 'web',
      peer_kind: 1,
      peer_k8s_pod_name: 'web-1',
      peer_unresolved_reason: '',
    },
  ]);
  expect(new Set(askedNs)).toEqual(new Set([NOON_NS + 10_000_000n]));
});

test.each([
  ['client', 'shop.example'],
  ['server', ''],
] as const)('a peer outside of the cluster is what a client calls it: %s', (role, expected) => {
  const outside: ClusterView = {
    placementOf: () => cart,
    peerOf: () => peerWithout('external', 'external'),
    isSettled: () => true,
  };
  const { pipeline, rows } = makeHarness({ cluster: outside });
  const talk = new ConversationBuilder();
  pipeline.process(buildProcess());
  pipeline.connection(buildConnection({ role }));
  const [asked, answered] =
    role === 'client' ? (['sent', 'received'] as const) : (['received', 'sent'] as const);
  pipeline.data(talk.data(asked, ask.replace('cart', 'Shop.Example:8443'), { atNs: 10 * MS }));
  pipeline.data(talk.data(answered, answer, { atNs: 11 * MS }));
  pipeline.stop();
  expect(rows('requests')).toMatchObject([{ peer_service_name: expected, peer_kind: 4 }]);
});

test('one that nobody tells of is written when its patience ends, with the reasons and its own name', () => {
  const { pipeline, rows } = serve(quietCluster().view);
  pipeline.tick(1_000 * MS);
  pipeline.tick(4_000 * MS);
  pipeline.tick(5_000 * MS);
  expect(rows('requests')).toMatchObject([
    {
      service_name: 'nginx',
      k8s_pod_name: '',
      k8s_unresolved_reason: 'pod_unknown',
      peer_kind: 0,
      peer_unresolved_reason: 'not_yet_known',
    },
  ]);
});

test('what waits is bounded: with no room left, rows are written at once', () => {
  const { pipeline, rows } = serve(quietCluster().view);
  const talk = new ConversationBuilder(2);
  pipeline.connection(buildConnection({ connectionId: 2, remotePort: 40_002 }));
  for (let count = 0; count < 2_100; count += 1) {
    pipeline.data(talk.data('received', ask, { atNs: 20 * MS }));
    pipeline.data(talk.data('sent', answer, { atNs: 20 * MS }));
  }
  pipeline.tick(900 * MS);
  expect(rows('requests').length).toBe(2_101 - 2_048);
  pipeline.stop();
  expect(rows('requests').length).toBe(2_101);
});

test('outside of a cluster nothing waits, and rows say so', () => {
  const harness = makeHarness();
  harness.pipeline.process(buildProcess());
  harness.pipeline.connection(buildConnection());
  const talk = new ConversationBuilder();
  harness.pipeline.data(talk.data('received', ask, { atNs: 10 * MS }));
  harness.pipeline.data(talk.data('sent', answer, { atNs: 11 * MS }));
  harness.pipeline.stop();
  expect(harness.rows('requests')).toMatchObject([
    { k8s_unresolved_reason: 'no_cluster', peer_unresolved_reason: 'no_cluster' },
  ]);
});
