import { records } from '@tomte/model';
import type { TableName } from '@tomte/model';
import { ManualClock } from '@tomte/kit';
import { compileQuestion, parseQuestion, views } from '@tomte/query';
import type { AnyView } from '@tomte/query';
import type { Store } from '@tomte/store';
import { randomRows, startTestCluster, startTestStore, TEST_DAY_START_NS } from '@tomte/testkit';
import type { TestCluster, TestStore } from '@tomte/testkit';
import { BlockBuilder } from '@tomte/wire';
import { afterAll, beforeAll, expect, it } from 'vitest';

/** One server and two shards that are given the same rows: each view answers the same. */
let cluster: TestCluster;
let alone: TestStore;

const DAY_NS = 86_400_000_000_000n;
const SPOOLS = 8n;
const RANGE_NS = 240_000_000_000n;
const nowNs = TEST_DAY_START_NS + DAY_NS;

beforeAll(async () => {
  [cluster, alone] = await Promise.all([startTestCluster(2), startTestStore()]);
  for (const table of Object.keys(records) as TableName[])
    // Proof: its own keys.
    for (let spool = 1n; spool <= SPOOLS; spool += 1n) await insert(table, spool);
  for (const store of [alone.store, storeOf(0)]) {
    const keeper = store.createRollupKeeper({ clock: new ManualClock(nowNs), baseDays: 14 });
    while ((await keeper.runRound()).waitingMinutes > 0);
  }
});
afterAll(() => Promise.all([cluster.close(), alone.close()]));

/** Now the one, now the other: it must not matter who is asked. */
function storeOf(number: number): Store {
  const store = cluster.stores[number % cluster.stores.length];
  if (store === undefined) throw new Error('no such server');
  return store;
}

/** Rows of the first minutes of the day. */
async function insert(table: TableName, spoolId: bigint): Promise<void> {
  const builder = new BlockBuilder(table, { maxRows: 100, maxBytes: 1e7 });
  const time = records[table].timeColumn;
  for (const row of randomRows(table, { count: 40, seed: Number(spoolId) })) {
    const { [time]: at = 0n } = row as Readonly<Record<string, unknown>>; // Proof: a row has its table's columns.
    builder.append({ ...row, [time]: TEST_DAY_START_NS + (BigInt(String(at)) % RANGE_NS) } as never); // Proof: of this table.
  }
  const batch = builder.seal({
    clusterName: 'c',
    hostName: 'h',
    agentId: `a${spoolId}`,
    spoolId,
    batchSeq: 1n,
  });
  const token = `${table}-${spoolId}`;
  for (const store of [alone.store, storeOf(Number(spoolId))])
    expect(await store.insertBatches(table, [batch], { queryId: token, token })).toEqual({
      kind: 'committed',
    });
}

const iso = (ns: bigint): string => new Date(Number(ns / 1_000_000n)).toISOString();

async function answerOf(store: Store, view: AnyView): Promise<readonly string[]> {
  const needed = view.name === 'address' ? { address: ['10.0.0.1'] } : {};
  const day = { from: [iso(TEST_DAY_START_NS)], to: [iso(nowNs)], limit: [String(view.maxLimitRows)] };
  const question = parseQuestion(view, { ...needed, ...day }, nowNs);
  if (!question.ok) throw question.error;
  const { sql, params } = compileQuestion(question.value);
  const { rows } = await store.query({ sql, params });
  return rows.map((row) => JSON.stringify(row, rounded)).toSorted();
}

/** Sums of fractions differ in their last digits by the order in which they were added. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(9)) : value;
}

let answeredViews = 0;

it.each(views)('$name', async (view) => {
  const expected = await answerOf(alone.store, view);
  answeredViews += expected.length > 0 ? 1 : 0;
  expect(await answerOf(storeOf(answeredViews), view)).toEqual(expected);
});

it('has compared answers, and not their absence', () => {
  expect(answeredViews).toBeGreaterThan(views.length / 2);
});
