import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { systemClock } from '@tomte/kit';
import { compressionRegistry, CompressionType, tableFromIPC } from 'apache-arrow';
import { compress, decompress } from 'lz4js';
import { startTestStore, type TestStore } from '@tomte/testkit';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type RunningApi, startApi } from './server.ts';
import { storeRunner } from './store-runner.ts';

let test: TestStore;
let api: RunningApi;
let batchSeq = 0;

/** One batch, straight to ClickHouse: nothing of ours writes what the API then reads. */
async function insert(rows: readonly object[]): Promise<void> {
  batchSeq += 1;
  const url = new URL(test.server.url);
  url.searchParams.set('query', 'INSERT INTO tomte.requests FORMAT JSONEachRow');
  const login = Buffer.from(`${test.server.user}:${test.server.password}`).toString('base64');
  const named = rows.map((row) =>
    JSON.stringify({ spool_id: '18446744073709551615', batch_seq: batchSeq, ...row }),
  );
  const response = await fetch(url, {
    method: 'POST',
    body: named.join('\n'),
    headers: { authorization: `Basic ${login}` },
  });
  expect(await response.text()).toBe('');
}

async function get(path: string) {
  const response = await fetch(`${api.url}${path}`);
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) };
}

/** Microseconds, which ClickHouse reads; now, since what goes on looks at the last minutes. */
const now = (): string => new Date().toISOString().replace('T', ' ').replace('Z', '');

function request(index: number, more: object = {}): object {
  return {
    agent_id: 'agent-1',
    start_time: now(),
    duration_ns: 1_000_000 * (index + 1),
    exchange_index: index,
    connection_id: '9223372036854775809',
    service_name: 'cart',
    peer_service_name: 'frontend',
    client_address: '::ffff:10.0.0.1',
    client_port: 40_000,
    server_address: '::ffff:10.0.0.2',
    server_port: 8080,
    protocol: 'http',
    method: index % 2 === 0 ? 'GET' : 'POST',
    host: 'cart:8080',
    path: `/items/${index}`,
    status_code: index % 5 === 4 ? 500 : 200,
    outcome: index % 5 === 4 ? 'server_error' : 'ok',
    role: 'server',
    request_headers: { 'user-agent': index % 3 === 0 ? "it's curl" : 'other', authorization: '********' },
    ...more,
  };
}

beforeAll(async () => {
  test = await startTestStore();
  api = await startApi({
    sql: storeRunner(test.store, 30_000),
    clock: systemClock(),
    host: '127.0.0.1',
    port: 0,
  });
  await insert(Array.from({ length: 23 }, (_, index) => request(index)));
});
afterAll(async () => {
  await api.close();
  await test.close();
});

describe('a filter finds what plain JavaScript finds', () => {
  const all = Array.from({ length: 23 }, (_, index) => index);
  it.each<[string, (index: number) => boolean]>([
    ['status_code >= 500', (index) => index % 5 === 4],
    ['not status_code = 500', (index) => index % 5 !== 4],
    ['method in (GET) and duration_ns > 10ms', (index) => index % 2 === 0 && index >= 10],
    ['method = POST or path = /items/4', (index) => index % 2 === 1 || index === 4],
    ['path =~ "/1[0-9]$"', (index) => index >= 10 && index < 20],
    ['path !~ "1"', (index) => !String(index).includes('1')],
    ['path contains "2" and not (path startswith /items/2)', (index) => index === 12],
    ['request_headers[user-agent] = "it\'s curl"', (index) => index % 3 === 0],
    ['client_address = 10.0.0.1 and encrypted = true', () => false],
    ['exchange_index not in (0, 1, 2)', (index) => index > 2],
  ])('%s', async (filter, isAsked) => {
    const { text, json } = await get(`/api/v1/requests?filter=${encodeURIComponent(filter)}&order=asc`);
    const found = (json().data as { exchange_index: number }[] | undefined)?.map((row) => row.exchange_index); // Proof: our own answer.
    expect(
      found?.toSorted((a, b) => a - b),
      text,
    ).toEqual(all.filter(isAsked));
    const services = (await get(`/api/v1/services?filter=${encodeURIComponent(filter)}`)).json();
    const counted = services.data.reduce(
      (sum: number, row: { request_count: number }) => sum + row.request_count,
      0,
    );
    expect(counted).toBe(all.filter(isAsked).length);
  });

  it('continues by cursor while rows come', async () => {
    const question = 'filter=service_name%20=%20paged&limit=4';
    await insert(Array.from({ length: 11 }, (_, index) => request(100 + index, { service_name: 'paged' })));
    const seen: number[] = [];
    let cursor = '';
    do {
      const page = (await get(`/api/v1/requests?${question}${cursor}`)).json();
      seen.push(...page.data.map((row: { exchange_index: number }) => row.exchange_index));
      cursor = page.next_cursor === null ? '' : `&cursor=${page.next_cursor}`;
      await insert([request(200 + seen.length, { service_name: 'paged' })]);
    } while (cursor !== '');
    expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 11 }, (_, index) => 100 + index));
  });

  it.each([
    ['status_code >= ', { line: 1, column: 16 }, 'QUERY_FILTER_SYNTAX'],
    ['path =~ "a" and nosuch = 1', { line: 1, column: 17 }, 'QUERY_COLUMN_UNKNOWN'],
    ['path =~ "("', { line: 1, column: 9 }, 'QUERY_VALUE_INVALID'],
  ])('says where %s is wrong', async (filter, position, code) => {
    const { status, json } = await get(`/api/v1/requests?filter=${encodeURIComponent(filter)}`);
    expect([status, json()]).toMatchObject([400, { code, position }]);
  });

  it('calls a pattern that only ClickHouse refuses the fault of the asker', async () => {
    const { status, json } = await get(
      `/api/v1/requests?filter=${encodeURIComponent('path =~ "(?<name>a)(?<name>b)|[[:nosuch:]]"')}`,
    );
    expect([status, json().code]).toEqual([
      400,
      expect.stringMatching(/^(?:STORE_PARAMETER_INVALID|QUERY_VALUE_INVALID)$/),
    ]);
  });
});

describe('completion', () => {
  it('tells values by prefix, the most frequent first', async () => {
    const { json } = await get('/api/v1/complete?field=method&prefix=p');
    expect(json().data.map((row: { value: string }) => row.value)).toEqual(['POST']);
    const agents = (await get('/api/v1/complete?field=request_headers[user-agent]')).json();
    expect(agents.data.map((row: { value: string }) => row.value)).toEqual(['other', "it's curl"]);
    const keys = (await get('/api/v1/complete?field=request_headers&prefix=user')).json();
    expect(keys.data[0].value).toBe('user-agent');
    const paths = (await get('/api/v1/complete?field=path&prefix=/items&limit=3')).json();
    expect([paths.data.length, paths.completeness.truncated]).toEqual([3, true]);
  });

  it('tells names of columns', async () => {
    const { json } = await get('/api/v1/complete?prefix=status');
    expect(json().data).toMatchObject([{ value: 'status_code', type: 'Nullable(UInt16)' }]);
  });

  it.each(['field=nosuch', 'field=connection_id', 'field=method[x]', 'limit=0', 'nosuch=1', 'view=nosuch'])(
    'refuses %s',
    async (question) => {
      expect((await get(`/api/v1/complete?${question}`)).status).toBeGreaterThanOrEqual(400);
    },
  );
});

it('gives the map as nodes and edges', async () => {
  const { json } = await get('/api/v1/map?filter=exchange_index%20%3C%2023%20and%20service_name%20=%20cart');
  const { nodes, edges, completeness } = json();
  expect(edges).toMatchObject([{ from: '/frontend', to: '/cart', request_count: 23, error_count: 4 }]);
  expect(nodes).toMatchObject([
    { id: '/frontend', asking: { request_count: 23 }, asked: { request_count: 0 } },
    { id: '/cart', asked: { request_count: 23, error_count: 4 } },
  ]);
  expect(completeness.incomplete_because).toEqual(['no_agent']);
});

it('tells every table with its columns', async () => {
  const { json } = await get('/api/v1/schemas');
  expect(json().data.find((one: { table: string }) => one.table === 'requests').columns[0]).toMatchObject({
    name: 'start_time',
    semantic: 'time',
  });
});

interface TailEvent {
  readonly event: string;
  readonly data: {
    readonly rows?: readonly { readonly exchange_index: number }[];
    readonly dropped_rows?: number;
  };
}

/** Events of a tail, as they come. */
async function* eventsOf(path: string): AsyncGenerator<TailEvent> {
  const response = await fetch(`${api.url}${path}`);
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  let text = '';
  for await (const part of response.body ?? []) {
    text += Buffer.from(part).toString();
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const [, event, data] = /^event: (\w+)\ndata: (.*)$/.exec(block) ?? [];
      if (event !== undefined) yield { event, data: JSON.parse(data ?? '') };
    }
  }
}

describe('the live tail', () => {
  it('tells each new request once, counts what it drops, and ends', async () => {
    const told: number[] = [];
    let dropped = 0;
    const kinds: string[] = [];
    let hasAskedMore = false;
    for await (const { event, data } of eventsOf(
      '/api/v1/requests/tail?rows=5&for=60s&filter=service_name%20in%20(tailed,%20asker)',
    )) {
      kinds.push(event);
      if (event === 'open') {
        await insert(
          Array.from({ length: 12 }, (_, index) => request(300 + index, { service_name: 'tailed' })),
        );
        continue;
      }
      if (event !== 'rows') continue;
      const { rows = [], dropped_rows = 0 } = data;
      told.push(...rows.map((row) => row.exchange_index));
      dropped += dropped_rows;
      if (told.includes(350)) break;
      if (hasAskedMore) continue;
      hasAskedMore = true;
      // The client's end first, then the server's of the same exchange, and another one that is asked about.
      await insert([
        request(340, { service_name: 'asker', role: 'client' }),
        request(341, { service_name: 'other' }),
      ]);
      await insert([request(340, { service_name: 'tailed' }), request(350, { service_name: 'tailed' })]);
    }
    expect(told).toEqual([300, 301, 302, 303, 304, 340, 350]);
    expect(dropped).toBe(7);
    expect(kinds.slice(0, 2)).toEqual(['open', 'rows']);
  });

  it.each(['from=-1m', 'limit=3', 'rows=0', 'rows=2001', 'for=2h', 'for=x', 'filter=method'])(
    'refuses %s with a status',
    async (question) => {
      const { status } = await get(`/api/v1/requests/tail?${question}`);
      expect(status).toBe(400);
    },
  );

  it('ends by itself', async () => {
    const { text } = await get('/api/v1/requests/tail?for=10ms');
    expect(text).toContain('event: open');
  });
});

describe('one request in other forms', () => {
  const sent = {
    encrypted: false,
    method: 'PUT',
    path: "/it's",
    query: 'a=1&b=$(touch%20x)',
    request_headers: { 'content-type': 'text/plain', 'x-mark': "a'b`id`$HOME", authorization: '********' },
    request_body: "line one\nline 'two'",
    request_body_bytes: 19,
    response_body: 'half',
    response_body_bytes: 8,
    service_name: 'exported',
  };

  async function idOf(): Promise<string> {
    const { data } = (await get('/api/v1/requests?service_name=exported')).json();
    return data[0].id;
  }

  it('is a HAR', async () => {
    await insert([request(400, sent)]);
    const { json, headers } = await get(`/api/v1/requests/${await idOf()}?format=har`);
    const [entry] = json().log.entries;
    expect(entry.request).toMatchObject({
      method: 'PUT',
      url: "http://cart:8080/it's?a=1&b=$(touch%20x)",
      postData: { text: "line one\nline 'two'" },
      queryString: [
        { name: 'a', value: '1' },
        { name: 'b', value: '$(touch x)' },
      ],
    });
    expect(entry.request.headers).toContainEqual({ name: 'authorization', value: '********' });
    expect(entry.response.content).toMatchObject({ text: 'half', comment: '4 of 8 bytes are kept' });
    expect(headers.get('tomte-completeness')).toContain('complete=');
  });

  it('is a command of curl that bash runs as it was, and nothing else', async () => {
    const got = Promise.withResolvers<object>();
    const server = createServer((asked, answer) => {
      let body = '';
      asked.on('data', (part: Buffer) => (body += part.toString()));
      asked.on('end', () => {
        got.resolve({ method: asked.method, url: asked.url, mark: asked.headers['x-mark'], body });
        answer.end();
      });
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())));
    const { port } = server.address() as AddressInfo; // Proof: it listens on TCP.
    const { text } = await get(`/api/v1/requests/${await idOf()}?format=curl`);
    expect(text).toContain('# Values that the agent masked stay masked.');
    await promisify(execFile)('bash', ['-c', text.replace('cart:8080', `127.0.0.1:${port}`)]);
    expect(await got.promise).toEqual({
      method: 'PUT',
      url: "/it's?a=1&b=$(touch%20x)",
      mark: "a'b`id`$HOME",
      body: "line one\nline 'two'",
    });
  });

  it.each(['format=xml', 'nosuch=1', 'format=har&format=curl'])('refuses %s', async (question) => {
    expect((await get(`/api/v1/requests/${await idOf()}?${question}`)).json().code).toBe(
      'API_FORMAT_UNKNOWN',
    );
  });
});

describe('Arrow', () => {
  // As ClickHouse compresses it by default, and every reader of Arrow but the one of JavaScript knows by itself.
  compressionRegistry.set(CompressionType.LZ4_FRAME, { encode: compress, decode: decompress });

  it.each(['?format=arrow', ''])(
    'is written by ClickHouse, and read by Arrow itself (%s)',
    async (format) => {
      const question = `${format === '' ? '?' : `${format}&`}filter=${encodeURIComponent('exchange_index < 23 and service_name = cart')}&limit=20`;
      const headers = format === '' ? { accept: 'application/vnd.apache.arrow.stream, */*' } : {};
      const response = await fetch(`${api.url}/api/v1/requests${question}`, { headers });
      expect(response.headers.get('content-type')).toBe('application/vnd.apache.arrow.stream');
      expect(response.headers.get('tomte-completeness')).toContain('truncated=?1');
      const table = tableFromIPC(new Uint8Array(await response.arrayBuffer()));
      expect(table.numRows).toBe(20);
      expect(table.schema.fields.map(({ name }) => name)).not.toContain('_key');
      const durations = [...(table.getChild('duration_ns') ?? [])].map(Number);
      expect(durations).toEqual(Array.from({ length: 20 }, (_, nth) => 1_000_000 * (23 - nth)));
    },
  );

  it('answers SQL too', async () => {
    const response = await fetch(`${api.url}/api/v1/sql?format=arrow`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ sql: "SELECT toUInt64(18446744073709551615) AS most, 'å' AS letter" }),
    });
    const [row] = tableFromIPC(new Uint8Array(await response.arrayBuffer())).toArray();
    expect([row?.['most'], row?.['letter']]).toEqual([18_446_744_073_709_551_615n, 'å']);
  });
});
