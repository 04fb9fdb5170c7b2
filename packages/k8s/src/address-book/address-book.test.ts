import { expect, test } from 'vitest';
import { aNode, aPod, aService, uidOf } from '../testing/entities.ts';
import { aFeed, Listener } from '../testing/feed-to-book.ts';

test('a pod is told with its workload, node and services, by address and by uid', () => {
  const { feed } = aFeed();
  feed.put(aPod(1, { ips: ['10.244.1.7', 'fd00::7'], services: ['cart', 'cart-all'], started: 990 }));
  const agent = new Listener();
  agent.listen(feed);
  const expected = {
    kind: 'pod',
    namespace: 'shop',
    name: 'cart-5d9f8-1',
    podUid: uidOf(1),
    workloadKind: 'Deployment',
    workloadName: 'cart',
    nodeName: 'node-1',
    serviceName: 'cart',
    services: ['cart', 'cart-all'],
  };
  expect(agent.who('10.244.1.7', 995)).toEqual(expected);
  expect(agent.who('fd00::7', 995)).toEqual(expected);
  expect(agent.book.podByUid(uidOf(1))).toEqual(expected);
  expect(agent.book.podByUid(uidOf(2))).toBeUndefined();
  expect(agent.book.podByUid('x')).toBeUndefined();
});

test('a pod that nothing controls is its own workload', () => {
  const { feed } = aFeed();
  feed.put(aPod(1, { ips: ['10.0.0.1'], workloadKind: 'Pod', workloadName: 'cart-5d9f8-1' }));
  const agent = new Listener();
  agent.listen(feed);
  expect(agent.who('10.0.0.1', 1)).toMatchObject({ workloadKind: 'Pod', workloadName: 'cart-5d9f8-1' });
});

test('an address that passes on within seconds: each time is given to its holder', () => {
  const { feed, second } = aFeed();
  const agent = new Listener();
  feed.put(aPod(1, { ips: ['10.0.0.1'], started: 900 }));
  agent.listen(feed);
  // The second pod is told before the end of the first is: what Kubernetes says of it comes late.
  feed.put(aPod(2, { ips: ['10.0.0.1'], started: 1_003 }));
  second();
  expect([agent.who('10.0.0.1', 1_002.9).name, agent.who('10.0.0.1', 1_003.1).name]).toEqual([
    'cart-5d9f8-1',
    'cart-5d9f8-2',
  ]);
  feed.put(aPod(1, { ips: ['10.0.0.1'], started: 900, ended: 1_001.5 }));
  feed.put(aPod(2, { ips: ['10.0.0.1'], started: 1_003, ended: 1_004 }));
  feed.put(aPod(3, { ips: ['10.0.0.1'], started: 1_005 }));
  second();
  const names = [950, 1_001.4, 1_002, 1_003.5, 1_004.5, 1_005.5].map((at) => {
    const { kind, name } = agent.who('10.0.0.1', at);
    return kind === 'pod' ? name : kind;
  });
  expect(names).toEqual([
    'cart-5d9f8-1',
    'cart-5d9f8-1',
    'external', // Held by nobody, outside of every range of the cluster.
    'cart-5d9f8-2',
    'external',
    'cart-5d9f8-3',
  ]);
});

test('an agent that comes after an end hears of it too', () => {
  const { feed } = aFeed();
  feed.put(aPod(1, { ips: ['10.0.0.1'], started: 900, ended: 990 }));
  feed.put(aPod(2, { ips: ['10.0.0.1'], started: 991 }));
  const agent = new Listener();
  agent.listen(feed);
  expect([agent.who('10.0.0.1', 950).name, agent.who('10.0.0.1', 995).name]).toEqual([
    'cart-5d9f8-1',
    'cart-5d9f8-2',
  ]);
});

test("a pod's address changes with its sandbox", () => {
  const { feed, second } = aFeed();
  const agent = new Listener();
  feed.put(aPod(1, { ips: ['10.0.0.1'], started: 900 }));
  agent.listen(feed);
  feed.put(aPod(1, { ips: ['10.0.0.2'], started: 1_000 }));
  second();
  expect([agent.who('10.0.0.1', 999).kind, agent.who('10.0.0.1', 1_500).kind]).toEqual(['pod', 'external']);
  expect([agent.who('10.0.0.2', 999).kind, agent.who('10.0.0.2', 1_500).kind]).toEqual(['external', 'pod']);
});

test("with host network the address is the node's", () => {
  const { feed } = aFeed();
  feed.put(aNode(9, { addresses: ['192.168.0.9'] }));
  feed.put(aPod(1, { ips: ['192.168.0.9'], hostNetwork: true, nodeName: 'node-9' }));
  const agent = new Listener();
  agent.listen(feed);
  expect(agent.who('192.168.0.9', 1)).toMatchObject({ kind: 'node', name: 'node-9', nodeName: 'node-9' });
  expect(agent.book.podByUid(uidOf(1))).toMatchObject({ nodeName: 'node-9' });
});

test('services, nodes and what is none of them', () => {
  const { feed } = aFeed();
  feed.setClusterRanges(['10.96.0.0/16']);
  feed.put(aNode(9, { addresses: ['192.168.0.9', 'host.name'], podCidrs: ['10.244.3.0/24', 'fd00:3::/64'] }));
  feed.put(aService(5, { clusterIps: ['10.96.0.5'], externalIps: ['203.0.113.5', '192.168.0.9'] }));
  const agent = new Listener();
  expect(agent.who('10.96.0.5', 1).kind).toBe('unknown_yet');
  agent.listen(feed);
  const kinds = (...addresses: string[]): string[] => addresses.map((address) => agent.who(address, 1).kind);
  expect(kinds('10.96.0.5', '203.0.113.5', '192.168.0.9')).toEqual(['service', 'service', 'service']);
  expect(agent.who('10.96.0.5', 1)).toMatchObject({
    name: 'service-5',
    serviceName: 'service-5',
    namespace: 'shop',
  });
  expect(kinds('10.96.0.6', '10.244.3.2', 'fd00:3::9')).toEqual([
    'unknown_yet',
    'unknown_yet',
    'unknown_yet',
  ]);
  expect(agent.who('10.244.3.1', 1)).toMatchObject({ kind: 'node', name: 'node-9' });
  expect(kinds('8.8.8.8', '10.244.4.1', '10.97.0.1', '2001:db8::1')).toEqual(new Array(4).fill('external'));
});

test('what a snapshot of another collector does not name has ended', () => {
  const first = aFeed(7n);
  first.feed.put(aPod(1, { ips: ['10.0.0.1'], started: 900 }));
  first.feed.put(aPod(2, { ips: ['10.0.0.2'], started: 900 }));
  const agent = new Listener();
  agent.listen(first.feed).close();
  const other = aFeed(8n);
  other.second();
  other.feed.put(aPod(2, { ips: ['10.0.0.2'], started: 900 }));
  agent.listen(other.feed);
  expect([agent.who('10.0.0.1', 1_000.5).kind, agent.who('10.0.0.1', 1_002).kind]).toEqual([
    'pod',
    'external',
  ]);
  expect(agent.who('10.0.0.2', 1_002).kind).toBe('pod');
  // It lived after all.
  other.feed.put(aPod(1, { ips: ['10.0.0.1'], started: 900 }));
  other.second();
  expect(agent.who('10.0.0.1', 1_002).kind).toBe('pod');
});

test('what ended is forgotten after ten minutes, and its memory used again', () => {
  const { feed, clock, second } = aFeed();
  const agent = new Listener();
  agent.listen(feed);
  for (let round = 0; round < 5; round += 1) {
    const at = Number(clock.wallNs()) / 1e9;
    for (let number = 0; number < 100; number += 1)
      feed.put(aPod(round * 100 + number, { ips: [`10.0.0.${number}`], started: at, ended: at + 1 }));
    second();
    clock.advanceMs(11 * 60_000);
    expect(agent.book.stats).toMatchObject({ entities: 0, addresses: 0, holds: 0 });
    expect(feed.stats.entities).toBe(0);
  }
});

test('the time of the watches says what is settled', () => {
  const { feed, second } = aFeed();
  const agent = new Listener();
  agent.listen(feed);
  const at = 1_001_000_000_000n;
  expect(agent.book.isSettled(at)).toBe(false);
  for (let index = 0; index < 4; index += 1) second();
  expect(agent.book.isSettled(at)).toBe(true);
});

test('what is no entity is refused and counted', () => {
  const { feed } = aFeed();
  const agent = new Listener();
  agent.listen(feed);
  const delta = {
    ...position(agent),
    snapshotPart: 0,
    snapshotParts: 0,
    asOfMs: 0,
    strings: [],
    clusterRanges: [],
  };
  const node = { uid: new Uint8Array(3), name: 'x', addresses: [], podRanges: [], startedMs: 0, endedMs: 0 };
  const odd = {
    ...node,
    uid: new Uint8Array(16),
    addresses: [new Uint8Array(5)],
    podRanges: [{ address: new Uint8Array(9), prefixBits: 999 }],
  };
  expect(agent.book.apply({ ...delta, pods: [], services: [], nodes: [node, odd] })).toBe(true);
  expect(agent.book.stats.refusedCount).toBe(2);
  expect(agent.who('8.8.8.8', 1).kind).toBe('external');
});

function position({ book }: Listener): { feedId: bigint; version: number; baseVersion: number } {
  return { ...book.position, baseVersion: book.position.version };
}
