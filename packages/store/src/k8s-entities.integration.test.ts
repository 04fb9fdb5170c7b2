import { MAX_RETENTION_DAYS } from './retention.ts';
import { endlessRetention, startTestStore } from '@tomte/testkit';
import type { TestStore } from '@tomte/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeClients, connectClients } from './connection.ts';
import type { CollectorRow } from './insert-rows.ts';

let opened: TestStore;
beforeAll(async () => {
  opened = await startTestStore();
});
afterAll(async () => opened.close());

const at = (second: number): bigint => 1_768_435_200_000_000_000n + BigInt(Math.round(second * 1e9));

/** Seconds after the test day's start; no `to` for what lives. */
function row(
  name: string,
  address: string,
  span: { from: number; to?: number; observed: number },
): CollectorRow<'k8s_entities'> {
  return {
    k8s_cluster_name: 'c',
    kind: 'Pod',
    uid: `uid-${name}`,
    k8s_namespace_name: 'shop',
    name,
    k8s_node_name: 'n1',
    addresses: [address],
    k8s_workload_kind: 'Deployment',
    k8s_workload_name: 'cart',
    services: ['cart', 'cart-all'],
    labels: { app: 'cart' },
    annotations: {},
    valid_from: at(span.from),
    valid_to: span.to === undefined ? 0n : at(span.to),
    observed: at(span.observed),
  };
}

/** The question that the record's meaning says. */
async function holderAt(address: string, second: number): Promise<string> {
  const { rows } = await opened.store.query({
    sql: `SELECT name FROM k8s_entities FINAL
      WHERE has(addresses, {address:IPv6})
        AND valid_from <= fromUnixTimestamp64Nano({at:Int64}, 'UTC')
        AND (valid_to = toDateTime64(0, 9) OR valid_to > fromUnixTimestamp64Nano({at:Int64}, 'UTC'))
      ORDER BY valid_from DESC
      LIMIT 1`,
    params: { address, at: String(at(second)) },
  });
  return String(rows[0]?.[0] ?? 'nobody');
}

test('an address that passes from pod to pod within seconds is given to who held it', async () => {
  await opened.store.insertRows('k8s_entities', [
    row('a', '10.0.0.1', { from: 100, observed: 101 }),
    row('b', '10.0.0.1', { from: 204, observed: 205 }),
    row('guessed', '10.0.0.1', { from: 300, observed: 301 }),
    row('other', '10.0.0.2', { from: 0, observed: 1 }),
  ]);
  // Ends are told later, in another insert: the same version again.
  await opened.store.insertRows('k8s_entities', [
    row('a', '10.0.0.1', { from: 100, to: 203, observed: 206 }),
    row('guessed', '10.0.0.1', { from: 300, to: 300, observed: 302 }),
  ]);
  const asked = [99.9, 100, 202.999, 203, 203.5, 204, 250, 300, 400];
  const holders = await Promise.all(asked.map((second) => holderAt('::ffff:10.0.0.1', second)));
  expect(holders).toEqual(['nobody', 'a', 'a', 'nobody', 'nobody', 'b', 'b', 'b', 'b']);
});

test('what stands open is read as it was written', async () => {
  const open = await opened.store.openEntities('c');
  expect(open.map(({ name }) => name).sort()).toEqual(['b', 'other']);
  const {
    valid_to: _to,
    observed: _observed,
    ...written
  } = row('b', '::ffff:10.0.0.1', { from: 204, observed: 205 });
  expect(open.find(({ name }) => name === 'b')).toEqual(written);
  expect(await opened.store.openEntities('another')).toEqual([]);
});

test('an event is a row a count, whoever writes it', async () => {
  const event = (count: number, observed: number): CollectorRow<'k8s_events'> => ({
    time: at(count),
    first_time: at(0),
    k8s_cluster_name: 'c',
    uid: 'e1',
    event_count: count,
    type: 'Warning',
    reason: 'BackOff',
    message: "it's so",
    k8s_namespace_name: 'shop',
    object_kind: 'Pod',
    object_name: 'a',
    object_uid: 'uid-a',
    component: 'kubelet',
    k8s_node_name: 'n1',
    observed: at(observed),
  });
  await opened.store.insertRows('k8s_events', [event(1, 5), event(2, 6)]);
  await opened.store.insertRows('k8s_events', [event(2, 7)]);
  const { rows } = await opened.store.query({
    sql: 'SELECT event_count, reason, message FROM k8s_events FINAL ORDER BY event_count',
  });
  expect(rows.map((values) => values.map(String))).toEqual([
    ['1', 'BackOff', "it's so"],
    ['2', 'BackOff', "it's so"],
  ]);
});

test('what lives never expires', async () => {
  const { rows } = await opened.store.query({
    sql: "SELECT engine_full FROM system.tables WHERE database = currentDatabase() AND name = 'k8s_entities'",
  });
  expect(String(rows[0]?.[0])).toContain(
    `TTL toDateTime(valid_to) + toIntervalDay(${MAX_RETENTION_DAYS}) WHERE valid_to > toDateTime64(0, 9) SETTINGS`,
  );
  await opened.store.insertRows('k8s_entities', [
    row('lives', '10.0.0.9', { from: 0, observed: 1 }),
    { ...row('ended', '10.0.0.9', { from: 0, observed: 1 }), valid_from: 1n, valid_to: 86_400_000_000_000n },
  ]);
  await opened.store.prepare({ ...endlessRetention(), k8s_entities: 30 });
  const clients = connectClients(opened.server);
  await clients.admin.command({ query: 'OPTIMIZE TABLE k8s_entities FINAL' });
  await closeClients(clients);
  const left = await opened.store.query({
    sql: "SELECT name FROM k8s_entities WHERE has(addresses, toIPv6('10.0.0.9'))",
  });
  expect(left.rows).toEqual([['lives']]);
});
