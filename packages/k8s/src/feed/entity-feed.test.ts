import { expect, test } from 'vitest';
import { aPod, uidOf } from '../testing/entities.ts';
import { aFeed, decodeEntities, Listener } from '../testing/feed-to-book.ts';

const ip = (number: number): string => `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`;

test('changes within a second are one message, made once for all agents', () => {
  const { feed, second } = aFeed();
  const agents = [new Listener(), new Listener(), new Listener()];
  for (const agent of agents) agent.listen(feed);
  for (let change = 0; change < 5; change += 1)
    for (let number = 1; number <= 7; number += 1)
      feed.put(aPod(number, { ips: change < 4 ? [] : [ip(number)], started: 1_000 }));
  second();
  expect(agents.map((agent) => agent.messages.length)).toEqual([2, 2, 2]);
  expect(agents[1]?.messages[1]).toBe(agents[0]?.messages[1]);
  expect(feed.stats).toMatchObject({ version: 1, changes: 7, deltas: 1, snapshots: 1 });
  expect(agents[2]?.who(ip(7), 1_000).name).toBe('cart-5d9f8-7');
});

test('the first change after a rest is told at once, and no two messages of changes within a second', () => {
  const { feed, clock, second } = aFeed();
  const agent = new Listener();
  agent.listen(feed);
  second();
  const deltasAfter = (ms: number): number => {
    clock.advanceMs(ms);
    return feed.stats.deltas;
  };
  feed.put(aPod(1, { ips: [ip(1)] }));
  feed.put(aPod(2, { ips: [ip(2)] }));
  expect([deltasAfter(49), deltasAfter(1)]).toEqual([0, 1]);
  feed.put(aPod(3, { ips: [ip(3)] }));
  expect([deltasAfter(999), deltasAfter(1)]).toEqual([1, 2]);
  expect(feed.stats.changes).toBe(3);
  expect(agent.book.stats.entities).toBe(3);
});

test('what agents are not told of is no change', () => {
  const { feed, second } = aFeed();
  new Listener().listen(feed);
  const pod = aPod(1, { ips: [ip(1)], services: ['a'] });
  feed.put(pod);
  second();
  feed.put({ ...pod, labels: { app: 'cart' }, annotations: { a: 'b' }, ips: [...pod.ips] });
  second();
  expect(feed.stats.changes).toBe(1);
  feed.put({ ...pod, services: ['a', 'b'] });
  second();
  expect(feed.stats.changes).toBe(2);
});

test('what there was before the first agent came is told by its snapshot only', () => {
  const { feed, second } = aFeed();
  const agent = new Listener();
  feed.put(aPod(1, { ips: [ip(1)] }));
  second();
  feed.put(aPod(2, { ips: [ip(2)] }));
  agent.listen(feed);
  second();
  expect(feed.stats).toMatchObject({ version: 0, deltas: 0 });
  expect(agent.book.stats.entities).toBe(2);
});

test('a snapshot of many pods comes in parts, each below 4 MiB', () => {
  const { feed, second } = aFeed();
  for (let number = 1; number <= 30_011; number += 1)
    feed.put(aPod(number, { ips: [ip(number)], started: 900 }));
  for (let tick = 0; tick < 5; tick += 1) second();
  const agent = new Listener();
  agent.listen(feed);
  expect(agent.messages.map((message) => decodeEntities(message).pods.length)).toEqual([
    10_000, 10_000, 10_000, 11,
  ]);
  for (const message of agent.messages) expect(message.length).toBeLessThan(4 * 1024 * 1024);
  expect(agent.book.stats).toMatchObject({ entities: 30_011, addresses: 30_011 });
  expect(agent.book.podByUid(uidOf(30_011))?.name).toBe('cart-5d9f8-30011');
});

test('an agent that comes back soon is sent what it lacks, else a snapshot', () => {
  const { feed, second } = aFeed();
  const agent = new Listener();
  const stream = agent.listen(feed);
  const change = (number: number): void => {
    feed.put(aPod(number, { ips: [ip(number)] }));
    second();
  };
  change(1);
  stream.close();
  change(2);
  change(3);
  agent.messages.length = 0;
  const again = agent.listen(feed);
  expect(agent.messages.map((message) => decodeEntities(message).version)).toEqual([2, 3]);
  again.close();
  for (let number = 4; number < 130; number += 1) change(number);
  agent.messages.length = 0;
  agent.listen(feed);
  expect(agent.messages.map((message) => decodeEntities(message).snapshotParts)).toEqual([1]);
  expect(agent.book.stats.entities).toBe(129);
  expect(agent.refused).toEqual([]);
});

test('agents that come back together share a snapshot that is a little old', () => {
  const { feed, second } = aFeed();
  const agents = Array.from({ length: 5 }, () => new Listener());
  for (const [index, agent] of agents.entries()) {
    feed.put(aPod(index, { ips: [ip(index)] }));
    second();
    agent.listen(feed);
  }
  expect(feed.stats.snapshots).toBe(1);
  expect(agents.map((agent) => agent.book.stats.entities)).toEqual([5, 5, 5, 5, 5]);
});

test('an agent that is slow does not make others wait, nor the feed grow', () => {
  const { feed, second } = aFeed();
  const slow = new Listener();
  const quick = new Listener();
  slow.room = 2;
  const stream = slow.listen(feed);
  quick.listen(feed);
  for (let number = 1; number <= 200; number += 1) {
    feed.put(aPod(number, { ips: [ip(number)] }));
    second();
  }
  expect([slow.messages.length, quick.book.stats.entities]).toEqual([2, 200]);
  slow.room = Infinity;
  stream.resume();
  // What it lacked is no longer at hand: a snapshot, not 199 deltas.
  expect(slow.messages.length).toBeLessThanOrEqual(2 + 1 + 30);
  expect(slow.book.stats.entities).toBe(200);
  expect(slow.book.position).toEqual(quick.book.position);
});

test('a delta that does not follow changes nothing', () => {
  const { feed, second } = aFeed();
  const agent = new Listener();
  agent.listen(feed);
  feed.put(aPod(1, { ips: [ip(1)] }));
  second();
  const delta = decodeEntities(agent.messages[1] ?? new Uint8Array());
  expect(agent.book.apply(delta)).toBe(false);
  expect(agent.book.apply({ ...delta, baseVersion: 1, version: 2, feedId: 99n })).toBe(false);
  const fresh = new Listener();
  expect(fresh.book.apply(delta)).toBe(false);
  expect(fresh.book.isSynced).toBe(false);
});

test('a snapshot that breaks off leaves the book waiting for another', () => {
  const { feed } = aFeed();
  for (let number = 1; number <= 10_001; number += 1) feed.put(aPod(number, { ips: [ip(number)] }));
  const agent = new Listener();
  agent.room = 1;
  agent.listen(feed).close();
  expect([agent.book.isSynced, agent.book.position.feedId]).toEqual([false, 0n]);
  agent.room = Infinity;
  agent.listen(feed);
  expect([agent.book.isSynced, agent.book.stats.entities]).toEqual([true, 10_001]);
});

test('what ended long ago, such as the pods of old Jobs, is not told again and again', () => {
  const { feed, second } = aFeed();
  new Listener().listen(feed);
  feed.put(aPod(1, { ips: [ip(1)], started: 100, ended: 399 }));
  feed.put(aPod(2, { ips: [ip(2)], started: 100, ended: 401 }));
  second();
  expect(feed.stats).toMatchObject({ entities: 1, changes: 1 });
});

test('uids that are no UUIDs are refused and counted', () => {
  const { feed } = aFeed();
  feed.put(aPod(1, { uid: 'x' }));
  expect(feed.stats).toMatchObject({ entities: 0, refusedCount: 1 });
});
