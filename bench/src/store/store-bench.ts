import { rmSync } from 'node:fs';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { systemClock } from '@tomte/kit';
import {
  connectStore,
  type EmbeddedServer,
  MAX_RETENTION_DAYS,
  startEmbedded,
  type Store,
} from '@tomte/store';
import { endlessRetention } from '@tomte/testkit';
import { makeScratch } from '@tomte/tomte/scratch';
import { median, quantileOf } from '../measure/statistics.ts';
import { type Bench, type BenchOptions, type BenchResult, formatNumber } from '../report.ts';
import { type DrawTimes, measureDraws } from './draws.ts';
import { pastHourNs, RequestStream } from './request-stream.ts';

const ROWS = 10_000_000;
/** With fewer draws than by default it is a trial, on fewer rows. */
const TRIAL_ROWS = 400_000;
const HOUR_SECONDS = 3_600;
const NODES = 20;
const ROWS_PER_INSERT = 55_600;
/** As a collector joins them at most. */
const MAX_BATCHES_PER_INSERT = 256;
/** Merging ten million rows into one part takes longer than the client's default of 30 s. */
const MERGE_TIMEOUT_MS = 600_000;
/** Columns that hold what users asked to keep, and trace ids: stated apart. */
const PAYLOAD_COLUMNS = ['request_headers', 'response_headers', 'request_body', 'response_body'].concat([
  'trace_id',
  'span_id',
  'attributes',
]);

async function run({ pairs }: BenchOptions, log: (line: string) => void): Promise<BenchResult> {
  const dataDir = await makeScratch('bench');
  const server = await startEmbedded({ dataDir });
  const store = connectStore(server);
  const client = openClient(server);
  try {
    await store.prepare(endlessRetention());
    const startNs = pastHourNs(Date.now());
    const rows = pairs < storeBench.defaults.pairs ? TRIAL_ROWS : ROWS;
    await fill(store, { rows, startNs }, log);
    log('Merging into one part …');
    await client.command({
      query: 'OPTIMIZE TABLE requests FINAL',
      clickhouse_settings: { max_execution_time: 0 },
    });
    const rollup = await computeRollups(store, log);
    const stored = await storedBytes(client);
    const setting = { store, client, startNs, draws: pairs, log };
    const list = await measureDraws('requests', setting);
    const map = await measureDraws('edges', setting);
    return {
      figures: {
        bytesPerRow: stored.rowBytes / stored.rows,
        payloadBytesPerRow: stored.payloadBytes / stored.rows,
        listP95Ms: quantileOf(list.warmMs, 0.95),
        mapP95Ms: quantileOf(map.warmMs, 0.95),
      },
      pairs,
      notes: [...notesOf(stored, { list, map }, pairs), rollup],
    };
  } finally {
    await client.close();
    await store.close();
    await server.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function openClient({ url, user, password, database }: EmbeddedServer): ClickHouseClient {
  const log = { level: ClickHouseLogLevel.OFF }; // It advises on load balancers, of which there is none.
  return createClient({ url, username: user, password, database, log, request_timeout: MERGE_TIMEOUT_MS });
}

async function fill(
  store: Store,
  { rows, startNs }: { readonly rows: number; readonly startNs: bigint },
  log: (line: string) => void,
): Promise<void> {
  const rowsPerBatch = Math.ceil(rows / (HOUR_SECONDS * NODES));
  const stream = new RequestStream({ startNs, nodes: NODES, rowsPerBatch, seed: 7, firstSpool: 1 });
  const batchesPerInsert = Math.min(Math.ceil(ROWS_PER_INSERT / rowsPerBatch), MAX_BATCHES_PER_INSERT);
  for (let done = 0, insert = 0; done < rows; insert += 1) {
    const batches = Array.from({ length: batchesPerInsert }, () => stream.next());
    const queryId = `bench-store-${insert}`;
    const result = await store.insertBatches('requests', batches, { queryId, token: queryId });
    if (result.kind !== 'committed') throw result.error;
    done += rowsPerBatch * batchesPerInsert;
    if (insert % 20 === 19) log(`${formatNumber(done)} rows stored`);
  }
}

/** All minutes of the hour, as the collector's keeper would have computed them while the rows came in. */
async function computeRollups(store: Store, log: (line: string) => void): Promise<string> {
  log('Computing the rollups …');
  const keeper = store.createRollupKeeper({ clock: systemClock(), baseDays: MAX_RETENTION_DAYS });
  const startMs = performance.now();
  let minutes = 0;
  for (let waiting = 1; waiting > 0;) {
    const round = await keeper.runRound();
    minutes += round.computedMinutes;
    waiting = round.waitingMinutes;
  }
  await keeper.close();
  return `rollups: ${minutes} minutes, ${((performance.now() - startMs) / minutes).toFixed(0)} ms each`;
}

interface StoredBytes {
  readonly rows: number;
  readonly parts: number;
  readonly rowBytes: number;
  readonly payloadBytes: number;
  readonly largest: readonly string[];
}

/** Compressed bytes by column, of the active parts. */
async function storedBytes(client: ClickHouseClient): Promise<StoredBytes> {
  const counts = await ask<{ rows: string; parts: string }>(
    client,
    `SELECT sum(rows) AS rows, count() AS parts FROM system.parts
     WHERE active AND database = currentDatabase() AND table = 'requests'`,
  );
  const columns = await ask<{ name: string; bytes: string }>(
    client,
    `SELECT name, data_compressed_bytes AS bytes FROM system.columns
     WHERE database = currentDatabase() AND table = 'requests' ORDER BY data_compressed_bytes DESC`,
  );
  const rows = Number(counts[0]?.rows);
  const sum = (isPayload: boolean): number =>
    columns
      .filter(({ name }) => PAYLOAD_COLUMNS.includes(name) === isPayload)
      .reduce((total, { bytes }) => total + Number(bytes), 0);
  const largest = columns
    .slice(0, 8)
    .map(({ name, bytes }) => `${name} ${(Number(bytes) / rows).toFixed(2)}`);
  return { rows, parts: Number(counts[0]?.parts), rowBytes: sum(false), payloadBytes: sum(true), largest };
}

async function ask<Row>(client: ClickHouseClient, query: string): Promise<Row[]> {
  const answer = await client.query({ query, format: 'JSONEachRow' });
  return answer.json<Row>();
}

function notesOf(
  stored: StoredBytes,
  times: { readonly list: DrawTimes; readonly map: DrawTimes },
  pairs: number,
): readonly string[] {
  const p95 = (samples: readonly number[]): string => `${quantileOf(samples, 0.95).toFixed(1)} ms`;
  const asked = (drawn: number): string =>
    drawn < pairs ? `${drawn} of ${pairs} draws in the time there is` : `${drawn} draws`;
  const describe = (name: string, { coldMs, warmMs, againMs }: DrawTimes): string =>
    `${name}: ${asked(warmMs.length)}, p95 warm ${p95(warmMs)}, cold ${p95(coldMs)}; median warm ${median(warmMs).toFixed(1)}, cold ${median(coldMs).toFixed(1)} ms; asked once more (A/A) ${(median(againMs) / median(warmMs)).toFixed(3)} times`;
  return [
    `${formatNumber(stored.rows)} rows in ${stored.parts} part(s): one hour, 1,000 pods, 250 services asked by 8 others each, nine in ten exchanges seen at both ends; random nanoseconds, latencies and ports, 20 % with trace context`,
    `largest columns, bytes a row: ${stored.largest.join(', ')}`,
    `payload: ${PAYLOAD_COLUMNS.join(', ')}`,
    describe('list (one service, a quarter of an hour, 100 rows)', times.list),
    describe('map (every edge of an hour)', times.map),
    ...failuresOf('list', times.list).concat(failuresOf('map', times.map)),
    'cold: caches of ClickHouse dropped and files read by direct I/O; warm: the same question again',
  ];
}

function failuresOf(name: string, { failures }: DrawTimes): readonly string[] {
  const [first] = failures;
  return first === undefined
    ? []
    : [`${name}: ${failures.length} questions were not answered, the first: ${first}`];
}

export const storeBench: Bench = {
  name: 'store',
  summary: 'bytes a row, and list and map over 10 M requests of one hour and 1,000 pods',
  defaults: { pairs: 200, seconds: 1 },
  goals: {
    bytesPerRow: { atMost: 24, meaning: 'bodies and trace ids apart' },
    listP95Ms: { atMost: 50, meaning: 'goal of 100 M rows' },
    mapP95Ms: { atMost: 200, meaning: 'goal of 100 M rows' },
  },
  run,
};
