import { randomUUID } from 'node:crypto';
import { toStoreError } from '../clickhouse-error.ts';
import type { StoreClients } from '../connection.ts';
import { localTable, systemTable } from '../spread-tables.ts';
import { MINUTE_SECONDS } from './minute.ts';
import type { Fingerprint, Minute, MinuteRows } from './minute.ts';
import type { BasePart } from './seen-parts.ts';
import { edgeMinute } from './edge-minutes.ts';
import { endpointMinute } from './endpoint-minutes.ts';
import { insertMerged, insertMinute, insertSlice } from './minute-rollup.ts';
import type { MinuteRollup } from './minute-rollup.ts';
import { processMinute } from './process-minutes.ts';
import { serviceMinute } from './service-minutes.ts';

const SECONDS_PER_DAY = 86_400;
/** Of one statement of the keeper: it runs beside inserts and questions. */
const limits = { max_execution_time: 60, max_threads: 2, max_memory_usage: '800000000' } as const;

/** What a minute of the rollup was last computed from. */
export interface StoredMinute {
  readonly baseRows: number;
  readonly windowFingerprint: bigint;
  readonly frozen: boolean;
  readonly lateRows: number;
}

async function select<Row>(
  clients: StoreClients,
  query: string,
  params: Record<string, unknown> = {},
): Promise<Row[]> {
  try {
    const result = await clients.admin.query({
      query,
      query_params: params,
      format: 'JSONEachRow',
      clickhouse_settings: { ...limits, output_format_json_quote_64bit_integers: 1 },
    });
    return await result.json<Row>();
  } catch (error) {
    throw toStoreError(error);
  }
}

async function run(
  clients: StoreClients,
  query: string,
  params: Record<string, unknown>,
  session?: string,
): Promise<void> {
  try {
    // One part for each minute: all of it or nothing.
    const settings = { ...limits, max_insert_threads: '1', async_insert: 0, insert_deduplicate: 0 } as const;
    await clients.admin.command({
      query,
      query_params: params,
      clickhouse_settings: settings,
      ...(session === undefined ? {} : { session_id: session }),
    });
  } catch (error) {
    throw toStoreError(error);
  }
}

export async function readBaseParts(clients: StoreClients): Promise<BasePart[]> {
  // Blocks are numbered by each shard for itself.
  const partition =
    clients.cluster === undefined ? 'partition_id' : "concat(toString(_shard_num), '/', partition_id)";
  const rows = await select<{ name: string; partition: string; first: string; last: string }>(
    clients,
    `SELECT name, ${partition} AS partition, min_block_number AS first, max_block_number AS last
     FROM ${systemTable('parts', clients.cluster, 'shards')}
     WHERE database = '${clients.database}' AND table = '${localTable('requests', clients.cluster)}' AND active AND rows > 0`,
  );
  return rows.map((row) => ({
    name: row.name,
    partition: row.partition,
    minBlock: Number(row.first),
    maxBlock: Number(row.last),
  }));
}

/** Minutes of which the parts hold rows. Parts that were merged meanwhile are looked up by their heirs next time. */
export async function readMinutesOfParts(clients: StoreClients, names: readonly string[]): Promise<Minute[]> {
  const rows = await select<{ minute: number }>(
    clients,
    `SELECT DISTINCT toUnixTimestamp(toStartOfMinute(start_time)) AS minute
     FROM requests
     WHERE _part IN ({names:Array(String)})`,
    { names },
  );
  return rows.map((row) => row.minute);
}

/** Rows of each of the minutes in the base table. */
export async function readBaseRows(
  clients: StoreClients,
  minutes: readonly Minute[],
): Promise<Map<Minute, MinuteRows>> {
  const days = [...new Set(minutes.map((minute) => Math.floor(minute / SECONDS_PER_DAY)))];
  const first = Math.min(...minutes);
  const last = Math.max(...minutes) + MINUTE_SECONDS;
  const rows = await select<{ minute: number; rows: string; hash: string }>(
    clients,
    `SELECT
       toUnixTimestamp(toStartOfMinute(start_time)) AS minute,
       count() AS rows,
       sum(cityHash64(spool_id, batch_seq)) AS hash
     FROM requests
     WHERE toRelativeDayNum(start_time) IN ({days:Array(UInt32)})
       AND start_time >= fromUnixTimestamp64Nano(toInt64({first:UInt32}) * 1000000000, 'UTC')
       AND start_time < fromUnixTimestamp64Nano(toInt64({last:UInt32}) * 1000000000, 'UTC')
       AND toUnixTimestamp(toStartOfMinute(start_time)) IN ({minutes:Array(UInt32)})
     GROUP BY minute`,
    { days, first, last, minutes },
  );
  return new Map(rows.map((row) => [row.minute, { rows: Number(row.rows), hash: BigInt(row.hash) }]));
}

export async function readStoredMinutes(
  clients: StoreClients,
  minutes: readonly Minute[],
): Promise<Map<Minute, StoredMinute>> {
  const rows = await select<{
    minute: number;
    base: string;
    fingerprint: string;
    frozen: boolean;
    late: string;
  }>(
    clients,
    `SELECT
       toUnixTimestamp(minute) AS minute, base_rows AS base, window_fingerprint AS fingerprint, frozen,
       late_rows AS late
     FROM rollup_minutes FINAL
     WHERE toUnixTimestamp(minute) IN ({minutes:Array(UInt32)})`,
    { minutes },
  );
  return new Map(
    rows.map((row) => [
      row.minute,
      {
        baseRows: Number(row.base),
        windowFingerprint: BigInt(row.fingerprint),
        frozen: row.frozen,
        lateRows: Number(row.late),
      },
    ]),
  );
}

/** Rows of requests that one statement pairs: the memory of its set and its join grows with them. */
const ROWS_PER_SLICE = 1_000_000;

/** Writes the rollups of a minute, each as a whole; a death between them repeats the minute. */
export async function computeMinute(
  clients: StoreClients,
  minute: Minute,
  { baseRows, windowRows }: Fingerprint,
  rowsPerSlice = ROWS_PER_SLICE,
): Promise<void> {
  const slices = Math.ceil(baseRows / rowsPerSlice);
  const params = { minute, version: windowRows, slices };
  for (const rollup of [serviceMinute, edgeMinute, endpointMinute, processMinute]) {
    if (slices <= 1) await run(clients, insertMinute(rollup), params);
    else await computeInSlices(clients, rollup, params);
  }
}

/** Slices go into a table of the session, which the server drops with it, and from there into the rollup as one. */
async function computeInSlices(
  clients: StoreClients,
  rollup: MinuteRollup,
  params: { readonly minute: Minute; readonly version: number; readonly slices: number },
): Promise<void> {
  const session = randomUUID();
  await run(clients, `CREATE TEMPORARY TABLE slices AS ${rollup.table} ENGINE = Memory`, {}, session);
  try {
    for (let slice = 0; slice < params.slices; slice += 1)
      await run(clients, insertSlice(rollup), { ...params, slice }, session);
    await run(clients, insertMerged(rollup), {}, session);
  } finally {
    await run(clients, 'DROP TEMPORARY TABLE slices', {}, session);
  }
}

/** Remembers what a minute was computed from, or that it is frozen. */
export async function storeMinute(
  clients: StoreClients,
  minute: Minute,
  stored: StoredMinute,
): Promise<void> {
  await run(
    clients,
    `INSERT INTO rollup_minutes (minute, computed_at, base_rows, window_fingerprint, frozen, late_rows)
     SELECT toDateTime({minute:UInt32}, 'UTC'), now64(9), {base:UInt64}, {fingerprint:UInt64}, {frozen:Bool}, {late:UInt64}`,
    {
      minute,
      base: stored.baseRows,
      fingerprint: stored.windowFingerprint,
      frozen: stored.frozen,
      late: stored.lateRows,
    },
  );
}

/** Freezes all computed minutes of a day, before its partition goes. */
export async function freezeDay(clients: StoreClients, day: number): Promise<void> {
  await run(
    clients,
    `INSERT INTO rollup_minutes (minute, computed_at, base_rows, window_fingerprint, frozen, late_rows)
     SELECT minute, now64(9), base_rows, window_fingerprint, true, late_rows
     FROM rollup_minutes FINAL
     WHERE minute >= toDateTime({first:UInt32}, 'UTC') AND minute < toDateTime({last:UInt32}, 'UTC') AND NOT frozen`,
    { first: day * SECONDS_PER_DAY, last: (day + 1) * SECONDS_PER_DAY },
  );
}
