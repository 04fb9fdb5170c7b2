import { startTestStore } from '@tomte/testkit';
import type { TestStore } from '@tomte/testkit';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { toBatchStore } from './batch-store.ts';
import { collectorHarness } from './testing/collector-harness.ts';
import { makeBatch } from './testing/test-batches.ts';

let clickhouse: TestStore;
beforeAll(async () => {
  clickhouse = await startTestStore();
});
afterAll(() => clickhouse.close());

const { collect, connect, newSpoolId, rowsOf, withFault } = collectorHarness(
  () => clickhouse.store,
  onTestFinished,
);

test('batches of many agents are stored once, in few inserts, and acknowledged', async () => {
  const collector = await collect({ limits: { lingerMs: 200 } });
  const spools = Array.from({ length: 29 }, newSpoolId);
  const agents = await Promise.all(spools.map((spoolId) => connect(collector, { spoolId })));
  agents.forEach((agent, index) => {
    const spoolId = spools[index] ?? 0n;
    for (let seq = 1; seq <= 7; seq += 1) agent.send(makeBatch({ spoolId, seq, rows: 11 + seq }));
  });
  await Promise.all(agents.map((agent) => agent.until((it) => it.acknowledged.size === 7)));
  for (const spoolId of spools) {
    expect(await rowsOf(spoolId)).toEqual(new Map([1, 2, 3, 4, 5, 6, 7].map((seq) => [seq, 11 + seq])));
  }
  expect(collector.stats.inserts).toBeLessThan(10);
  expect(collector.stats).toMatchObject({ committedBatches: 203, heldBytes: 0, heldBatches: 0, streams: 29 });
});

test('the acknowledgement is lost: what is sent again is counted, not stored again', async () => {
  const spoolId = newSpoolId();
  const first = await collect();
  const agent = await connect(first, { spoolId });
  agent.send(makeBatch({ spoolId, seq: 1, rows: 13 }));
  await agent.until((it) => it.acknowledged.has(1));
  agent.cut();
  const again = await connect(await collect(), { spoolId });
  again.send(makeBatch({ spoolId, seq: 1, rows: 13, resent: true }));
  again.send(makeBatch({ spoolId, seq: 2, rows: 17, resent: true }));
  await again.until((it) => it.acknowledged.size === 2);
  expect(await rowsOf(spoolId)).toEqual(
    new Map([
      [1, 13],
      [2, 17],
    ]),
  );
});

test('known bad: without the presence check the same batch is doubled', async () => {
  const spoolId = newSpoolId();
  const collector = await collect({ unsafeSkipPresenceCheck: true });
  for (const resent of [false, true]) {
    const agent = await connect(collector, { spoolId });
    agent.send(makeBatch({ spoolId, seq: 1, rows: 13, resent }));
    await agent.until((it) => it.acknowledged.has(1));
    agent.cut();
  }
  expect(await rowsOf(spoolId)).toEqual(new Map([[1, 26]]));
});

test('an insert of a collector that died still runs: the next collector waits for it before it counts', async () => {
  const spoolId = newSpoolId();
  const batch = makeBatch({ spoolId, seq: 1, rows: 503 });
  // What the dead one left on the server: a query under its name that goes on after its rows came to be.
  const queryId = 'tomte-ingest.requests.dead.1.1';
  const sql = 'SELECT sleepEachRow(0.5) FROM numbers(5) SETTINGS max_block_size = 1';
  let hasEnded = false;
  const left = clickhouse.store.query({ sql, queryId }).finally(() => (hasEnded = true));
  const collector = await collect({ limits: { leaseMs: 100, leaseMarginMs: 10 } });
  await expect.poll(() => clickhouse.store.isQueryRunning({ queryId })).toBe(true);
  const agent = await connect(collector, { spoolId });
  agent.send({ ...batch, resent: true });
  const inserted = await clickhouse.store.insertBatches('requests', [batch], {
    queryId: 'late',
    token: 'late',
  });
  expect(inserted.kind).toBe('committed');
  await agent.until((it) => it.acknowledged.has(1));
  expect(hasEnded).toBe(true);
  await left;
  expect(await rowsOf(spoolId)).toEqual(new Map([[1, 503]]));
});

test('two collectors have the same batch: the one that lost its agent does not insert it any more', async () => {
  const spoolId = newSpoolId();
  // It would insert long after its agent has gone to the other, whose check then finds nothing.
  const slow = await collect({ limits: { lingerMs: 3_000 } });
  const agent = await connect(slow, { spoolId });
  agent.send(makeBatch({ spoolId, seq: 1, rows: 19 }));
  await expect.poll(() => slow.stats.heldBatches).toBe(1);
  // The network breaks: this collector goes on believing in its agent.
  agent.answersPulses = false;
  const other = await connect(await collect(), { spoolId });
  other.send(makeBatch({ spoolId, seq: 1, rows: 19, resent: true }));
  await other.until((it) => it.acknowledged.has(1));
  expect(await rowsOf(spoolId)).toEqual(new Map([[1, 19]]));
  await expect.poll(() => slow.stats.inserts + slow.stats.heldBatches, { timeout: 5_000 }).toBe(1);
  agent.cut();
  await expect.poll(() => slow.stats.droppedBatches, { timeout: 5_000 }).toBe(1);
  expect(await rowsOf(spoolId)).toEqual(new Map([[1, 19]]));
});

test('the same batch on two streams of one collector at once', async () => {
  const spoolId = newSpoolId();
  const collector = await collect({ limits: { lingerMs: 300 } });
  const first = await connect(collector, { spoolId });
  first.send(makeBatch({ spoolId, seq: 1, rows: 23 }));
  await expect.poll(() => collector.stats.heldBatches).toBe(1);
  const second = await connect(collector, { spoolId });
  second.send(makeBatch({ spoolId, seq: 1, rows: 23, resent: true }));
  await second.until((it) => it.acknowledged.has(1));
  expect(await rowsOf(spoolId)).toEqual(new Map([[1, 23]]));
  expect(collector.stats.streamsSuperseded).toBe(1);
  await first.until((it) => it.ended !== undefined);
});

test('an insert whose answer is lost is waited for and counted', async () => {
  const spoolId = newSpoolId();
  const real = toBatchStore(clickhouse.store);
  let isFirst = true;
  const collector = await collect({
    store: withFault({
      async insert(batches, attempt) {
        const result = await real.insert(batches, attempt);
        if (!isFirst) return result;
        isFirst = false;
        return real.insert(batches, { ...attempt, queryId: `${attempt.queryId}x`, timeoutMs: 0 });
      },
    }),
  });
  const agent = await connect(collector, { spoolId });
  agent.send(makeBatch({ spoolId, seq: 1, rows: 31 }));
  await agent.until((it) => it.acknowledged.has(1));
  expect(await rowsOf(spoolId)).toEqual(new Map([[1, 31]]));
  expect(collector.stats).toMatchObject({ insertsUnknown: 1, duplicatesAvoided: 1, committedBatches: 1 });
});

test('ClickHouse is killed under load and comes back: credits stop, nothing is lost, nothing doubled', async () => {
  const own = await startTestStore();
  onTestFinished(() => own.close());
  const collector = await collect({ store: toBatchStore(own.store), limits: { maxStreamBatches: 17 } });
  const spoolId = newSpoolId();
  const agent = await connect(collector, { spoolId });
  let seq = 0;
  const sendSome = () => {
    while (agent.creditBatches > 0 && seq < 151) {
      agent.creditBatches -= 1;
      seq += 1;
      agent.send(makeBatch({ spoolId, seq, rows: 101 }));
    }
  };
  let killed = 0;
  while (agent.acknowledged.size < 151) {
    sendSome();
    if (agent.acknowledged.size >= 40 * (killed + 1) && killed < 3) {
      killed += 1;
      process.kill(own.server.pid, 'SIGKILL');
    }
    const before = agent.acknowledged.size;
    await agent.until((it) => it.acknowledged.size > before || (it.creditBatches > 0 && seq < 151));
  }
  const { rows } = await own.store.query({
    sql: 'SELECT toUInt32(count()), toUInt32(uniqExact(batch_seq)) FROM requests WHERE spool_id = {spool:UInt64}',
    params: { spool: spoolId },
  });
  expect(rows).toEqual([[151 * 101, 151]]);
  expect(killed).toBe(3);
  expect(agent.nacks.size).toBe(0);
});
