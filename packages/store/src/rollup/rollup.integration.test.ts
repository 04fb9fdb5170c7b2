import { ClickHouseError } from '@clickhouse/client';
import { ManualClock } from '@tomte/kit';
import { bucketBoundsNs, maxSiblings, pathRules } from '@tomte/model';
import { randomRows, startTestStore, TEST_DAY_START_NS } from '@tomte/testkit';
import type { RowOfTable, TestStore } from '@tomte/testkit';
import { BlockBuilder } from '@tomte/wire';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeClients, connectClients } from '../connection.ts';
import { RollupKeeper } from './rollup-keeper.ts';

type RequestRow = RowOfTable<'requests'>;
const DAY_NS = 86_400_000_000_000n;
const MINUTE_NS = 60_000_000_000n;
let seq = 0n;
let test: TestStore;

beforeAll(async () => {
  test = await startTestStore();
});
afterAll(async () => test.close());

/** Pairs (both ends), clients alone and servers alone, in a few minutes from `startNs`. */
function exchanges(startNs: bigint, count: number, seed: number): RequestRow[] {
  return randomRows('requests', { count, seed }).flatMap((row, index) => {
    const start_time = startNs + BigInt(index % 5) * MINUTE_NS + (row.start_time % MINUTE_NS);
    const exchange_index = seed * 1_000_000 + index;
    const service = ['cart', 'checkout', 'search'][index % 3] ?? '';
    const server: RequestRow = {
      ...row,
      start_time,
      exchange_index,
      unpaired_reason: '',
      role: 'server',
      service_name: service,
      peer_service_name: 'proxy',
    };
    const client: RequestRow = {
      ...server,
      role: 'client',
      service_name: 'browser',
      peer_service_name: service,
      // Some clients start in the minute before their server.
      start_time: start_time - 30_000_000n,
    };
    const kind = index % 6;
    if (kind === 0) return [client];
    if (kind === 1) return [server];
    if (kind === 2) return [client, server];
    if (kind === 3) return [{ ...client, unpaired_reason: 'gap' }];
    // The port was used before: an exchange with the same key, beyond the tolerance.
    if (kind === 4) return [{ ...client, start_time: start_time - 20_000_000_000n }, server];
    // A peer that only its Host header names.
    return [{ ...client, peer_service_name: '', host: 'shop.example' }];
  });
}

async function insert(rows: readonly RequestRow[]): Promise<void> {
  const builder = new BlockBuilder('requests', { maxRows: 100_000, maxBytes: 1e9 });
  for (const row of rows) builder.append(row);
  seq += 1n;
  const batch = builder.seal({ clusterName: '', hostName: 'h', agentId: 'a', spoolId: 1n, batchSeq: seq });
  const token = `rollup-${seq}`;
  expect(await test.store.insertBatches('requests', [batch], { queryId: token, token })).toEqual({
    kind: 'committed',
  });
}

interface Sums {
  count: bigint;
  errors: bigint;
  samples: bigint;
  durations: bigint;
  buckets: number[];
}

/** The same from the rows themselves, in plain JavaScript. */
function expectedSums(rows: readonly RequestRow[]): Map<string, Sums> {
  const servers = new Map(
    rows.filter((row) => row.role === 'server').map((row) => [row.exchange_index, row]),
  );
  const sums = new Map<string, Sums>();
  for (const row of rows) {
    const server =
      row.role === 'client' && row.unpaired_reason === '' ? servers.get(row.exchange_index) : undefined;
    if (server !== undefined && server.start_time - row.start_time < 5_000_000_000n) continue;
    const service = (row.role === 'client' ? row.peer_service_name : row.service_name) || row.host;
    const asked = row.role === 'client' ? row.peer_k8s_namespace_name : row.k8s_namespace_name;
    const group = [service, row.role, row.protocol, row.encrypted, row.k8s_namespace_name, asked];
    const key = [row.start_time / MINUTE_NS, ...group].join(' ');
    const sum = sums.get(key) ?? {
      count: 0n,
      errors: 0n,
      samples: 0n,
      durations: 0n,
      buckets: Array<number>(15).fill(0),
    };
    sum.count += 1n;
    if (['server_error', 'aborted', 'timed_out'].includes(row.outcome)) sum.errors += 1n;
    if (row.duration_ns !== null) {
      const duration = row.duration_ns;
      sum.samples += 1n;
      sum.durations += duration;
      const found = bucketBoundsNs.findIndex((bound) => duration <= BigInt(bound));
      const bucket = found === -1 ? 14 : found;
      sum.buckets[bucket] = (sum.buckets[bucket] ?? 0) + 1;
    }
    sums.set(key, sum);
  }
  return sums;
}

async function storedSums(dayStartNs: bigint): Promise<Map<string, Sums>> {
  const answer = await test.store.query({
    sql: `SELECT intDiv(toUnixTimestamp(minute), 60), service_name, role, protocol, encrypted,
            k8s_namespace_name, service_namespace_name, request_count, error_count, sample_count, duration_sum_ns, duration_buckets
          FROM service_1m
          WHERE minute >= toDateTime({from:UInt32}, 'UTC') AND minute < toDateTime({to:UInt32}, 'UTC')
          ORDER BY ALL`,
    params: { from: dayStartNs / 1_000_000_000n, to: (dayStartNs + DAY_NS) / 1_000_000_000n },
  });
  return new Map(
    answer.rows.map((row) => {
      const [count, errors, samples, durations] = row.slice(7, 11).map((value) => BigInt(String(value)));
      const buckets = (row[11] as string[]).map(Number); // Proof: an array of UInt64.
      return [row.slice(0, 7).join(' '), { count, errors, samples, durations, buckets }] as [string, Sums];
    }),
  );
}

/** Edges by `client server role`, with namespaces and which ends were observed, as the view tells them for a day. */
async function storedEdges(dayStartNs: bigint): Promise<unknown> {
  const answer = await test.store.query({
    sql: `SELECT concatWithSeparator(' ', client_namespace_name, client_service_name, server_namespace_name,
              server_service_name, toString(role), toString(client_observed), toString(server_observed)) AS edge,
            sum(request_count), sum(sample_count), sum(error_count)
          FROM edge_1m
          WHERE minute >= toDateTime({from:UInt32}, 'UTC') AND minute < toDateTime({to:UInt32}, 'UTC')
          GROUP BY edge ORDER BY edge`,
    params: { from: dayStartNs / 1_000_000_000n, to: (dayStartNs + DAY_NS) / 1_000_000_000n },
  });
  return answer.rows;
}

/** The same from the rows, in plain JavaScript. */
function expectedEdges(rows: readonly RequestRow[]): unknown {
  const isPaired = (row: RequestRow): boolean => row.unpaired_reason === '';
  const byRole = (role: string) =>
    new Map(rows.filter((row) => row.role === role && isPaired(row)).map((row) => [row.exchange_index, row]));
  const [servers, clients] = [byRole('server'), byRole('client')];
  const near = (row: RequestRow, other: RequestRow | undefined): boolean =>
    other !== undefined && isPaired(row) && Math.abs(Number(other.start_time - row.start_time)) < 5e9;
  const edges = new Map<string, [number, number, number]>();
  for (const row of rows) {
    if (row.role === 'client' && near(row, servers.get(row.exchange_index))) continue;
    const client = clients.get(row.exchange_index);
    const asking = row.role === 'client' ? row : near(row, client) ? client : undefined;
    const isClient = row.role === 'client';
    const edge = [
      asking?.k8s_namespace_name ?? row.peer_k8s_namespace_name,
      (asking?.service_name ?? '') || row.peer_service_name,
      isClient ? row.peer_k8s_namespace_name : row.k8s_namespace_name,
      (isClient ? row.peer_service_name : row.service_name) || row.host,
      row.role,
      asking !== undefined,
      row.role === 'server',
    ].join(' ');
    const sums = edges.get(edge) ?? [0, 0, 0];
    edges.set(edge, sums);
    sums[0] += 1;
    sums[1] += row.duration_ns === null ? 0 : 1;
    sums[2] += ['server_error', 'aborted', 'timed_out'].includes(row.outcome) ? 1 : 0;
  }
  return [...edges].sort(([a], [b]) => (a < b ? -1 : 1)).map(([edge, sums]) => [edge, ...sums.map(String)]);
}

const keeperOf = (nowNs: bigint, baseDays = 14, rowsPerSlice?: number) =>
  test.store.createRollupKeeper({
    clock: new ManualClock(nowNs),
    baseDays,
    ...(rowsPerSlice === undefined ? {} : { rowsPerSlice }),
  });

function without(
  sums: Map<string, Sums>,
  isLeftOut: (sums: Sums, key: string) => boolean,
): Map<string, Sums> {
  return new Map([...sums].filter(([key, sum]) => !isLeftOut(sum, key)));
}

/** Statements of these minutes fail as they do when the server's memory is short. */
function refuse(clients: ReturnType<typeof connectClients>, isTooMuch: (minute: unknown) => boolean): void {
  const command = clients.admin.command.bind(clients.admin);
  clients.admin.command = (params) =>
    isTooMuch(params.query_params?.['minute'])
      ? Promise.reject(new ClickHouseError({ message: 'memory', code: '241', type: 'MEMORY_LIMIT_EXCEEDED' }))
      : command(params);
}

async function settle(keeper: ReturnType<typeof keeperOf>): Promise<number> {
  let computed = 0;
  for (;;) {
    const round = await keeper.runRound();
    computed += round.computedMinutes;
    if (round.waitingMinutes === 0) return computed;
  }
}

describe('edge_1m', () => {
  it('names the client when its row comes later, and forgets the name from before', async () => {
    const dayNs = TEST_DAY_START_NS + 8n * DAY_NS;
    const rows = exchanges(dayNs + 600n * MINUTE_NS, 499, 6);
    const keeper = keeperOf(dayNs + DAY_NS);
    const servers = rows.filter((row) => row.role === 'server');
    await insert(servers);
    await settle(keeper);
    expect(await storedEdges(dayNs)).toEqual(expectedEdges(servers));
    await insert(rows.filter((row) => row.role === 'client'));
    await settle(keeper);
    expect(await storedEdges(dayNs)).toEqual(expectedEdges(rows));
  });

  it('is computed for minutes that a version without it has computed', async () => {
    const dayNs = TEST_DAY_START_NS + 10n * DAY_NS;
    const rows = exchanges(dayNs + 60n * MINUTE_NS, 101, 7);
    await insert(rows);
    await settle(keeperOf(dayNs + DAY_NS));
    const clients = connectClients(test.server);
    await clients.admin.command({ query: 'TRUNCATE TABLE edge_1m_data' });
    // What that version remembered: the sum of the rows' hashes alone.
    await clients.admin.command({
      query: `INSERT INTO rollup_minutes
        SELECT m.minute, now64(9), m.base_rows, (SELECT sum(cityHash64(b.spool_id, b.batch_seq)) FROM requests AS b
          WHERE b.start_time >= m.minute - 60 AND b.start_time < m.minute + 120), false, 0
        FROM rollup_minutes AS m FINAL WHERE m.minute >= toDateTime({from:UInt32}, 'UTC')`,
      query_params: { from: dayNs / 1_000_000_000n },
    });
    await closeClients(clients);
    await settle(keeperOf(dayNs + DAY_NS));
    expect(await storedEdges(dayNs)).toEqual(expectedEdges(rows));
  });
});

describe('service_1m', () => {
  it('equals a recomputation from the rows, whichever order they come in', async () => {
    const dayNs = TEST_DAY_START_NS;
    const rows = exchanges(dayNs + 600n * MINUTE_NS, 997, 1);
    const keeper = keeperOf(dayNs + DAY_NS);
    // Clients first: they count until their servers come.
    await insert(rows.filter((row) => row.role === 'client'));
    await settle(keeper);
    expect(await storedSums(dayNs)).toEqual(expectedSums(rows.filter((row) => row.role === 'client')));
    await insert(rows.filter((row) => row.role === 'server'));
    expect(await settle(keeper)).toBeGreaterThan(0);
    expect(await storedSums(dayNs)).toEqual(expectedSums(rows));
    expect(await settle(keeper)).toBe(0);
    // A keeper that starts later finds nothing to do, from what is stored alone.
    expect(await settle(keeperOf(dayNs + DAY_NS))).toBe(0);
  });

  it('is the same when a minute is paired in slices, edges too', async () => {
    const dayNs = TEST_DAY_START_NS + 12n * DAY_NS;
    const rows = exchanges(dayNs + 60n * MINUTE_NS, 1009, 8);
    await insert(rows);
    expect(await settle(keeperOf(dayNs + DAY_NS, 14, 101))).toBeGreaterThan(0);
    expect(await storedSums(dayNs)).toEqual(expectedSums(rows));
    expect(await storedEdges(dayNs)).toEqual(expectedEdges(rows));
  });

  it('goes on beside a minute that is too much for the server, and tries that one again later', async () => {
    const dayNs = TEST_DAY_START_NS + 14n * DAY_NS;
    const rows = exchanges(dayNs + 60n * MINUTE_NS, 503, 9);
    await insert(rows);
    const heavy = Number(dayNs / 1_000_000_000n) + 62 * 60;
    const clients = connectClients(test.server);
    let isTooMuch = true;
    refuse(clients, (minute) => isTooMuch && minute === heavy);
    const errors: string[] = [];
    const clock = new ManualClock(dayNs + DAY_NS);
    const onError = ({ code }: { readonly code: string }) => errors.push(code);
    const keeper = new RollupKeeper(clients, { clock, baseDays: 14, onError });
    await settle(keeper);
    const isHeavy = (_: unknown, key: string): boolean => key.startsWith(`${heavy / 60} `);
    expect(await storedSums(dayNs)).toEqual(without(expectedSums(rows), isHeavy));
    expect(errors).toEqual(['STORE_LIMIT_EXCEEDED']);
    isTooMuch = false;
    await settle(keeper);
    expect(errors).toHaveLength(1);
    clock.advanceMs(60_000);
    await settle(keeper);
    expect(await storedSums(dayNs)).toEqual(expectedSums(rows));
    await closeClients(clients);
  });

  it('counts none as waiting when another keeper computed the minute that was too much', async () => {
    const dayNs = TEST_DAY_START_NS + 16n * DAY_NS;
    await insert(exchanges(dayNs + 60n * MINUTE_NS, 503, 10));
    const heavy = Number(dayNs / 1_000_000_000n) + 62 * 60;
    const clients = connectClients(test.server);
    refuse(clients, (minute) => minute === heavy);
    const errors: string[] = [];
    const clock = new ManualClock(dayNs + DAY_NS);
    const onError = ({ code }: { readonly code: string }) => errors.push(code);
    const keeper = new RollupKeeper(clients, { clock, baseDays: 14, onError });
    await settle(keeper);
    expect(errors).toEqual(['STORE_LIMIT_EXCEEDED']);
    await settle(keeperOf(dayNs + DAY_NS));
    clock.advanceMs(60_000);
    expect(await keeper.runRound()).toEqual({ computedMinutes: 0, waitingMinutes: 0, lateRows: 0 });
    expect(errors).toHaveLength(1);
    await closeClients(clients);
  });

  it('is the same after a kill of the server in the middle of a computation', async () => {
    const dayNs = TEST_DAY_START_NS + 2n * DAY_NS;
    const rows = exchanges(dayNs + 60n * MINUTE_NS, 1009, 2);
    await insert(rows);
    const restarts = test.server.restartCount;
    const dying = settle(keeperOf(dayNs + DAY_NS)).catch(() => undefined);
    process.kill(test.server.pid, 'SIGKILL');
    await dying;
    await expect.poll(() => test.server.restartCount, { timeout: 30_000 }).toBeGreaterThan(restarts);
    await expect.poll(() => test.store.ping(), { timeout: 30_000 }).toBe(true);
    await settle(keeperOf(dayNs + DAY_NS));
    expect(await storedSums(dayNs)).toEqual(expectedSums(rows));
  });

  it('holds when two keepers work at once', async () => {
    const dayNs = TEST_DAY_START_NS + 4n * DAY_NS;
    const rows = exchanges(dayNs + 60n * MINUTE_NS, 499, 3);
    await insert(rows);
    await Promise.all([settle(keeperOf(dayNs + DAY_NS)), settle(keeperOf(dayNs + DAY_NS))]);
    expect(await storedSums(dayNs)).toEqual(expectedSums(rows));
  });

  it('keeps a minute whose base rows have gone, and counts what comes too late', async () => {
    const dayNs = TEST_DAY_START_NS + 6n * DAY_NS;
    const rows = exchanges(dayNs + 60n * MINUTE_NS, 97, 4);
    await insert(rows);
    await settle(keeperOf(dayNs + DAY_NS));
    const before = await storedSums(dayNs);
    const later = keeperOf(dayNs + 20n * DAY_NS);
    await settle(later);
    await insert(exchanges(dayNs + 60n * MINUTE_NS, 23, 5));
    let lateRows = 0;
    lateRows += (await later.runRound()).lateRows;
    expect(lateRows).toBeGreaterThan(0);
    expect(await storedSums(dayNs)).toEqual(before);
  });
});

/** The template of a path by the same rules, by another engine: JavaScript's expressions, segment by segment. */
function templateOf(path: string): string {
  const parts = path.split('/');
  const known = parts.slice(0, 13).map((part) => {
    const rule = pathRules.find(
      ({ patterns, leastCharacters = 0 }) =>
        Buffer.byteLength(part) >= leastCharacters &&
        patterns.every((pattern) => new RegExp(pattern).test(part)),
    );
    return rule?.placeholder ?? part.replaceAll(/[0-9]{4,}/g, '{number}');
  });
  return known.join('/') + (parts.length > 13 ? '/{rest}' : '');
}

/** Who was asked, from either end. */
function askedOf(row: RequestRow): readonly [namespace: string, service: string] {
  const isClient = row.role === 'client';
  return [
    isClient ? row.peer_k8s_namespace_name : row.k8s_namespace_name,
    (isClient ? row.peer_service_name : row.service_name) || row.host,
  ];
}

/** Places of a service's templates in one minute where more than so many segments follow. */
function widePlaces(templates: Iterable<string>): ReadonlySet<string> {
  const followers = new Map<string, Set<string>>();
  for (const template of templates) {
    const parts = template.split('/');
    for (let index = 1; index < parts.length; index += 1) {
      const place = parts.slice(0, index).join('/');
      followers.set(place, (followers.get(place) ?? new Set()).add(parts[index] ?? ''));
    }
  }
  return new Set([...followers].flatMap(([place, set]) => (set.size > maxSiblings ? [place] : [])));
}

function learnt(template: string, wide: ReadonlySet<string>): string {
  const parts = template.split('/');
  return parts
    .map((part, index) => (index > 0 && wide.has(parts.slice(0, index).join('/')) ? '{name}' : part))
    .join('/');
}

type Counted = readonly [
  requests: number,
  errors: number,
  samples: number,
  durations: bigint,
  buckets: readonly number[],
];

function countedBy(
  rows: readonly RequestRow[],
  keyOf: (row: RequestRow) => string,
): readonly (readonly [string, ...Counted])[] {
  const groups = Map.groupBy(rows, keyOf);
  const counted = [...groups].map(([key, of]): [string, ...Counted] => {
    const durations = of.flatMap(({ duration_ns }) => (duration_ns === null ? [] : [duration_ns]));
    const buckets = Array<number>(15).fill(0);
    for (const duration of durations) {
      const found = bucketBoundsNs.findIndex((bound) => duration <= BigInt(bound));
      const bucket = found === -1 ? 14 : found;
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
    }
    const errors = of.filter(({ outcome }) =>
      ['server_error', 'aborted', 'timed_out'].includes(outcome),
    ).length;
    return [key, of.length, errors, durations.length, durations.reduce((sum, one) => sum + one, 0n), buckets];
  });
  return counted.toSorted(([a], [b]) => (a < b ? -1 : 1));
}

async function storedBy(
  table: string,
  key: string,
  dayStartNs: bigint,
): Promise<readonly (readonly [string, ...Counted])[]> {
  const answer = await test.store.query({
    sql: `SELECT ${key} AS key, sum(request_count), sum(error_count), sum(sample_count), sum(duration_sum_ns), sumForEach(duration_buckets)
          FROM ${table}
          WHERE minute >= toDateTime({from:UInt32}, 'UTC') AND minute < toDateTime({to:UInt32}, 'UTC') GROUP BY key`,
    params: { from: dayStartNs / 1_000_000_000n, to: (dayStartNs + DAY_NS) / 1_000_000_000n },
  });
  const rows = answer.rows.map((row): [string, ...Counted] => {
    const [requests, errors, samples] = row.slice(1, 4).map(Number);
    const buckets = (row[5] as string[]).map(Number); // Proof: an array of UInt64.
    return [String(row[0]), requests ?? 0, errors ?? 0, samples ?? 0, BigInt(String(row[4])), buckets];
  });
  return rows.toSorted(([a], [b]) => (a < b ? -1 : 1));
}

const KEY = (names: readonly string[]): string =>
  `concatWithSeparator(' ', toString(intDiv(toUnixTimestamp(minute), 60)), ${names.map((name) => `toString(${name})`).join(', ')})`;

describe('endpoint_1m and process_1m', () => {
  const words = [
    'cart',
    'orders',
    '7',
    'a1b2c3d4',
    '0190a1b2-0000-7000-8000-000000000001',
    'x@y.example',
    '2026-01-15',
    'IMG_20260115.jpg',
  ];
  /** Few templates for most, and more names at one place than a word could have. */
  function withPaths(rows: readonly RequestRow[]): RequestRow[] {
    return rows.map((given) => {
      const row = { ...given, k8s_namespace_name: 'shop', peer_k8s_namespace_name: 'shop' };
      const index = row.exchange_index;
      if (index % 3 === 0)
        return { ...row, path: `/things/${String.fromCharCode(97 + (index % 26), 97 + (index % 25))}/items` };
      return { ...row, path: `/${words[index % words.length]}/${index}/${words[index % 3]}` };
    });
  }

  async function expectEqual(dayNs: bigint, rows: readonly RequestRow[]): Promise<void> {
    const servers = new Map(
      rows.filter((row) => row.role === 'server').map((row) => [row.exchange_index, row]),
    );
    const counted = rows.filter((row) => {
      const server =
        row.role === 'client' && row.unpaired_reason === '' ? servers.get(row.exchange_index) : undefined;
      return server === undefined || server.start_time - row.start_time >= 5_000_000_000n;
    });
    const serviceOf = (row: RequestRow): string => [row.start_time / MINUTE_NS, ...askedOf(row)].join(' ');
    const wide = new Map(
      [...Map.groupBy(rows, serviceOf)].map(([service, of]) => [
        service,
        widePlaces(of.map(({ path }) => templateOf(path))),
      ]),
    );
    const endpointOf = (row: RequestRow): string =>
      [
        serviceOf(row),
        row.protocol,
        row.method,
        learnt(templateOf(row.path), wide.get(serviceOf(row)) ?? new Set()),
        row.role,
      ].join(' ');
    const stored = await storedBy(
      'endpoint_1m',
      KEY(['service_namespace_name', 'service_name', 'protocol', 'method', 'endpoint', 'role']),
      dayNs,
    );
    expect(stored).toEqual(countedBy(counted, endpointOf));
    expect(stored.some(([key]) => key.includes('{name}'))).toBe(true);
    const processOf = (row: RequestRow): string =>
      [
        row.start_time / MINUTE_NS,
        row.pid,
        row.process_name,
        row.service_name,
        row.k8s_namespace_name,
        row.k8s_pod_name,
        row.role,
        row.protocol,
      ].join(' ');
    expect(
      await storedBy(
        'process_1m',
        KEY([
          'pid',
          'process_name',
          'service_name',
          'k8s_namespace_name',
          'k8s_pod_name',
          'role',
          'protocol',
        ]),
        dayNs,
      ),
    ).toEqual(countedBy(rows, processOf));
  }

  it('equal a recomputation from the rows, whichever order they come in', async () => {
    const dayNs = TEST_DAY_START_NS + 18n * DAY_NS;
    const rows = withPaths(exchanges(dayNs + 600n * MINUTE_NS, 1_501, 11));
    await insert(rows.filter((row) => row.role === 'client'));
    await settle(keeperOf(dayNs + DAY_NS));
    await insert(rows.filter((row) => row.role === 'server'));
    await settle(keeperOf(dayNs + DAY_NS));
    await expectEqual(dayNs, rows);
  });

  it('are the same after a kill of the server in the middle of a computation', async () => {
    const dayNs = TEST_DAY_START_NS + 20n * DAY_NS;
    const rows = withPaths(exchanges(dayNs + 60n * MINUTE_NS, 1_503, 12));
    await insert(rows);
    const restarts = test.server.restartCount;
    const dying = settle(keeperOf(dayNs + DAY_NS)).catch(() => undefined);
    process.kill(test.server.pid, 'SIGKILL');
    await dying;
    await expect.poll(() => test.server.restartCount, { timeout: 30_000 }).toBeGreaterThan(restarts);
    await expect.poll(() => test.store.ping(), { timeout: 30_000 }).toBe(true);
    await settle(keeperOf(dayNs + DAY_NS));
    await expectEqual(dayNs, rows);
  });
});
