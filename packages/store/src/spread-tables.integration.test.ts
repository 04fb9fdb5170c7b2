import { ManualClock, systemClock } from '@tomte/kit';
import { Random, randomRows, startTestCluster, startTestStore, TEST_DAY_START_NS } from '@tomte/testkit';
import type { RowOfTable, TestCluster, TestStore } from '@tomte/testkit';
import { BlockBuilder } from '@tomte/wire';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Store } from './store.ts';

/** Two shards against one server that is given the same: whatever is asked, the answers are the same. */
let cluster: TestCluster;
let alone: TestStore;

beforeAll(async () => {
  [cluster, alone] = await Promise.all([startTestCluster(2), startTestStore()]);
  await insertExchanges();
});
afterAll(() => Promise.all([cluster.close(), alone.close()]));

const MINUTE_NS = 60_000_000_000n;
const SPOOLS = 24;
const EXCHANGES = 601;
let seq = 0n;

type RequestRow = RowOfTable<'requests'>;

/** Clients' ends come of other agents than servers' ends, so most exchanges lie in both shards. */
async function insertExchanges(): Promise<void> {
  const random = new Random(5);
  const bySpool = new Map<bigint, RequestRow[]>();
  const add = (row: RequestRow, spool: bigint): unknown =>
    bySpool.set(spool, [...(bySpool.get(spool) ?? []), row]);
  for (const [index, row] of randomRows('requests', { count: EXCHANGES, seed: 11 }).entries()) {
    const start_time = TEST_DAY_START_NS + BigInt(index % 4) * MINUTE_NS + (row.start_time % MINUTE_NS);
    const server: RequestRow = {
      ...row,
      start_time,
      exchange_index: index,
      unpaired_reason: '',
      role: 'server',
      k8s_namespace_name: ['shop', 'pay', 'bank', ''][index % 4] ?? '',
      service_name: ['cart', 'checkout', 'search'][index % 3] ?? '',
    };
    const client: RequestRow = {
      ...server,
      role: 'client',
      service_name: 'browser',
      peer_service_name: server.service_name,
    };
    const spoolOf = (): bigint => BigInt(1 + random.below(SPOOLS / 2));
    if (index % 5 !== 0) add(server, spoolOf());
    if (index % 7 !== 0) add(client, spoolOf() + BigInt(SPOOLS / 2));
  }
  for (const [spool, rows] of bySpool) await insert(rows, spool);
}

async function insert(rows: readonly RequestRow[], spoolId: bigint): Promise<void> {
  const builder = new BlockBuilder('requests', { maxRows: 100_000, maxBytes: 1e9 });
  for (const row of rows) builder.append(row);
  seq += 1n;
  const batch = builder.seal({ clusterName: '', hostName: 'h', agentId: 'a', spoolId, batchSeq: seq });
  const token = `batch-${seq}`;
  for (const store of [alone.store, storeOf(seq)])
    expect(await store.insertBatches('requests', [batch], { queryId: token, token })).toEqual({
      kind: 'committed',
    });
}

/** Now the one, now the other: it must not matter who is asked. */
function storeOf(number: bigint): Store {
  const store = cluster.stores[Number(number) % cluster.stores.length];
  if (store === undefined) throw new Error('no such server');
  return store;
}

async function rowsOf(store: Store, sql: string): Promise<readonly (readonly unknown[])[]> {
  return (await store.query({ sql })).rows;
}

async function expectSame(sql: string): Promise<readonly (readonly unknown[])[]> {
  const expected = await rowsOf(alone.store, sql);
  for (const store of cluster.stores) expect(await rowsOf(store, sql)).toEqual(expected);
  return expected;
}

it('holds each batch in one shard, and rows in both', async () => {
  const sql = 'SELECT spool_id, batch_seq, count() FROM requests_local GROUP BY ALL ORDER BY ALL';
  const parts = await Promise.all(cluster.stores.map((store) => rowsOf(store, sql)));
  for (const part of parts) expect(part.length).toBeGreaterThan(1);
  const whole = await rowsOf(alone.store, sql.replace('_local', ''));
  expect(parts.flat().toSorted((a, b) => Number(a[0]) - Number(b[0]))).toEqual(whole);
});

it('counts what is stored of a batch, whoever is asked', async () => {
  const [first] = await expectSame(
    'SELECT any(spool_id), batch_seq, count() FROM requests GROUP BY batch_seq ORDER BY batch_seq',
  );
  const [spool, batch, count] = (first ?? []).map(String);
  const batchSeqs = [BigInt(batch ?? 0), 999n];
  const range = { firstTimeNs: TEST_DAY_START_NS, lastTimeNs: TEST_DAY_START_NS + 10n * MINUTE_NS };
  for (const store of cluster.stores)
    expect(
      await store.countRows({ table: 'requests', spoolId: BigInt(spool ?? 0), batchSeqs, ...range }),
    ).toEqual(new Map([[BigInt(batch ?? 0), Number(count)]]));
});

it('stores no batch twice that comes again with its token', async () => {
  const builder = new BlockBuilder('requests', { maxRows: 10, maxBytes: 1e6 });
  for (const row of randomRows('requests', { count: 3, seed: 3 })) builder.append(row);
  const batch = builder.seal({
    clusterName: '',
    hostName: 'h',
    agentId: 'again',
    spoolId: 77n,
    batchSeq: 1n,
  });
  for (const attempt of [1, 2, 3])
    await storeOf(BigInt(attempt)).insertBatches('requests', [batch], {
      queryId: `again-${attempt}`,
      token: 'again',
    });
  for (const store of cluster.stores)
    expect(await rowsOf(store, "SELECT count() FROM requests WHERE agent_id = 'again'")).toEqual([['3']]);
  await alone.store.insertBatches('requests', [batch], { queryId: 'again', token: 'again' });
});

it('computes rollups of exchanges whose ends lie in different shards', async () => {
  const options = { clock: new ManualClock(TEST_DAY_START_NS + 86_400_000_000_000n), baseDays: 14 };
  const settled: number[] = [];
  for (const store of [alone.store, ...cluster.stores]) {
    const keeper = store.createRollupKeeper(options);
    let computed = 0;
    for (let round = await keeper.runRound(); ; round = await keeper.runRound()) {
      computed += round.computedMinutes;
      if (round.waitingMinutes === 0) break;
    }
    settled.push(computed);
  }
  // The second server's keeper finds what the first one has stored.
  expect(settled[0]).toBeGreaterThan(3);
  expect(settled.slice(1)).toEqual([settled[0], 0]);
  for (const rollup of ['service_1m', 'edge_1m', 'endpoint_1m']) {
    const sums = await expectSame(`SELECT * EXCEPT (duration_sketch) FROM ${rollup} ORDER BY ALL`);
    expect(sums.length).toBeGreaterThan(10);
  }
});

it('joins both ends although they lie in different shards', async () => {
  await expectSame(`SELECT count(), sum(r.exchange_index) FROM requests AS r
    INNER JOIN requests AS c ON r.exchange_index = c.exchange_index WHERE r.role = 'server' AND c.role = 'client'`);
  await expectSame(`SELECT count() FROM requests WHERE role = 'client' AND exchange_index NOT IN
    (SELECT exchange_index FROM requests WHERE role = 'server')`);
});

it.each([
  ['some namespaces', { namespaces: ['shop', 'pay'], contentOf: ['shop'] }],
  ['all', { namespaces: 'all', contentOf: 'all' }],
] as const)('shows who may see %s the same, from every shard', async (_name, scope) => {
  const all = await rowsOf(alone.store, 'SELECT DISTINCT k8s_namespace_name FROM requests ORDER BY 1');
  expect(all.length).toBeGreaterThan(1);
  const sql = `SELECT k8s_namespace_name, role, path, peer_service_name, count() FROM requests GROUP BY ALL ORDER BY ALL`;
  const answers: unknown[] = [];
  for (const store of [alone.store, ...cluster.stores]) {
    const readers = store.createScopedReaders({ clock: systemClock() });
    answers.push((await readers.query(scope, { sql })).rows);
    const paired = `SELECT count() FROM requests AS r INNER JOIN requests AS c USING (exchange_index) WHERE r.role = 'server' AND c.role = 'client'`;
    answers.push((await readers.query(scope, { sql: paired })).rows);
    await readers.close();
  }
  expect(answers[0]).not.toEqual([]);
  expect(answers.slice(2)).toEqual([answers[0], answers[1], answers[0], answers[1]]);
});

it('sets how long rows are kept on every shard', async () => {
  for (const store of cluster.stores) {
    await store.prepare({ requests: 7 });
    const [table] = await rowsOf(
      store,
      "SELECT engine_full FROM system.tables WHERE database = 'tomte' AND name = 'requests_local'",
    );
    expect(String(table?.[0])).toContain('TTL toDateTime(start_time) + toIntervalDay(7)');
  }
});
