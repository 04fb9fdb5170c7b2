import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestStore } from '@tomte/testkit';
import type { TestStore } from '@tomte/testkit';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { queryPrefixOf } from './batch-store.ts';
import { ScriptedAgent } from './testing/scripted-agent.ts';
import { makeBatch, makeLossBatch } from './testing/test-batches.ts';

/** ClickHouse remembers this many tokens of a table (`non_replicated_deduplication_window`): one more makes it forget. */
const OTHER_INSERTS = 10_001;
/** So that no partition has too many parts. */
const OTHER_DAYS = 211;

let clickhouse: TestStore;
beforeAll(async () => {
  // Ten thousand parts are made durable below: on a disk that takes minutes and proves nothing more.
  if (existsSync('/dev/shm')) vi.stubEnv('TMPDIR', '/dev/shm');
  clickhouse = await startTestStore();
  vi.unstubAllEnvs();
});
afterAll(() => clickhouse.close());

/** Statements that no part of Tomte makes. */
async function command(sql: string): Promise<void> {
  const { url, database, user, password } = clickhouse.server;
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const response = await fetch(`${url}/?database=${database}`, {
    method: 'POST',
    body: sql,
    headers: { authorization },
  });
  expect(`${response.status} ${await response.text()}`).toBe('200 ');
}

interface CollectorProcess {
  readonly process: ChildProcess;
  readonly port: number;
}

async function startCollectorProcess(): Promise<CollectorProcess> {
  const directory = await mkdtemp(join(tmpdir(), 'tomte-collector-'));
  const { url, database, user, password } = clickhouse.server;
  const program = join(import.meta.dirname, 'testdata/run-collector.ts');
  const child = fork(program, [JSON.stringify({ url, database, user, password }), directory]);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await rm(directory, { recursive: true, force: true });
  });
  const [port] = (await once(child, 'message')) as [number]; // Proof: its only message.
  return { process: child, port };
}

async function connect({ port }: CollectorProcess, spoolId: bigint): Promise<ScriptedAgent> {
  const agent = new ScriptedAgent({ port, spoolId });
  onTestFinished(() => agent.cut());
  await agent.until((it) => it.isWelcome || it.ended !== undefined);
  return agent;
}

async function rowsOf(table: 'requests' | 'loss', spoolId: bigint): Promise<number> {
  const sql = `SELECT toUInt32(count()) FROM ${table} WHERE spool_id = {spool:UInt64}`;
  const { rows } = await clickhouse.store.query({ sql, params: { spool: spoolId } });
  return Number(rows[0]?.[0]);
}

test('the acknowledgement is lost, 10,001 other inserts follow, then the batch is sent again', async () => {
  const collector = await startCollectorProcess();
  const agent = await connect(collector, 71n);
  agent.send(makeLossBatch({ spoolId: 71n, seq: 1, rows: 13 }));
  await agent.until((it) => it.acknowledged.has(1));
  agent.cut();
  const known = makeLossBatch({ spoolId: 72n, seq: 1, rows: 17 });
  const insertKnown = (queryId: string) =>
    clickhouse.store.insertBatches('loss', [known], { queryId, token: 'known' });
  await insertKnown('first');
  await insertKnown('again');
  expect(await rowsOf('loss', 72n)).toBe(17); // ClickHouse still remembers the token.

  await command(`
    INSERT INTO loss (start_time, spool_id, batch_seq)
    SELECT toDateTime64('2020-01-01 00:00:00', 9, 'UTC') + toIntervalDay(number % ${OTHER_DAYS}), 73, number + 1
    FROM numbers(${OTHER_INSERTS})
    SETTINGS max_block_size = 1, max_insert_block_size = 1, min_insert_block_size_rows = 1,
      min_insert_block_size_bytes = 1, max_threads = 1, max_insert_threads = 1, async_insert = 0,
      insert_deduplicate = 1, insert_deduplication_token = 'others'`);
  expect(await rowsOf('loss', 73n)).toBe(OTHER_INSERTS);
  await insertKnown('forgotten');
  expect(await rowsOf('loss', 72n)).toBe(34); // Known bad: now the token alone doubles the batch.

  const again = await connect(collector, 71n);
  again.send(makeLossBatch({ spoolId: 71n, seq: 1, rows: 13, resent: true }));
  await again.until((it) => it.acknowledged.has(1));
  expect(await rowsOf('loss', 71n)).toBe(13);
});

test('the collector is killed while its insert runs, and the new one is asked at once', async () => {
  // Each insert goes on for a while after its rows have been read.
  await command('CREATE MATERIALIZED VIEW slow ENGINE = Null AS SELECT sleep(2) AS slept FROM requests');
  onTestFinished(() => command('DROP VIEW slow'));
  const spoolId = 74n;
  const batch = makeBatch({ spoolId, seq: 1, rows: 503 });
  const doomed = await startCollectorProcess();
  const heir = await startCollectorProcess();
  const agent = await connect(doomed, spoolId);
  agent.send(batch);
  const prefix = queryPrefixOf('requests');
  const isInserting = (): Promise<boolean> => clickhouse.store.isQueryRunning({ prefix });
  await expect.poll(isInserting, { timeout: 10_000, interval: 5 }).toBe(true);
  doomed.process.kill('SIGKILL');
  await once(doomed.process, 'exit');
  const again = await connect(heir, spoolId);
  again.send({ ...batch, resent: true });
  expect(await isInserting()).toBe(true); // The dead one's insert lives on.
  await again.until((it) => it.acknowledged.has(1));
  expect(await isInserting()).toBe(false);
  expect(await rowsOf('requests', spoolId)).toBe(503);
});
