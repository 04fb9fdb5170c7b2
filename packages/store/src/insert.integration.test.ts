import { randomRows, startTestStore, TEST_DAY_START_NS } from '@tomte/testkit';
import type { TestStore } from '@tomte/testkit';
import { BlockBuilder } from '@tomte/wire';
import type { SealedBlock } from '@tomte/wire';
import { closeClients, connectClients } from './connection.ts';
import { connectStore } from './store.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const LAST_OF_DAY_NS = TEST_DAY_START_NS + 86_400_000_000_000n - 1n;
let test: TestStore;

beforeAll(async () => {
  test = await startTestStore();
});
afterAll(async () => test.close());

function sealed(table: 'requests' | 'loss', id: { spool: bigint; seq: bigint }, count: number): SealedBlock {
  const builder = new BlockBuilder(table, { maxRows: 1_000_000, maxBytes: 1e9 });
  for (const row of randomRows(table, { count, seed: Number(id.seq) })) builder.append(row as never); // Proof: one table.
  return builder.seal({ clusterName: '', hostName: 'h', agentId: 'a', spoolId: id.spool, batchSeq: id.seq });
}

/** The block as agents made it that sent a key of the pair: all keys are 7. */
function withPairKey(payload: Uint8Array, rows: number): Buffer {
  const block = Buffer.from(payload);
  const at = block.indexOf('\x0funpaired_reason');
  const keys = Buffer.from(new BigUint64Array(rows).fill(7n).buffer);
  const column = Buffer.concat([Buffer.from('\x08pair_key\x06UInt64'), keys]);
  return Buffer.concat([
    Buffer.from([(block[0] ?? 0) + 1]),
    block.subarray(1, at),
    column,
    block.subarray(at),
  ]);
}

function presence(table: 'requests' | 'loss', spoolId: bigint, batchSeqs: readonly bigint[]) {
  return test.store.countRows({
    table,
    spoolId,
    batchSeqs,
    firstTimeNs: TEST_DAY_START_NS,
    lastTimeNs: LAST_OF_DAY_NS,
  });
}

describe('insertBatches', () => {
  it('makes one part of many blocks, whatever their number', async () => {
    const batches = Array.from({ length: 211 }, (_, index) =>
      sealed('requests', { spool: 1n, seq: BigInt(index + 1) }, 197),
    );
    const result = await test.store.insertBatches('requests', batches, {
      queryId: 'one-part',
      token: 'one-part',
    });
    expect(result).toEqual({ kind: 'committed' });
    const parts = await test.store.query({
      sql: "SELECT name, rows FROM system.parts WHERE table = 'requests' AND level = 0 ORDER BY name",
    });
    expect(parts.rows.map((row) => row[1])).toEqual([String(211 * 197)]);
    const counted = await presence('requests', 1n, [1n, 211n, 212n]);
    expect(counted).toEqual(
      new Map([
        [1n, 197],
        [211n, 197],
      ]),
    );
  });

  it('stores nothing of an insert whose body is cut off', async () => {
    const batch = sealed('requests', { spool: 2n, seq: 1n }, 499);
    const cut = { payload: batch.payload.subarray(0, batch.payload.length - 7), rows: batch.rows };
    const result = await test.store.insertBatches('requests', [batch, cut], { queryId: 'cut', token: 'cut' });
    expect(result.kind).toBe('refused');
    expect(await presence('requests', 2n, [1n])).toEqual(new Map());
  });

  it('refuses blocks of another shape for good', async () => {
    const batch = sealed('requests', { spool: 3n, seq: 1n }, 5);
    const result = await test.store.insertBatches('loss', [batch], { queryId: 'shape', token: 'shape' });
    expect(result).toMatchObject({ kind: 'refused', error: { code: 'STORE_INSERT_REFUSED' } });
  });

  it('passes over what an older agent sent and the table computes now', async () => {
    const batch = sealed('requests', { spool: 7n, seq: 1n }, 11);
    const older = { payload: withPairKey(batch.payload, 11), rows: 11 };
    expect(await test.store.insertBatches('requests', [older], { queryId: 'older', token: 'older' })).toEqual(
      {
        kind: 'committed',
      },
    );
    const told = await test.store.query({
      sql: `SELECT count(), countIf(pair_key = 7), countIf((pair_key = 0) != (unpaired_reason != ''))
            FROM requests WHERE spool_id = 7`,
    });
    expect(told.rows).toEqual([['11', '0', '0']]);
  });

  it('says unknown when the server is not there', async () => {
    const away = connectStore({ url: 'http://127.0.0.1:1', user: 'u', password: 'p' });
    const batch = sealed('loss', { spool: 4n, seq: 1n }, 5);
    expect(await away.insertBatches('loss', [batch], { queryId: 'away', token: 'away' })).toMatchObject({
      kind: 'unknown',
    });
    await away.close();
  });

  it('finds a running insert by its id, and ends it', async () => {
    const slow = test.store
      .query({
        sql: 'SELECT sleepEachRow(1) FROM numbers(300) SETTINGS max_block_size = 1, function_sleep_max_microseconds_per_block = 1000000000',
        queryId: 'ingest-7',
      })
      .catch((error: { code: string }) => error.code);
    await expect
      .poll(() => test.store.isQueryRunning({ queryId: 'ingest-7' }), { timeout: 20_000 })
      .toBe(true);
    expect(await test.store.isQueryRunning({ prefix: 'ingest-' })).toBe(true);
    expect(await test.store.isQueryRunning({ prefix: 'other-' })).toBe(false);
    await test.store.killQuery('ingest-7');
    expect(await slow).toBe('STORE_QUERY_CANCELLED');
    expect(await test.store.isQueryRunning({ queryId: 'ingest-7' })).toBe(false);
  });
});

describe('a batch whose acknowledgement was lost', () => {
  it('is found by counting when 10,001 other inserts have pushed its token out', async () => {
    const batch = sealed('loss', { spool: 5n, seq: 1n }, 13);
    const result = await test.store.insertBatches('loss', [batch], { queryId: 'lost-1', token: '5:1' });
    expect(result).toEqual({ kind: 'committed' });
    await insertOneRowBlocks(10_001);
    // The known-bad way: the token alone lets the rows in again.
    await test.store.insertBatches('loss', [batch], { queryId: 'lost-2', token: '5:1' });
    expect(await presence('loss', 5n, [1n])).toEqual(new Map([[1n, 26]]));
    // Counting first finds every batch, whenever its token was forgotten.
    expect(await presence('loss', 6n, [1n])).toEqual(new Map([[1n, 10_001]]));
  });
});

/** As many entries in the table's log of tokens as that many inserts make: one a block. */
async function insertOneRowBlocks(count: number): Promise<void> {
  const clients = connectClients(test.server);
  const quick = 'fsync_after_insert = 0, parts_to_delay_insert = 100000, parts_to_throw_insert = 100000';
  await clients.admin.command({ query: `ALTER TABLE loss MODIFY SETTING ${quick}` });
  await clients.admin.command({
    query: `INSERT INTO loss (start_time, spool_id, batch_seq)
      SELECT fromUnixTimestamp64Nano(toInt64({start:Int64}), 'UTC'), 6, 1 FROM numbers({count:UInt32})`,
    query_params: { start: TEST_DAY_START_NS, count },
    clickhouse_settings: {
      max_block_size: '1',
      min_insert_block_size_rows: '1',
      min_insert_block_size_bytes: '1',
      max_insert_threads: '1',
      async_insert: 0,
      insert_deduplication_token: 'others',
    },
  });
  await closeClients(clients);
}
