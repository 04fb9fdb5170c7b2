import { readdir } from 'node:fs/promises';
import { startTestStore } from '@tomte/testkit';
import type { TestStore } from '@tomte/testkit';
import { compressBlocks, NackReason } from '@tomte/wire';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { toBatchStore } from './batch-store.ts';
import { collectorHarness } from './testing/collector-harness.ts';
import { toBatch } from './testing/scripted-agent.ts';
import { makeBatch } from './testing/test-batches.ts';

let clickhouse: TestStore;
beforeAll(async () => {
  clickhouse = await startTestStore();
});
afterAll(() => clickhouse.close());

const { collect, connect, makeDirectory, newSpoolId, rowsOf, withFault } = collectorHarness(
  () => clickhouse.store,
  onTestFinished,
);

test('a poisoned batch is refused alone; the others of its insert are stored', async () => {
  const spoolId = newSpoolId();
  const { store } = clickhouse;
  const collector = await collect({
    limits: { lingerMs: 300 },
    // The server refuses one batch as it would for a value that it cannot store.
    store: withFault({
      async insert(batches, attempt) {
        if (batches.some((batch) => batch.seq === 5 && batch.table === 'requests'))
          return toBatchStore(store).insert(batches.map(spoil), attempt);
        return toBatchStore(store).insert(batches, attempt);
      },
    }),
  });
  const agent = await connect(collector, { spoolId });
  for (let seq = 1; seq <= 11; seq += 1) agent.send(makeBatch({ spoolId, seq, rows: 3 }));
  await agent.until((it) => it.settledCount === 11);
  expect([...agent.nacks.values()]).toMatchObject([
    { seq: 5, reason: NackReason.POISONED, retryable: false, lossRecorded: true },
  ]);
  expect((await rowsOf(spoolId)).size).toBe(10);
  const loss = await store.query({
    sql: 'SELECT toUInt32(events), reason FROM loss WHERE spool_id = {spool:UInt64} AND batch_seq = 5',
    params: { spool: spoolId },
  });
  expect(loss.rows).toEqual([[3, 'batch_refused']]);
});

/** Bytes that the server cannot read: the type of the first column is none. */
function spoil<T extends { readonly payload: Uint8Array }>(batch: T): T {
  const payload = Buffer.from(batch.payload);
  payload.write('Zzz', 14);
  return { ...batch, payload };
}

test('what is wrong with a batch is refused, put aside and counted; the stream lives on', async () => {
  const spoolId = newSpoolId();
  const quarantineDirectory = await makeDirectory();
  const collector = await collect({ quarantineDirectory, limits: { maxBatchBytes: 100_000 } });
  const agent = await connect(collector, { spoolId });
  const good = (seq: number) => makeBatch({ spoolId, seq, rows: 7 });
  agent.send({ ...good(1), payload: good(1).payload.subarray(0, 50) });
  agent.send({ ...good(2), payloadCrc32c: 7 });
  agent.send({ ...makeBatch({ spoolId: spoolId + 1_000_003n, seq: 3, rows: 7 }) });
  agent.send({ ...good(4), table: 'no_such_table' });
  agent.send({ ...makeBatch({ spoolId, seq: 5, rows: 499 }) });
  agent.send({ ...good(6), rows: 8 });
  agent.send({ ...good(7), day: 3 });
  agent.send({ ...good(8), table: 'loss' });
  agent.sendRaw({ kind: undefined });
  agent.send(good(9));
  await agent.until((it) => it.settledCount === 9);
  const reasons = [...agent.nacks]
    .sort(([a], [b]) => a - b)
    .map(([seq, nack]) => [seq, nack.reason, nack.retryable]);
  expect(reasons).toEqual([
    [1, NackReason.CHECKSUM, false],
    [2, NackReason.CHECKSUM, false],
    [3, NackReason.FOREIGN, false],
    [4, NackReason.UNKNOWN_TABLE, false],
    [5, NackReason.OVERSIZED, false],
    [6, NackReason.MALFORMED, false],
    [7, NackReason.MALFORMED, false],
    [8, NackReason.SCHEMA, false],
  ]);
  expect([...agent.acknowledged]).toEqual([9]);
  expect(await readdir(quarantineDirectory)).toHaveLength(8);
  expect(collector.stats).toMatchObject({ quarantinedBatches: 8, heldBatches: 0, heldBytes: 0 });
});

test('a compressed batch is stored; a frame that lies about what it holds is refused', async () => {
  const spoolId = newSpoolId();
  const collector = await collect({ limits: { maxBatchBytes: 1_000_000 } });
  const agent = await connect(collector, { spoolId });
  const compressed = (seq: number) => {
    const batch = makeBatch({ spoolId, seq, rows: 503 });
    return { ...batch, ...compressBlocks(batch.payload) };
  };
  const sealed = (seq: number, changes: object) => {
    const { payloadCrc32c: _, ...batch } = { ...compressed(seq), ...changes };
    return toBatch(batch);
  };
  agent.send(sealed(1, {}));
  agent.send(sealed(2, { blockBytes: compressed(2).blockBytes - 1 }));
  agent.send(sealed(3, { blockBytes: 1_000_001 }));
  agent.send(sealed(4, { ...compressBlocks(Buffer.alloc(64 * 1024 * 1024)), blockBytes: 999_983 }));
  agent.send(sealed(5, { compression: 9 }));
  agent.send(sealed(6, {}));
  await agent.until((it) => it.settledCount === 6);
  expect([...agent.acknowledged].toSorted()).toEqual([1, 6]);
  expect([2, 3, 4, 5].map((seq) => agent.nacks.get(seq)?.reason)).toEqual([
    NackReason.MALFORMED,
    NackReason.OVERSIZED,
    NackReason.MALFORMED,
    NackReason.MALFORMED,
  ]);
  expect(await rowsOf(spoolId)).toEqual(
    new Map([
      [1, 503],
      [6, 503],
    ]),
  );
  expect(collector.stats).toMatchObject({ heldBatches: 0, heldBytes: 0 });
});
