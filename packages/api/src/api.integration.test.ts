import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '@tomte/kit';
import { startTestStore, type TestStore } from '@tomte/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, type RunningApi } from './server.ts';
import { storeRunner } from './store-runner.ts';

let test: TestStore;
let api: RunningApi;

const DAY = '2026-01-15';
const range = `from=${DAY}T00:00:00Z&to=${DAY}T01:00:00Z`;
const at = (second: number, fraction = '123456789'): string =>
  `${DAY} 00:${String(Math.floor(second / 60)).padStart(2, '0')}:${String(second % 60).padStart(2, '0')}.${fraction}`;

/** Rows as JSON, straight to ClickHouse: nothing of ours writes what the API then reads. */
async function insert(table: string, rows: readonly object[]): Promise<void> {
  const { server } = test;
  const url = new URL(server.url);
  url.searchParams.set('query', `INSERT INTO tomte.${table} FORMAT JSONEachRow`);
  const login = Buffer.from(`${server.user}:${server.password}`).toString('base64');
  const body = rows.map((row) => JSON.stringify(row)).join('\n');
  const response = await fetch(url, { method: 'POST', body, headers: { authorization: `Basic ${login}` } });
  expect(await response.text()).toBe('');
}

async function get(path: string) {
  const response = await fetch(`${api.url}${path}`);
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) };
}

async function sql(statement: string, more: object = {}) {
  const response = await fetch(`${api.url}/api/v1/sql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ sql: statement, ...more }),
  });
  return { status: response.status, body: JSON.parse(await response.text()) };
}

const common = { agent_id: 'agent-1', host_name: 'host-1', spool_id: '18446744073709551615', batch_seq: 1 };
const addresses = {
  client_address: '::ffff:127.0.0.1',
  client_port: 40_000,
  server_address: '2001:db8::1',
  server_port: 80,
};

function request(index: number, side: 'client' | 'server', more: object = {}): object {
  return {
    ...common,
    ...addresses,
    start_time: at(index),
    duration_ns: 1_000_000 * (index + 1),
    exchange_index: index,
    service_name: side === 'server' ? 'nginx' : 'curl',
    protocol: 'http',
    method: 'GET',
    host: 'shop.example',
    path: `/${index}`,
    status_code: index % 10 === 9 ? 500 : 200,
    outcome: index % 10 === 9 ? 'server_error' : 'ok',
    request_bytes: 100,
    response_bytes: 1_000,
    response_headers: { 'content-type': 'text/plain' },
    role: side,
    connection_id: side === 'server' ? '9007199254740993' : '9007199254740995',
    pid: 7,
    ...more,
  };
}

/** 23 exchanges seen at both ends, 7 at the client's alone, 3 that cannot be paired, 5 on a reused port. */
const both = Array.from({ length: 23 }, (_, index) => index);
const clientOnly = Array.from({ length: 7 }, (_, index) => 100 + index);
const unpaired = Array.from({ length: 3 }, (_, index) => 200 + index);
const reused = Array.from({ length: 5 }, (_, index) => 1_000 + index);

/** The kernel's account of a loss, and two connections where it was. */
const toldTwice = [
  { events: 17, bytes: 1_009, direction: 'none', detail: 'counted in the kernel' },
  { events: 3, bytes: 1_000, direction: 'sent', connection_id: 5 },
  { events: 1, bytes: 9, direction: 'received', connection_id: 7 },
];

beforeAll(async () => {
  test = await startTestStore();
  const limits = { queryTimeoutMs: 30_000 };
  api = await startApi({
    sql: storeRunner(test.store, limits.queryTimeoutMs),
    clock: systemClock(),
    host: '127.0.0.1',
    port: 0,
    limits,
  });
  await insert('requests', [
    ...both.flatMap((index) => [request(index, 'client'), request(index, 'server')]),
    ...clientOnly.map((index) => request(index, 'client')),
    ...unpaired.map((index) =>
      request(index, 'client', {
        unpaired_reason: 'gap',
        duration_ns: null,
        status_code: null,
        outcome: 'not_observed',
      }),
    ),
    ...reused.map((index, nth) => request(index, 'client', { exchange_index: nth })),
  ]);
  await insert('agent_status', [
    {
      ...common,
      time: at(1),
      boot_id: 'b',
      started_at: at(0),
      version: '0.1.0',
      governor_step: 'bodies',
      spool_batches: 2,
    },
  ]);
  await insert('loss', [
    {
      ...common,
      start_time: at(2),
      end_time: at(3),
      source: 'socket_data',
      reason: 'ring_full',
      events: 11,
      bytes: 1_300,
      direction: 'none',
    },
    {
      ...common,
      start_time: at(3),
      end_time: at(4),
      source: 'socket_data',
      reason: 'ring_full',
      events: 2,
      bytes: null,
      direction: 'sent',
    },
    {
      ...common,
      start_time: at(600),
      end_time: at(700),
      source: 'socket_data',
      reason: 'agent_down',
      events: null,
      bytes: null,
      direction: 'none',
    },
    ...toldTwice.map((row) => ({
      ...common,
      start_time: at(900),
      end_time: at(901),
      source: 'tls_data',
      reason: 'ring_full',
      ...row,
    })),
  ]);
  await insert(
    'connections',
    both.map((index) => ({
      ...common,
      ...addresses,
      end_time: at(index),
      end_reason: 'closed',
      service_name: 'nginx',
      role: 'server',
      connection_id: index,
      sent_bytes: 5,
      received_bytes: 7,
    })),
  );
  await insert(
    'syscall_stats',
    both.map((index) => ({
      ...common,
      interval_start: at(index),
      interval_ns: 1_000_000_000,
      syscall: index % 2 === 0 ? 'read' : 'write',
      call_count: 3,
      error_count: 1,
      total_ns: 300,
      max_ns: index,
      service_name: 'nginx',
      pid: 7,
      process_name: 'nginx',
    })),
  );
  await insert('process_events', [
    {
      ...common,
      time: at(1),
      event: 'exec',
      pid: 7,
      parent_pid: 1,
      process_start_time: at(1),
      process_name: 'nginx',
      process_command_line: 'nginx -g',
    },
    { ...common, time: at(9), event: 'exit', pid: 7, parent_pid: 0, process_start_time: at(1), exit_code: 3 },
  ]);
  await insert('probe_status', [
    {
      ...common,
      time: at(1),
      boot_id: 'b',
      probe: 'SSL_write',
      target: '/libssl',
      state: 'failed',
      method: '',
      detail: 'no',
    },
    {
      ...common,
      time: at(2),
      boot_id: 'b',
      probe: 'SSL_write',
      target: '/libssl',
      state: 'attached',
      method: 'uprobe',
      detail: '',
    },
  ]);
});

afterAll(async () => {
  await api.close();
  await test.close();
});

describe('requests', () => {
  it('counts an exchange once: the server’s row where there is one, else the client’s', async () => {
    const { data, completeness } = (await get(`/api/v1/requests?${range}&limit=1000`)).json();
    const roles = data.map((row: { role: string }) => row.role);
    expect(roles.filter((role: string) => role === 'server')).toHaveLength(23);
    expect(roles.filter((role: string) => role === 'client')).toHaveLength(7 + 3 + 5);
    expect(completeness.truncated).toBe(false);
  });

  it('gives the rows of each side when asked', async () => {
    expect((await get(`/api/v1/requests?${range}&limit=1000&sides=each`)).json().row_count).toBe(
      23 * 2 + 7 + 3 + 5,
    );
    expect((await get(`/api/v1/requests?${range}&limit=1000&role=client`)).json().row_count).toBe(
      23 + 7 + 3 + 5,
    );
  });

  it('gives values in the form that the API promises', async () => {
    const { data } = (await get(`/api/v1/requests?${range}&path=/7&role=server`)).json();
    expect(data).toEqual([
      expect.objectContaining({
        start_time: `${DAY}T00:00:07.123456789Z`,
        duration_ns: 8_000_000,
        pair_key: expect.stringMatching(/^[1-9]\d*$/),
        connection_id: '9007199254740993',
        spool_id: '18446744073709551615',
        client_address: '127.0.0.1',
        server_address: '2001:db8::1',
        encrypted: false,
        status_code: 200,
        process_start_time: null,
        response_headers: { 'content-type': 'text/plain' },
      }),
    ]);
    expect(data[0]).not.toHaveProperty('_key');
  });

  it.each(['desc', 'asc'])('pages through all of it, %s, each row once', async (order) => {
    const seen: string[] = [];
    let cursor = '';
    for (let page = 0; page < 20; page += 1) {
      const answer = (
        await get(`/api/v1/requests?${range}&sides=each&limit=7&order=${order}${cursor}`)
      ).json();
      seen.push(...answer.data.map((row: { id: string }) => row.id));
      if (answer.next_cursor === null) break;
      expect(answer.completeness).toMatchObject({ truncated: true, complete: false });
      cursor = `&cursor=${answer.next_cursor}`;
    }
    expect(seen).toHaveLength(61);
    expect(new Set(seen).size).toBe(61);
  });

  it.each([
    ['status_code=500', 2],
    ['status_code=null', 3],
    ['status_code.ne=200', 2 + 3],
    ['duration_ns.ge=20ms&duration_ns.lt=23ms', 3],
    ['path.prefix=/1', 1 + 10 + 7 + 5],
    ['path.contains=2', 5 + 1 + 3 + 1],
    ['outcome.in=not_observed,server_error', 5],
    ['client_address=127.0.0.1', 38],
    ['client_address.prefix=127.0.0.0/8', 38],
    ['server_address.prefix=2001:db8::/32', 38],
    ['server_address=127.0.0.1', 0],
    ['response_headers[content-type].contains=plain', 38],
    [`start_time.lt=${DAY}T00:00:05Z`, 5],
    ['protocol=http&encrypted=false&pid=7', 38],
    ['pair_key=0', 3],
    ['spool_id=18446744073709551615', 38],
  ])('filters by %s', async (filter, count) => {
    const answer = (await get(`/api/v1/requests?${range}&limit=1000&${filter}`)).json();
    expect(answer.row_count).toBe(count);
  });

  it('gives both sides of an exchange one key, and filters by it', async () => {
    const keysOf = async (path: string): Promise<string[]> => {
      const { data } = (await get(`/api/v1/requests?${range}&sides=each&path=${path}`)).json();
      return data.map((row: { pair_key: string }) => row.pair_key);
    };
    const [[seven, again], [eight]] = [await keysOf('/7'), await keysOf('/8')];
    expect(again).toBe(seven);
    expect(eight).not.toBe(seven);
    const found = (await get(`/api/v1/requests?${range}&pair_key.in=${seven},${eight}`)).json();
    expect(found.data.map((row: { path: string }) => row.path).sort()).toEqual(['/7', '/8']);
  });

  it('finds one by its id', async () => {
    const [row] = (await get(`/api/v1/requests?${range}&path=/7&role=server`)).json().data;
    const found = (await get(`/api/v1/requests/${row.id}`)).json();
    expect(found.data).toEqual(row);
    expect((await get('/api/v1/requests/1-1-1-1-1')).json()).toMatchObject({
      status: 404,
      code: 'API_REQUEST_UNKNOWN',
    });
  });
});

describe('aggregates', () => {
  it('services: rate, errors and duration of who was asked', async () => {
    const { data, source } = (await get(`/api/v1/services?${range}`)).json();
    expect(source).toBe('requests');
    expect(data).toEqual([
      expect.objectContaining({
        service_name: 'nginx',
        request_count: 23,
        error_count: 2,
        duration_sample_count: 23,
        request_bytes: 2_300,
        requests_per_second: 23 / 3_600,
      }),
      expect.objectContaining({ service_name: 'shop.example', request_count: 15, duration_sample_count: 12 }),
    ]);
    expect(data[0].error_ratio).toBeCloseTo(2 / 23, 9);
    expect(data[0].duration_p50_ns).toBeGreaterThan(10_000_000);
    expect(data[0].duration_p99_ns).toBeLessThanOrEqual(23_000_000);
  });

  it('services: the same sums from the rollup', async () => {
    await using keeper = {
      of: test.store.createRollupKeeper({ clock: systemClock(), baseDays: 20_000 }),
      [Symbol.asyncDispose]: () => keeper.of.close(),
    };
    await keeper.of.runRound();
    const raw = (await get(`/api/v1/services?${range}`)).json();
    const rollup = (await get(`/api/v1/services?${range}&source=rollup`)).json();
    expect(rollup.source).toBe('service_1m');
    const sums = ({ data }: { data: Record<string, unknown>[] }) => {
      const row = data.find((one) => one['service_name'] === 'nginx') ?? {};
      const { duration_p50_ns: _p50, duration_p90_ns: _p90, duration_p99_ns: _p99, ...exact } = row;
      return exact;
    };
    expect(sums(rollup)).toEqual(sums(raw));
    const [p99] = rollup.data
      .filter((row: Record<string, unknown>) => row['service_name'] === 'nginx')
      .map((row: Record<string, unknown>) => row['duration_p99_ns']);
    expect(Math.abs(p99 / 23_000_000 - 1)).toBeLessThan(0.05);
  });

  it.each(['raw', 'rollup'])('services and edges of one service, %s', async (source) => {
    const names = async (path: string, column: string) =>
      (await get(path)).json().data.map((row: Record<string, unknown>) => row[column]);
    expect(await names(`/api/v1/services?${range}&service_name=shop.example`, 'service_name')).toEqual([
      'shop.example',
    ]);
    const edges = `/api/v1/edges?${range}&source=${source}`;
    expect(await names(`${edges}&service_name=nginx`, 'server_service_name')).toEqual(['nginx']);
    expect(await names(`${edges}&service_name=curl`, 'server_service_name')).toEqual([
      'nginx',
      'shop.example',
    ]);
    expect(await names(`${edges}&service_name.ne=nginx`, 'server_service_name')).toEqual(['shop.example']);
  });

  it.each([
    ['raw', 'requests'],
    ['rollup', 'edge_1m'],
  ])('edges, %s: the client by its own name where its end was seen', async (source, table) => {
    await using keeper = {
      of: test.store.createRollupKeeper({ clock: systemClock(), baseDays: 20_000 }),
      [Symbol.asyncDispose]: () => keeper.of.close(),
    };
    await keeper.of.runRound();
    const { data, source: told } = (await get(`/api/v1/edges?${range}&source=${source}`)).json();
    expect(told).toBe(table);
    const shown = data.map((row: Record<string, unknown>) => [
      row['client_service_name'],
      row['server_service_name'],
      row['request_count'],
    ]);
    expect(shown).toEqual([
      ['curl', 'nginx', 23],
      ['curl', 'shop.example', 15],
    ]);
  });

  it('syscalls: sums by process and call', async () => {
    const { data } = (await get(`/api/v1/syscalls?${range}`)).json();
    expect(data).toEqual([
      expect.objectContaining({
        syscall: 'read',
        call_count: 36,
        error_count: 12,
        total_ns: 3_600,
        mean_ns: 100,
        max_ns: 22,
      }),
      expect.objectContaining({
        syscall: 'write',
        call_count: 33,
        error_count: 11,
        total_ns: 3_300,
        max_ns: 21,
      }),
    ]);
  });

  it('processes: the last of each, and how it ended', async () => {
    const { data } = (await get(`/api/v1/processes?${range}`)).json();
    expect(data).toEqual([
      expect.objectContaining({
        pid: 7,
        parent_pid: 1,
        process_name: 'nginx',
        last_event: 'exit',
        exit_code: 3,
        exit_signal: null,
        process_start_time: `${DAY}T00:00:01.123456789Z`,
      }),
    ]);
  });

  it('agents and probes: the last word of each', async () => {
    expect((await get(`/api/v1/agents?${range}`)).json().data).toEqual([
      expect.objectContaining({ agent_id: 'agent-1', spool_batches: 2 }),
    ]);
    expect((await get(`/api/v1/views/probes?${range}`)).json().data).toEqual([
      expect.objectContaining({ probe: 'SSL_write', state: 'attached' }),
    ]);
  });

  it('connections and loss: lists with pages', async () => {
    const first = (await get(`/api/v1/connections?${range}&limit=11`)).json();
    const second = (await get(`/api/v1/connections?${range}&limit=11&cursor=${first.next_cursor}`)).json();
    const third = (await get(`/api/v1/connections?${range}&limit=11&cursor=${second.next_cursor}`)).json();
    expect([first.row_count, second.row_count, third.row_count, third.next_cursor]).toEqual([
      11,
      11,
      1,
      null,
    ]);
    expect((await get(`/api/v1/loss?${range}`)).json().data).toHaveLength(6);
    expect((await get(`/api/v1/loss?${range}&limit=1`)).json().completeness.truncated).toBe(true);
  });
});

describe('completeness', () => {
  it('sums what was lost in the range, by reason', async () => {
    const { completeness } = (await get(`/api/v1/requests?from=${DAY}T00:00:00Z&to=${DAY}T00:00:30Z`)).json();
    expect(completeness).toEqual({
      complete: false,
      incomplete_because: ['loss'],
      truncated: false,
      lost: [
        {
          reason: 'ring_full',
          source: 'socket_data',
          events: 13,
          bytes: 1_300,
          unknown_count: 0,
          from: `${DAY}T00:00:02.123456789Z`,
          to: `${DAY}T00:00:04.123456789Z`,
        },
      ],
      agents_reporting: [
        {
          agent_id: 'agent-1',
          host_name: 'host-1',
          last_time: `${DAY}T00:00:01.123456789Z`,
          governor_step: 'bodies',
          pending_batches: 2,
        },
      ],
    });
  });

  it('counts once what the kernel has counted and connections place', async () => {
    const { completeness } = (await get(`/api/v1/requests?from=${DAY}T00:15:00Z&to=${DAY}T00:15:02Z`)).json();
    expect(completeness.lost).toMatchObject([{ reason: 'ring_full', events: 17, bytes: 1_009 }]);
  });

  it('knows a window that began before the range and of which nobody can say how much', async () => {
    const { completeness } = (await get(`/api/v1/requests?from=${DAY}T00:11:00Z&to=${DAY}T00:11:10Z`)).json();
    expect(completeness.lost).toEqual([
      expect.objectContaining({ reason: 'agent_down', events: null, bytes: null, unknown_count: 1 }),
    ]);
    expect(completeness.incomplete_because).toEqual(['loss', 'no_agent']);
  });

  it('stands in a header of CSV', async () => {
    const { text, headers } = await get(`/api/v1/requests?${range}&format=csv&limit=3`);
    expect(text.split('\r\n')).toHaveLength(3 + 2);
    expect(headers.get('tomte-completeness')).toBe(
      'complete=?0, truncated=?1, lost-events=30, lost-bytes=2309, lost-unknown=1, lost-reasons="agent_down ring_full", agents=1',
    );
    expect(headers.get('tomte-next-cursor')).toMatch(/^[\w-]+$/);
  });
});

describe('SQL of strangers', () => {
  it('answers with names, types and statistics', async () => {
    const { status, body } = await sql(
      'SELECT count() AS n, max(start_time) AS t, {x:UInt64} AS x FROM requests',
      { params: { x: '18446744073709551615' } },
    );
    expect(status).toBe(200);
    expect(body).toMatchObject({
      meta: [
        { name: 'n', type: 'UInt64' },
        { name: 't', type: "DateTime64(9, 'UTC')" },
        { name: 'x', type: 'UInt64' },
      ],
      data: [{ n: '61', t: `${DAY}T00:16:44.123456789Z`, x: '18446744073709551615' }],
      rows: 1,
      statistics: { elapsed: expect.any(Number), rows_read: expect.any(Number) },
    });
  });

  it.each(['json', 'csv', 'jsonl'])('answers a column of any name, %s', async (format) => {
    const response = await fetch(`${api.url}/api/v1/sql?format=${format}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ sql: 'SELECT 41 AS __proto__, 43 AS constructor' }),
    });
    const text = await response.text();
    expect(text).toMatch(/__proto__.*constructor/);
    expect(text).toMatch(/41.*43/s);
  });

  it.each([
    ['EXPLAIN AST SELECT 1', 200],
    ['EXPLAIN AST bogus', 400],
    ['EXPLAIN AST', 400],
    ['EXPLAIN AST json = 1 SELECT 1', 400],
  ])('%s', async (statement, status) => {
    expect((await sql(statement)).status).toBe(status);
  });

  it('says where the fault lies', async () => {
    const { status, body } = await sql('SELECT 1\nFROM requests WHERE (');
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'STORE_SQL_SYNTAX', position: { line: 2 } });
  });

  it.each([
    ['writes', "INSERT INTO requests (path) VALUES ('x')"],
    ['drops', 'DROP TABLE requests'],
    ['truncates', 'TRUNCATE TABLE requests'],
    ['changes rows', 'ALTER TABLE requests DELETE WHERE 1'],
    ['makes a table', 'CREATE TABLE t (a UInt8) ENGINE = Memory'],
    ['reads a file', "SELECT * FROM file('/etc/passwd', 'LineAsString')"],
    ['reads a file by a function', "SELECT file('/etc/passwd')"],
    ['reads a file, hidden by a comment of slashes', "SELECT 1 // '\n , file('/etc/passwd') // '"],
    ['reads a file, hidden in quotes', "SELECT * FROM `file`('/etc/passwd', 'LineAsString')"],
    ['reads another host', "SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')"],
    ['reads another server', "SELECT * FROM remote('127.0.0.1', system.one)"],
    ['reads a bucket', "SELECT * FROM s3('http://127.0.0.1:1/x', 'CSV')"],
    ['runs a program', "SELECT * FROM executable('x.sh', 'CSV', 'a String')"],
    ['writes a file', "SELECT 1 INTO OUTFILE '/tmp/tomte-outfile'"],
    ['reads users', 'SELECT * FROM system.users'],
    ['reads what others ask', 'SELECT query FROM system.query_log'],
    ['grants', 'GRANT ALL ON *.* TO tomte_reader'],
    ['kills', 'KILL QUERY WHERE 1'],
    ['stops the server', 'SYSTEM SHUTDOWN'],
    ['leaves read-only', 'SELECT 1 SETTINGS readonly = 0'],
    ['lifts a limit', 'SELECT 1 SETTINGS max_memory_usage = 0'],
    ['lifts a limit of a subquery', 'SELECT * FROM (SELECT 1 SETTINGS max_block_size = 1)'],
    ['lifts a limit for later', 'SET max_execution_time = 0'],
    ['becomes another', 'EXECUTE AS tomte SELECT 1'],
    ['asks twice', 'SELECT 1; SELECT 2'],
  ])('that %s is refused with a code', async (_, statement) => {
    const { status, body } = await sql(statement);
    expect([statement, status >= 400 && status < 500, typeof body.code, typeof body.remedy]).toEqual([
      statement,
      true,
      'string',
      'string',
    ]);
  });

  it('still finds everything in place', async () => {
    expect((await sql('SELECT count() AS n FROM requests')).body.data).toEqual([{ n: '61' }]);
  });

  it('says what was lost in the time that it looks at, which is all of it unless told', async () => {
    const answer = async (parameters: string) => {
      const response = await fetch(`${api.url}/api/v1/sql?${parameters}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"sql":"SELECT 1 AS n"}',
      });
      return { header: response.headers.get('tomte-completeness'), text: await response.text() };
    };
    const all = JSON.parse((await answer('')).text);
    expect(all.completeness.incomplete_because).toContain('loss');
    expect(all.completeness.lost.length).toBeGreaterThan(0);
    const early = JSON.parse((await answer('from=2001-01-01&to=2001-01-02')).text);
    expect(early.completeness).toMatchObject({ lost: [], incomplete_because: ['no_agent'] });
    expect(await answer('format=csv&from=2001-01-01&to=2001-01-02')).toMatchObject({
      header: expect.stringContaining('complete=?0'),
      text: expect.stringContaining('n'),
    });
    expect(JSON.parse((await answer('from=soon')).text).code).toBe('QUERY_TIME_INVALID');
  });

  it('refuses a function that a parameter names', async () => {
    const { status, body } = await sql("SELECT arrayMap({f:Identifier}, ['/etc/passwd'])", {
      params: { f: 'file' },
    });
    expect(status).toBe(403);
    expect(body.code).toBe('STORE_FUNCTION_REFUSED');
  });

  it.each([
    ['a result of many bytes', "SELECT repeat('x', 5000) FROM numbers(100000)"],
    [
      'more memory than it may have, and spills nothing',
      'SELECT count() FROM (SELECT randomString(1000) AS s FROM numbers(3000000) GROUP BY s)',
    ],
  ])('refuses %s', async (_, statement) => {
    const { status, body } = await sql(statement, { limit: 100_000 });
    expect(status).toBe(400);
    expect(body.code).toBe('STORE_LIMIT_EXCEEDED');
  });

  it('refuses a result of more rows than asked for, and does not cut it', async () => {
    const { status, body } = await sql('SELECT number FROM numbers(100)', { limit: 10 });
    expect(status).toBe(400);
    expect(body.code).toBe('STORE_LIMIT_EXCEEDED');
  });

  it('ends a statement whose client went away', async () => {
    const gone = new AbortController();
    const statement = "SELECT count() FROM numbers(1000000000) WHERE SHA256(toString(number)) = 'x'";
    const asking = fetch(`${api.url}/api/v1/sql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ sql: statement }),
      signal: gone.signal,
    });
    await runningCount(1);
    gone.abort();
    await expect(asking).rejects.toThrow();
    await runningCount(0);
  });
});

/** Waits until so many statements of strangers run; the test's own deadline ends it. */
async function runningCount(count: number): Promise<void> {
  for (;;) {
    const { rows } = await test.store.query({
      sql: "SELECT count() FROM system.processes WHERE user = 'tomte_reader'",
    });
    if (Number(rows[0]?.[0]) === count) return;
    await delay(20);
  }
}
