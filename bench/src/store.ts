import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type ClickHouseClient } from '@clickhouse/client';
import { compileQuestion, findView, parseQuestion, views } from '@tomte/query';
import { connectStore, startEmbedded, type Store } from '@tomte/store';
import { endlessRetention, Random } from '@tomte/testkit';
import type { Bench, BenchResult } from './report.ts';
import { quantile } from './statistics.ts';
import { RequestStream } from './store-rows.ts';

const ROWS = 10_000_000;
const QUICK_ROWS = 400_000;
const DRAWS = 200;
const HOUR_SECONDS = 3_600;
const BATCHES_PER_INSERT = 400;
/** Columns that are kept only for some requests or cut by configuration: stated apart. */
const PAYLOAD_COLUMNS = ['request_headers', 'response_headers', 'request_body', 'response_body'].concat([
  'trace_id',
  'span_id',
  'attributes',
]);

async function fill(store: Store, rows: number, startNs: bigint, log: (line: string) => void): Promise<void> {
  const rowsPerBatch = Math.ceil(rows / (HOUR_SECONDS * 20));
  const stream = new RequestStream({ startNs, rowsPerBatch, seed: 7 });
  for (let done = 0, insert = 0; done < rows; insert += 1) {
    const batches = Array.from({ length: BATCHES_PER_INSERT }, () => stream.next());
    const queryId = `bench-store-${insert}`;
    const result = await store.insertBatches('requests', batches, { queryId, token: queryId });
    if (result.kind !== 'committed') throw result.error;
    done += rowsPerBatch * BATCHES_PER_INSERT;
    if (insert % 20 === 0) log(`  ${done.toLocaleString('en')} rows stored`);
  }
}

async function columnBytes(client: ClickHouseClient): Promise<{ row: number; payload: number }> {
  const answer = await client.query({
    query: `SELECT name, data_compressed_bytes AS bytes FROM system.columns
            WHERE database = currentDatabase() AND table = 'requests'`,
    format: 'JSONEachRow',
  });
  const total = { row: 0, payload: 0 };
  for (const { name, bytes } of await answer.json<{ name: string; bytes: string }>()) {
    total[PAYLOAD_COLUMNS.includes(name) ? 'payload' : 'row'] += Number(bytes);
  }
  return total;
}

interface Draw {
  readonly view: 'requests' | 'edges';
  readonly parameters: Readonly<Record<string, readonly string[]>>;
}

async function time(
  store: Store,
  draw: Draw,
  { nowNs, isCold }: { nowNs: bigint; isCold: boolean },
): Promise<number> {
  const view = findView(views, draw.view);
  if (!view.ok) throw view.error;
  const question = parseQuestion(view.value, draw.parameters, nowNs);
  if (!question.ok) throw question.error;
  const { sql, params } = compileQuestion(question.value);
  const startMs = performance.now();
  await store.query({ sql: isCold ? sql + DIRECT_IO : sql, params });
  return performance.now() - startMs;
}

/** Random service and random quarter of an hour; or the map of a random hour that ends in the data. */
function drawOf(view: Draw['view'], random: Random, startNs: bigint): Draw {
  const iso = (seconds: number): string =>
    new Date(Number(startNs / 1_000_000n) + seconds * 1000).toISOString();
  if (view === 'edges') {
    const end = HOUR_SECONDS - random.below(300);
    return { view, parameters: { from: [iso(end - HOUR_SECONDS)], to: [iso(end)] } };
  }
  const from = random.below(HOUR_SECONDS - 900);
  const range = { from: [iso(from)], to: [iso(from + 900)] };
  const service = `service-${random.below(250)}`;
  return { view, parameters: { ...range, service_name: [service], limit: ['100'] } };
}

async function p95(draws: readonly number[]): Promise<number> {
  return quantile(Float64Array.from(draws).sort(), 0.95);
}

/** Marks and blocks are forgotten; `DIRECT_IO` then keeps the kernel's page cache out of the reading. */
async function dropCaches(client: ClickHouseClient): Promise<void> {
  for (const cache of ['MARK', 'UNCOMPRESSED', 'QUERY']) {
    await client.command({ query: `SYSTEM DROP ${cache} CACHE` });
  }
}

const DIRECT_IO = ' SETTINGS min_bytes_to_use_direct_io = 1';

async function measure(rows: number, log: (line: string) => void): Promise<BenchResult> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tomte-bench-store-'));
  const server = await startEmbedded({ dataDir });
  const store = connectStore(server);
  const client = createClient({
    url: server.url,
    username: server.user,
    password: server.password,
    database: store.database,
  });
  const startNs =
    BigInt(Math.floor(Date.now() / HOUR_SECONDS_MS) * HOUR_SECONDS_MS) * 1_000_000n - 7_200_000_000_000n;
  const endNs = startNs + BigInt(HOUR_SECONDS) * 1_000_000_000n;
  try {
    await store.prepare(endlessRetention());
    await fill(store, rows, startNs, log);
    const count = Number((await store.query({ sql: 'SELECT count() FROM requests' })).rows[0]?.[0]);
    await client.command({
      query: 'OPTIMIZE TABLE requests FINAL',
      clickhouse_settings: { max_execution_time: 900 },
    });
    const bytes = await columnBytes(client);
    log('  measuring draws');
    const random = new Random(11);
    const figures: Record<string, number> = {
      rows: count,
      bytesPerRow: bytes.row / count,
      payloadBytesPerRow: bytes.payload / count,
    };
    for (const [name, view] of [['list', 'requests'] as const, ['map', 'edges'] as const]) {
      const warm: number[] = [];
      const cold: number[] = [];
      for (let index = 0; index < DRAWS; index += 1) {
        const draw = drawOf(view, random, startNs);
        await dropCaches(client);
        cold.push(await time(store, draw, { nowNs: endNs, isCold: true }));
        await time(store, draw, { nowNs: endNs, isCold: false });
        warm.push(await time(store, draw, { nowNs: endNs, isCold: false }));
      }
      figures[`${name}P95Ms`] = await p95(warm);
      figures[`${name}ColdP95Ms`] = await p95(cold);
    }
    return {
      figures,
      pairs: 1,
      notes: [
        'warm: the same question asked again; cold: caches of ClickHouse dropped and files read by direct I/O',
      ],
    };
  } finally {
    await client.close();
    await store.close();
    await server.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

const HOUR_SECONDS_MS = HOUR_SECONDS * 1000;

export const storeBench: Bench = {
  name: 'store',
  summary: 'bytes a row, list and map over 10 M requests of one hour and 1,000 pods',
  run: ({ quick }, log) => measure(quick ? QUICK_ROWS : ROWS, log),
};
