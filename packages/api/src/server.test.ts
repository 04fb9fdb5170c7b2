import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { ManualClock } from '@tomte/kit';
import { views } from '@tomte/query';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { createApi } from './server.ts';
import type { ApiOptions } from './options.ts';
import type { SqlResult, SqlRow, SqlStatement } from './sql-runner.ts';

const nowNs = 1_767_225_600_000_000_000n;

/** Stands for a store: what runs on a real one is in `api.integration.test.ts`. */
function resultOf(rows: readonly SqlRow[]): SqlResult {
  return { meta: [], rows, statistics: { elapsed: 0, rows_read: 0, bytes_read: 0 } };
}

async function api(options: Partial<ApiOptions> = {}, answer = (_: SqlStatement): readonly SqlRow[] => []) {
  const asked: SqlStatement[] = [];
  const app = await createApi({
    clock: new ManualClock(nowNs),
    host: '127.0.0.1',
    port: 0,
    sql: {
      run(statement) {
        asked.push(statement);
        return Promise.resolve(resultOf(answer(statement)));
      },
      bytes: () => Promise.resolve(new Uint8Array()),
      ping: () => Promise.resolve(),
    },
    ...options,
  });
  onTestFinished(() => app.close());
  return { app, asked };
}

/** Fastify prints a tree, four columns a level: the routes as `METHOD path`. */
function routesOf(tree: string): readonly string[] {
  const path: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const match = /^(.*?)(\S+) \(([A-Z, ]+)\)/.exec(line);
    if (match === null) return [];
    const [, indent = '', part = '', methods = ''] = match;
    path.splice(indent.length / 4 - 1, Infinity, part);
    return methods.split(', ').flatMap((method) => (method === 'HEAD' ? [] : [`${method} ${path.join('')}`]));
  });
}

const stranger = { host: 'localhost:8123' };

const pageFolder = mkdtempSync(join(tmpdir(), 'tomte-page-'));
mkdirSync(join(pageFolder, 'assets'));
writeFileSync(join(pageFolder, 'index.html'), '<!doctype html><title>Page</title>');
writeFileSync(join(pageFolder, 'assets/a.js'), 'plain');
writeFileSync(join(pageFolder, 'assets/a.js.gz'), gzipSync('plain'));
writeFileSync(join(tmpdir(), 'tomte-outside.txt'), 'OUTSIDE');
afterAll(() => {
  rmSync(pageFolder, { recursive: true });
  rmSync(join(tmpdir(), 'tomte-outside.txt'));
});

/** Files that are the same for everybody, before anybody can have logged in. */
const isOfPage = (path: string): boolean => path === '/' || path === '/assets/:file';

describe('every route', () => {
  it('is in the table, and refuses strangers', async () => {
    const { app } = await api({ token: 'secret', pageFolder });
    const routes = routesOf(app.printRoutes({ commonPrefix: false }));
    await expect(`${routes.toSorted().join('\n')}\n`).toMatchFileSnapshot('../testdata/routes.golden.txt');
    for (const route of routes) {
      const [method = '', path = ''] = route.split(' ');
      if (path === '/healthz' || path === '/readyz' || isOfPage(path)) continue;
      const url = path.replace(':name', 'loss').replace(':id', '1-1-1-1-1');
      const none = await app.inject({ method: method as 'GET', url, headers: stranger });
      expect([route, none.statusCode, none.json().code]).toEqual([route, 401, 'API_TOKEN_MISSING']);
      const wrong = await app.inject({
        method: method as 'GET',
        url,
        headers: { authorization: 'Bearer secre' },
      });
      expect([route, wrong.statusCode, wrong.json().code]).toEqual([route, 401, 'API_TOKEN_WRONG']);
    }
  });

  it('answers whom the token names', async () => {
    const { app } = await api({ token: 'secret', host: '0.0.0.0' });
    const response = await app.inject({
      url: '/api/v1/requests',
      headers: { host: 'tomte.example', authorization: 'Bearer secret' },
    });
    expect(response.statusCode).toBe(200);
  });

  it('needs a token where strangers could reach it', async () => {
    await expect(api({ host: '0.0.0.0' })).rejects.toMatchObject({ code: 'API_TOKEN_REQUIRED' });
  });
});

describe('the page', () => {
  it.each([
    ['/', 200, 'text/html; charset=utf-8', 'no-cache'],
    ['/assets/a.js', 200, 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['/assets/..%2findex.html', 404, 'application/problem+json; charset=utf-8', undefined],
    ['/assets/..%2f..%2ftomte-outside.txt', 404, 'application/problem+json; charset=utf-8', undefined],
    ['/assets/b.js', 404, 'application/problem+json; charset=utf-8', undefined],
  ])('%s', async (url, status, type, caching) => {
    const { app } = await api({ token: 'secret', pageFolder });
    const { statusCode, headers, body } = await app.inject({ url, headers: stranger });
    expect([statusCode, headers['content-type'], headers['cache-control']]).toEqual([status, type, caching]);
    expect(body).not.toContain('OUTSIDE');
    if (status === 200)
      expect(headers['content-security-policy']).toMatch(/default-src 'none'.*script-src 'self'/);
  });

  it('comes as the browser takes it, and not again when it has not changed', async () => {
    const { app } = await api({ pageFolder });
    const ask = (headers: Record<string, string>) =>
      app.inject({ url: '/assets/a.js', headers: { ...stranger, ...headers } });
    const packed = await ask({ 'accept-encoding': 'gzip, br' });
    expect(packed.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(packed.rawPayload).toString()).toBe('plain');
    const plain = await ask({ 'accept-encoding': 'gzip;q=0' });
    expect([plain.headers['content-encoding'], plain.body]).toEqual([undefined, 'plain']);
    expect((await ask({ 'if-none-match': String(plain.headers.etag) })).statusCode).toBe(304);
  });

  it('may be linked to from other pages, but not by another name of this machine', async () => {
    const { app } = await api({ pageFolder });
    const linked = { ...stranger, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    expect((await app.inject({ url: '/', headers: linked })).statusCode).toBe(200);
    expect((await app.inject({ url: '/', headers: { host: 'evil.example' } })).statusCode).toBe(403);
  });

  it('says so where it has not been built', async () => {
    const { app } = await api({ pageFolder: join(pageFolder, 'nowhere') });
    const { statusCode, body } = await app.inject({ url: '/', headers: stranger });
    expect([statusCode, JSON.parse(body).code]).toEqual([503, 'API_PAGE_NOT_BUILT']);
  });
});

describe('on loopback without a token', () => {
  it.each([
    ['localhost:8123', undefined, 200],
    ['127.0.0.1:8123', undefined, 200],
    ['[::1]:8123', undefined, 200],
    ['localhost', undefined, 200],
    ['127.0.0.1:8123', 'http://127.0.0.1:8123', 200],
    ['evil.example:8123', undefined, 403],
    ['localhost.evil.example:8123', undefined, 403],
    ['127.0.0.1.evil.example', undefined, 403],
    ['127.0.0.1:8123@evil.example', undefined, 403],
    ['127.0.0.1:8123', 'http://evil.example', 403],
    ['127.0.0.1:8123', 'http://127.0.0.1:9999', 403],
    ['127.0.0.1:8123', 'null', 403],
  ])('Host %j, Origin %j: %i', async (host, origin, status) => {
    const { app } = await api();
    const headers = { host, ...(origin === undefined ? {} : { origin }) };
    expect((await app.inject({ url: '/api/v1/loss', headers })).statusCode).toBe(status);
    expect((await app.inject({ url: '/healthz', headers })).statusCode).toBe(status);
  });

  it('refuses what a foreign page fetches without CORS', async () => {
    const { app } = await api();
    const response = await app.inject({
      url: '/api/v1/loss',
      headers: { ...stranger, 'sec-fetch-site': 'cross-site' },
    });
    expect(response.json()).toMatchObject({ status: 403, code: 'API_ORIGIN_REFUSED' });
  });

  it('refuses SQL as a form of a foreign page sends it', async () => {
    const { app } = await api();
    const response = await app.inject({
      method: 'POST',
      url: '/api/v1/sql',
      headers: { ...stranger, 'content-type': 'text/plain' },
      payload: '{"sql":"SELECT 1"}',
    });
    expect(response.json()).toMatchObject({ status: 415, code: 'API_BODY_TYPE' });
  });
});

describe('errors are problems', () => {
  it.each([
    ['/api/v1/requests?limit=0', 400, 'QUERY_LIMIT_INVALID'],
    ['/api/v1/requests?nosuch=1', 400, 'QUERY_COLUMN_UNKNOWN'],
    ['/api/v1/requests?format=xml', 400, 'API_FORMAT_UNKNOWN'],
    ['/api/v1/requests?state=closed', 400, 'API_STATE_UNKNOWN'],
    ['/api/v1/requests?state=open&method=GET', 400, 'API_STATE_ALONE'],
    ['/api/v1/requests/x', 400, 'QUERY_ID_INVALID'],
    ['/api/v1/requests/1-1-1-1-1', 404, 'API_REQUEST_UNKNOWN'],
    ['/api/v1/views/nosuch', 404, 'QUERY_VIEW_UNKNOWN'],
    ['/nosuch', 404, 'API_ROUTE_UNKNOWN'],
  ])('%s', async (url, status, code) => {
    const { app } = await api();
    const response = await app.inject({ url, headers: stranger });
    expect(response.headers['content-type']).toContain('application/problem+json');
    expect(response.json()).toMatchObject({
      status,
      code,
      type: `urn:tomte:error:${code}`,
      remedy: expect.any(String),
    });
  });

  it.each([
    ['{', 400, 'API_REQUEST_INVALID'],
    ['[]', 400, 'API_SQL_BODY_INVALID'],
    ['{"sql":7}', 400, 'API_SQL_BODY_INVALID'],
    ['{"sql":"SELECT 1","settings":{}}', 400, 'API_SQL_BODY_INVALID'],
    ['{"sql":"SELECT 1","limit":0}', 400, 'API_SQL_BODY_INVALID'],
    ['{"sql":"SELECT 1","params":{"a b":1}}', 400, 'API_SQL_BODY_INVALID'],
    [JSON.stringify({ sql: 'x'.repeat(300_000) }), 413, 'API_BODY_TOO_LARGE'],
  ])('a body %#', async (payload, status, code) => {
    const { app } = await api();
    const headers = { ...stranger, 'content-type': 'application/json' };
    const response = await app.inject({ method: 'POST', url: '/api/v1/sql', headers, payload });
    expect(response.json()).toMatchObject({ status, code });
  });

  it('keeps a defect of its own to itself', async () => {
    const { app } = await api({}, () => {
      throw new Error('password is hunter2');
    });
    const response = await app.inject({ url: '/api/v1/loss', headers: stranger });
    expect(response.json()).toMatchObject({ status: 500, code: 'API_INTERNAL' });
    expect(response.body).not.toContain('hunter2');
  });
});

describe('an answer', () => {
  const agent = {
    agent_id: 'a',
    host_name: 'h',
    last_time: 't',
    governor_step: 'bodies',
    pending_batches: 0,
  };
  const rows = [1, 2, 3].map((index) => ({ path: `/${index}`, _key: [String(index), '1', '1', '1', '1'] }));
  const answer = ({ sql }: SqlStatement): readonly SqlRow[] => {
    if (sql.includes('FROM loss AS r') && sql.includes('unknown_count')) return [];
    return sql.includes('FROM agent_status') ? [agent] : rows;
  };

  it('is complete when nothing was lost, cut or unwatched', async () => {
    const { app } = await api({}, answer);
    const body = (await app.inject({ url: '/api/v1/requests?from=-10s', headers: stranger })).json();
    expect(body).toMatchObject({
      row_count: 3,
      next_cursor: null,
      completeness: { complete: true, incomplete_because: [] },
    });
    expect(body.data[0]).toEqual({ path: '/1' });
  });

  it('says that nobody watched', async () => {
    const { app } = await api();
    const body = (await app.inject({ url: '/api/v1/requests', headers: stranger })).json();
    expect(body.completeness).toMatchObject({ complete: false, incomplete_because: ['no_agent'] });
  });

  it('says that it was cut, and goes on from there', async () => {
    const { app, asked } = await api({}, answer);
    const first = (await app.inject({ url: '/api/v1/requests?limit=2', headers: stranger })).json();
    expect(first).toMatchObject({ row_count: 2, completeness: { complete: false, truncated: true } });
    const url = `/api/v1/requests?limit=2&cursor=${first.next_cursor}`;
    expect((await app.inject({ url, headers: stranger })).statusCode).toBe(200);
    expect(asked.at(-3)?.sql).toContain('r.exchange_index');
  });

  it.each([
    ['csv', 'path,method\r\n', 'text/csv'],
    ['jsonl', '{"path":"/1"}\n', 'application/jsonl'],
  ])('as %s carries its completeness in a header', async (format, text, type) => {
    const { app } = await api({}, answer);
    const response = await app.inject({
      url: `/api/v1/requests?format=${format}&from=-10s`,
      headers: stranger,
    });
    expect(response.headers['content-type']).toContain(type);
    expect(response.headers['tomte-completeness']).toBe(
      'complete=?1, truncated=?0, lost-events=0, lost-bytes=0, lost-unknown=0, lost-reasons="", agents=1',
    );
    if (format === 'jsonl') expect(response.body).toContain(text);
  });
});

describe('open requests', () => {
  it('come from the agents, by the names of the stored ones; a silent agent is told', async () => {
    const open = {
      startTimeNs: '1767225599000000001',
      ageMs: 999,
      path: '/slow',
      serviceName: 'nginx',
      connectionId: '7',
    };
    const agent = createServer((_, response) => response.end(JSON.stringify({ data: [open] })));
    await new Promise<void>((resolve) => agent.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => new Promise<void>((resolve) => void agent.close(() => resolve())));
    const { port } = agent.address() as AddressInfo; // Proof: it listens on TCP.
    const urls = [`http://127.0.0.1:${port}`, 'http://127.0.0.1:1'];
    const { app } = await api({ agentUrls: () => urls });
    const body = (await app.inject({ url: '/api/v1/requests?state=open', headers: stranger })).json();
    expect(body.data).toEqual([
      {
        start_time: '2025-12-31T23:59:59.000000001Z',
        age_ns: 999_000_000,
        path: '/slow',
        service_name: 'nginx',
        connection_id: '7',
      },
    ]);
    expect(body.completeness).toMatchObject({
      complete: false,
      incomplete_because: ['agent_silent'],
      agents_reporting: [{ url: urls[0] }],
    });
  });
});

describe('limits', () => {
  it('refuses what neither runs nor waits', async () => {
    const release = Promise.withResolvers<void>();
    const limits = { concurrentQueries: 1, waitingQueries: 1 };
    const { app } = await api({
      limits,
      sql: {
        run: () => release.promise.then(() => resultOf([])),
        bytes: () => Promise.resolve(new Uint8Array()),
        ping: () => Promise.resolve(),
      },
    });
    // `inject` starts when its promise is asked for.
    const ask = () => app.inject({ url: '/api/v1/loss', headers: stranger }).then((response) => response);
    const [first, second] = [ask(), ask()];
    const third = await ask();
    expect(third.json()).toMatchObject({ status: 503, code: 'API_BUSY' });
    release.resolve();
    expect((await Promise.all([first, second])).map((response) => response.statusCode)).toEqual([200, 200]);
  });

  it('refuses what would wait in memory behind askers who do not read', async () => {
    const rows = [{ text: 'x'.repeat(16_000_000) }];
    const { app } = await api({ limits: { unsentBytes: 20_000_000 } }, () => rows);
    await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.server.address() as AddressInfo; // Proof: it listens on TCP.
    const body = JSON.stringify({ sql: 'SELECT 1' });
    const head = `POST /api/v1/sql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
    const ask = () =>
      fetch(`http://localhost:${port}/api/v1/sql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
    const deaf = connect(port, '127.0.0.1');
    deaf.write(head + body);
    await once(deaf, 'readable'); // And nothing is read.
    const refused = await ask();
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ code: 'API_BUSY' });
    deaf.destroy();
    await expect.poll(async () => (await ask()).status).toBe(200);
  });

  it('ends a question that takes too long', async () => {
    const { app } = await api({
      limits: { queryTimeoutMs: 20 },
      sql: {
        run: ({ signal }) =>
          new Promise((_, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason));
          }),
        bytes: () => Promise.resolve(new Uint8Array()),
        ping: () => Promise.resolve(),
      },
    });
    const response = await app.inject({ url: '/api/v1/loss', headers: stranger });
    expect(response.json()).toMatchObject({ status: 504, code: 'API_QUERY_TIMEOUT' });
  });
});

it('describes itself as OpenAPI 3.1, every view with its filters', async () => {
  const { app } = await api();
  const page = (await app.inject({ url: '/openapi.json', headers: stranger })).json();
  expect(page.openapi).toBe('3.1.0');
  const names = page.paths['/api/v1/requests'].get.parameters.map((one: { name: string }) => one.name);
  expect(names).toEqual(
    expect.arrayContaining(['from', 'cursor', 'sides', 'state', 'status_code', 'request_headers[key]']),
  );
  const listed = (await app.inject({ url: '/api/v1/views', headers: stranger })).json();
  expect(listed.data.map((view: { name: string }) => view.name)).toEqual(views.map((view) => view.name));
});

it('shows its metrics', async () => {
  const { app } = await api();
  await app.inject({ url: '/api/v1/loss', headers: stranger });
  const { body } = await app.inject({ url: '/metrics', headers: stranger });
  expect(body).toContain('tomte_api_requests_total{route="/api/v1/loss",status="200"} 1');
  expect(body).toMatch(
    /^tomte_api_request_duration_seconds_bucket\{route="\/api\/v1\/loss",le="\+Inf"\} 1$/m,
  );
});
