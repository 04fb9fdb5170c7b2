import { text as toText } from 'node:stream/consumers';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError } from '@tomte/kit';
import { Command } from 'commander';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Io } from './io.ts';
import { addApiVerbs } from './verbs.ts';

interface Answer {
  readonly status?: number;
  readonly body: unknown;
}

/** A server that answers as the API does, with what the test gives it. */
async function serve(answer: (request: IncomingMessage, body: string) => Answer): Promise<string> {
  const server = createServer((request, response) => {
    void toText(request).then((text) => {
      const { status = 200, body } = answer(request, text);
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // Proof: it listens on TCP.
}

async function run(args: readonly string[], options: Partial<Io> = {}) {
  const ended = new AbortController();
  const result = { out: '', talk: '', exitCode: -1 };
  const io: Io = {
    out: (text) => {
      result.out += text;
      return Promise.resolve(true);
    },
    talk: (text) => {
      result.talk += text;
    },
    isTty: false,
    widthColumns: undefined,
    env: {},
    nowMs: () => Date.parse('2026-01-01T00:00:10Z'),
    signal: ended.signal,
    ...options,
  };
  const program = new Command().exitOverride();
  addApiVerbs(
    program,
    () => io,
    (exitCode) => {
      result.exitCode = exitCode;
    },
  );
  await program.parseAsync(['node', 'tomte', ...args]);
  return result;
}

const whole = { complete: true, incomplete_because: [], truncated: false, lost: [], agents_reporting: [] };
const row = {
  id: '1-1-1-0-2',
  start_time: '2020-01-01T00:00:00.123456789Z',
  pair_key: '77',
  service_name: 'nginx',
  method: 'GET',
  host: 'a.example',
  path: '/\x1b[2J',
  status_code: 503,
  outcome: 'server_error',
  duration_ns: 12_345_678,
  response_body_bytes: 2_048,
  encrypted: true,
};

describe('tomte requests', () => {
  it('prints an aligned table without what could move the cursor', async () => {
    const url = await serve(() => ({ body: { data: [row], completeness: whole } }));
    const { out, talk, exitCode } = await run(['requests', '--url', url]);
    const [head = '', line = ''] = out.split('\n');
    expect(head).toMatch(/^TIME +SERVICE +METHOD +HOST +PATH +STATUS +OUTCOME +DURATION +SIZE +TLS$/);
    expect(line).toContain(
      'nginx    GET     a.example  /\\x1b[2J     503  server_error   12.3 ms  2 KiB  yes',
    );
    expect([talk, exitCode]).toEqual(['', 0]);
    expect(out).not.toContain('\x1b');
  });

  it('says where in a cluster, where a row knows', async () => {
    const placed = { ...row, k8s_namespace_name: 'shop', k8s_pod_name: 'cart-0', peer_k8s_pod_name: '' };
    const url = await serve(() => ({ body: { data: [placed, row], completeness: whole } }));
    const { out } = await run(['requests', '--url', url]);
    expect(out.split('\n')[0]).toMatch(/^TIME +NAMESPACE +SERVICE +METHOD/);
    const wide = await run(['requests', '--wide', '--url', url]);
    expect(wide.out.split('\n')[0]).toMatch(/TLS +POD +PEER /);
    expect(wide.out).not.toContain('PEER POD');
  });

  it('passes on what was asked', async () => {
    const urls: string[] = [];
    const url = await serve((request) => {
      urls.push(`${request.url} ${request.headers.authorization}`);
      return { body: { data: [], completeness: whole } };
    });
    const filters = [
      '--service',
      'a b',
      '--errors',
      '--slower',
      '250ms',
      '--where',
      'request_headers[x-a]=1=2',
    ];
    await run(['requests', '--url', url, '--since', '5m', '--limit', '7', ...filters], {
      env: { TOMTE_TOKEN: 't' },
    });
    expect(urls).toEqual([
      '/api/v1/requests?from=-5m&limit=7&request_headers%5Bx-a%5D=1%3D2&service_name=a+b' +
        '&outcome.in=server_error%2Caborted%2Ctimed_out&duration_ns.ge=250ms Bearer t',
    ]);
  });

  it('gives the answer as it came with --json', async () => {
    const body = { data: [row], completeness: whole };
    const url = await serve(() => ({ body }));
    const { out } = await run(['requests', '--url', url, '--json']);
    expect(JSON.parse(out)).toEqual(body);
  });

  it('says what is missing, on stderr', async () => {
    const lost = [{ reason: 'ring_full', source: 'socket_data', events: 12, bytes: 2_048, unknown_count: 0 }];
    const completeness = {
      ...whole,
      complete: false,
      truncated: true,
      incomplete_because: ['loss', 'truncated'],
      lost,
    };
    const url = await serve(() => ({ body: { data: [row], completeness } }));
    const { talk } = await run(['requests', '--url', url]);
    expect(talk).toBe(
      '1 rows, and there are more: raise --limit, or narrow the question.\n' +
        'Lost: ring_full (socket_data): 12 events, 2 KiB.\n',
    );
  });

  it('has colours on a terminal only, and not with NO_COLOR', async () => {
    const url = await serve(() => ({ body: { data: [row], completeness: whole } }));
    const colored = await run(['requests', '--url', url], { isTty: true });
    expect(colored.out).toContain('\x1b[31m503\x1b[0m');
    const plain = await run(['requests', '--url', url], { isTty: true, env: { NO_COLOR: '1' } });
    expect(plain.out).not.toContain('\x1b');
  });

  it('fits the terminal: the path gives way', async () => {
    const long = { ...row, path: `/${'x'.repeat(200)}` };
    const url = await serve(() => ({ body: { data: [long], completeness: whole } }));
    const { out } = await run(['requests', '--url', url], { widthColumns: 120 });
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBe(120);
  });
});

describe('tomte requests --follow', () => {
  it('prints each request once, though pages overlap and the other end comes later', async () => {
    const ended = new AbortController();
    const rows = [row, { ...row, id: '2-1-1-0-2', pair_key: '78', path: '/2' }];
    const polls: string[] = [];
    const url = await serve((request) => {
      polls.push(request.url ?? '');
      if (polls.length === 1) return { body: { data: [row], next_cursor: 'next', completeness: whole } };
      if (polls.length === 2) return { body: { data: [rows[1]], next_cursor: null, completeness: whole } };
      setImmediate(() => ended.abort());
      return {
        body: { data: [...rows, { ...row, id: '1-9-9-0-1' }], next_cursor: null, completeness: whole },
      };
    });
    const { out, exitCode } = await run(['requests', '--follow', '--json', '--url', url], {
      signal: ended.signal,
    });
    const ids = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).id);
    expect(ids).toEqual(['1-1-1-0-2', '2-1-1-0-2']);
    expect(polls[1]).toContain('cursor=next');
    expect(exitCode).toBe(0);
  });
});

it('follows requests whose end is not known, which arrive long after they began', async () => {
  const ended = new AbortController();
  const asked: string[] = [];
  const gone = { ...row, id: '3-1-1-0-2', pair_key: '79', outcome: 'aborted', duration_ns: null };
  const url = await serve((request) => {
    const address = request.url ?? '';
    const isForGone = address.includes('outcome.in=aborted%2Ctimed_out%2Cnot_observed');
    if (asked.some((before) => before.includes('outcome.in')) && !isForGone) ended.abort();
    asked.push(address);
    return { body: { data: isForGone ? [gone] : [], next_cursor: null, completeness: whole } };
  });
  const { out } = await run(['requests', '--follow', '--json', '--url', url], { signal: ended.signal });
  expect(JSON.parse(out)).toMatchObject({ id: '3-1-1-0-2' });
  expect(asked.length).toBeGreaterThan(2);
});

describe('tomte sql', () => {
  it('prints a table, numbers to the right', async () => {
    const bodies: unknown[] = [];
    const url = await serve((_, body) => {
      bodies.push(JSON.parse(body));
      const meta = [
        { name: 'n', type: 'UInt64' },
        { name: 'name', type: 'String' },
      ];
      return {
        body: {
          meta,
          data: [
            { n: '7', name: 'a' },
            { n: '11', name: 'b' },
          ],
          rows: 2,
        },
      };
    });
    const { out } = await run(['sql', 'SELECT 1', '--param', 'x=1', '--limit', '5', '--url', url]);
    expect(out).toBe(' n  name\n 7  a\n11  b\n');
    expect(bodies).toEqual([{ sql: 'SELECT 1', params: { x: '1' }, limit: 5 }]);
  });
});

describe('errors', () => {
  it("brings the API's own code and remedy", async () => {
    const problem = {
      code: 'QUERY_LIMIT_INVALID',
      detail: 'limit "0" is out of range',
      remedy: 'Give more.',
      status: 400,
    };
    const url = await serve(() => ({ status: 400, body: problem }));
    const failing = run(['requests', '--url', url]);
    await expect(failing).rejects.toSatisfy(
      (thrown) =>
        thrown instanceof AppError &&
        thrown.family === 'user' &&
        thrown.toLine() === 'QUERY_LIMIT_INVALID: limit "0" is out of range. Give more.',
    );
  });

  it.each([
    [['requests', '--url', 'http://127.0.0.1:1'], 'CLI_API_UNREACHABLE'],
    [['requests', '--url', 'file:///etc/passwd'], 'CLI_URL_INVALID'],
    [['requests', '--since', '1h', '--from', '-2h'], 'CLI_OPTION_CONFLICT'],
    [['requests', '--since', 'yesterday'], 'CLI_SINCE_INVALID'],
    [['requests', '--follow', '--limit', '5'], 'CLI_OPTION_CONFLICT'],
    [['requests', '--follow', '--to', 'now'], 'CLI_OPTION_CONFLICT'],
    [['requests', '--since', '5'], 'CLI_SINCE_INVALID'],
    [['services', '--from', '2026-02-30'], 'QUERY_TIME_INVALID'],
    [['services', '--to', 'soon'], 'QUERY_TIME_INVALID'],
    [['requests', '--where', 'nothing'], 'CLI_FILTER_INVALID'],
    [['sql', 'SELECT 1', '--param', '=1'], 'CLI_PARAM_INVALID'],
    [['sql', 'SELECT 1', '--limit', 'x'], 'CLI_LIMIT_INVALID'],
    [['sql', 'SELECT 1', '--format', 'xml'], 'CLI_FORMAT_UNKNOWN'],
  ])('%j', async (args, code) => {
    await expect(run(args)).rejects.toMatchObject({ code });
  });
});

describe('tomte status', () => {
  const agent = {
    agent_id: 'a',
    host_name: 'h',
    time: '2026-01-01T00:00:08Z',
    governor_step: 'bodies',
    spool_bytes: 0,
  };

  it('is well when the store answers and an agent spoke of late', async () => {
    const url = await serve((request) => ({
      body: request.url === '/readyz' ? {} : { data: [agent], completeness: whole },
    }));
    const { out, exitCode } = await run(['status', '--url', url]);
    expect(out).toContain('watches');
    expect(exitCode).toBe(0);
  });

  it('is not well when no agent does', async () => {
    const old = { ...agent, time: '2025-12-31T23:59:00Z' };
    const url = await serve((request) => ({
      body: request.url === '/readyz' ? {} : { data: [old], completeness: whole },
    }));
    expect(await run(['status', '--url', url])).toMatchObject({
      exitCode: 1,
      out: expect.stringContaining('silent'),
    });
  });
});

describe('tomte view', () => {
  const endpoint = {
    k8s_namespace_name: '',
    service_name: 'cart',
    protocol: 'http',
    method: 'GET',
    endpoint: '/orders/{number}/items/of/a/very/long/path',
    request_count: 21,
    requests_per_second: 0.35,
    error_ratio: 0.095,
    duration_p50_ns: 9_924_202,
    example_path: '/orders/7/items',
  };

  it('shows the columns that say something, as far as the terminal reaches', async () => {
    const url = await serve(() => ({ body: { data: [endpoint], completeness: whole } }));
    const narrow = await run(['view', 'endpoints', '--url', url], { widthColumns: 60 });
    for (const line of narrow.out.split('\n')) expect(line.length).toBeLessThanOrEqual(60);
    expect(narrow.out).toMatch(/^SERVICE +PROTOCOL +METHOD +ENDPOINT +REQUESTS/);
    expect(narrow.talk).toMatch(/^More columns with --wide: .*P50.*\.\n$/);
    const wide = await run(['view', 'endpoints', '--url', url, '--wide'], { widthColumns: 60 });
    expect(wide.out).toContain('/orders/{number}/items/of/a/very/long/path');
    expect(wide.talk).toBe('');
  });

  it('passes parameters on, and a filter', async () => {
    const urls: string[] = [];
    const url = await serve(({ url: asked = '' }) => {
      urls.push(asked);
      return { body: { data: [], completeness: whole } };
    });
    await run([
      'view',
      'requests-over-time',
      '--url',
      url,
      '--param',
      'by=service',
      '--filter',
      'method = GET',
    ]);
    expect(urls).toEqual(['/api/v1/views/requests-over-time?filter=method+%3D+GET&by=service']);
  });

  it.each([
    [['view', 'nosuch'], 'QUERY_VIEW_UNKNOWN'],
    [['view', 'edges', '--param', 'nosuch=1'], 'CLI_PARAM_UNKNOWN'],
    [['view', 'edges', '--param', 'source'], 'CLI_PARAM_UNKNOWN'],
    [['completion', 'nosuch'], 'CLI_SHELL_UNKNOWN'],
    [['top', '--every', 'x'], 'CLI_EVERY_INVALID'],
  ])('refuses %j', async (args, code) => {
    await expect(run(args)).rejects.toMatchObject({ code });
  });
});

describe('tomte map', () => {
  it('shows each asker once, with those whom it asks', async () => {
    const edge = {
      requests_per_second: 1.5,
      error_ratio: 0,
      duration_p50_ns: 1_000_000,
      duration_p99_ns: null,
    };
    const edges = [
      { ...edge, from: 'shop/frontend', to: 'shop/cart', encrypted: true },
      { ...edge, from: 'shop/frontend', to: '/10.0.0.9:80', error_ratio: 0.5 },
      { ...edge, from: '/curl', to: 'shop/frontend' },
    ];
    const url = await serve(() => ({ body: { nodes: [], edges, completeness: whole } }));
    const { out } = await run(['map', '--url', url]);
    expect(out).toBe(
      [
        'FROM           TO               RATE/S  ERRORS   p50  p99',
        'shop/frontend  shop/cart (TLS)    1.50   0.0 %  1 ms    -',
        '               10.0.0.9:80        1.50  50.0 %  1 ms    -',
        'curl           shop/frontend      1.50   0.0 %  1 ms    -',
        '',
      ].join('\n'),
    );
  });
});

describe('tomte top', () => {
  it('asks once where there is no terminal, again and again on one', async () => {
    const urls: string[] = [];
    const url = await serve(({ url: asked = '' }) => {
      urls.push(asked);
      return { body: { data: [], completeness: whole } };
    });
    await run(['top', '--url', url, '--by', 'pod']);
    expect(urls).toEqual(['/api/v1/views/pods?from=-1m&limit=20']);
    const ended = new AbortController();
    let screens = 0;
    await run(['top', '--url', url, '--every', '200ms'], {
      isTty: true,
      heightRows: 24,
      widthColumns: 80,
      signal: ended.signal,
      out: (text) => {
        if (text.startsWith('\x1b[H')) screens += 1;
        if (screens === 3) ended.abort();
        return Promise.resolve(true);
      },
    });
    expect([urls[1], urls[2]]).toEqual(Array(2).fill('/api/v1/views/services?from=-1m&limit=20'));
  });
});

describe('promql', () => {
  const cart = { __name__: 'tomte_requests_total', service_name: 'cart' };

  it('shows a vector with what the answer lacks', async () => {
    const url = await serve((request) => {
      expect(request.url).toBe('/prometheus/api/v1/query?query=tomte_requests_total&time=1767225610');
      const result = [{ metric: cart, value: [1_767_225_610, '23'] }];
      return {
        body: { status: 'success', data: { resultType: 'vector', result }, warnings: ['Tomte: lost'] },
      };
    });
    const { out, talk, exitCode } = await run(['promql', 'tomte_requests_total', '--url', url]);
    expect(out).toBe(
      'series                                     value\ntomte_requests_total{service_name="cart"}     23\n',
    );
    expect([talk, exitCode]).toEqual(['Tomte: lost\n', 0]);
  });

  it('shows a range by its ends', async () => {
    const url = await serve((request) => {
      const asked = new URL(request.url ?? '', 'http://a').searchParams;
      expect(Object.fromEntries(asked)).toEqual({
        query: 'x',
        start: '1767222010',
        end: '1767225610',
        step: '60',
      });
      const values = ['3', 'NaN', '1', '2'].map((value, index) => [index, value]);
      return {
        body: { status: 'success', data: { resultType: 'matrix', result: [{ metric: {}, values }] } },
      };
    });
    const { out } = await run(['promql', 'x', '--range', '1h', '--url', url]);
    expect(out.split('\n')[1]).toMatch(/^\{\} +4 +1 +3 +2$/);
  });

  it('tells an error by its code', async () => {
    const error = '1:3: parse error: unexpected end of input (PROMQL_PARSE)';
    const url = await serve(() => ({ status: 400, body: { status: 'error', errorType: 'bad_data', error } }));
    await expect(run(['promql', 'x{', '--url', url])).rejects.toMatchObject({
      code: 'PROMQL_PARSE',
      message: '1:3: parse error: unexpected end of input',
    });
  });
});
