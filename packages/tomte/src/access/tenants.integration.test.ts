import { createApi, storeRunner } from '@tomte/api';
import { ClusterAccess } from '@tomte/k8s';
import { systemClock } from '@tomte/kit';
import { namespacedTables, tableNames } from '@tomte/model';
import { type AnyView, views } from '@tomte/query';
import { type KubeApiServer, startKubeApiServer, startTestStore, type TestStore } from '@tomte/testkit';
import type { ScopedReaders } from '@tomte/store';
import { pageFolder } from '@tomte/web';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { markedRows } from '../testing/marked-rows.ts';

type Api = Awaited<ReturnType<typeof createApi>>;

const time = '2026-01-15 00:00:01.000000001';
const range = 'from=2026-01-15T00:00:00Z&to=2026-01-15T03:00:00Z';

/** Who asks, and the words that must not reach them, whatever they ask. */
const people = {
  getter: { sees: ['SHOPROW', 'SHOPPEER'], never: ['PAY', 'NODE', 'CONTENT', 'LOSSROW', 'AGENTROW', '4242'] },
  reader: { sees: ['SHOPROW', 'SHOPCONTENT'], never: ['PAY', 'NODE', 'LOSSROW', 'AGENTROW', '4242'] },
  lister: { sees: ['SHOPROW', 'PAYROW', 'NODEROW', 'PAYPEER'], never: ['CONTENT'] },
  everyone: { sees: ['SHOPROW', 'PAYCONTENT', 'NODECONTENT'], never: [] },
} as const;
type Person = keyof typeof people;
const names = Object.keys(people) as readonly Person[]; // Proof: the keys of the literal above.

let cluster: KubeApiServer | string;
let test: TestStore;
let api: Api;
let access: ClusterAccess;
let readers: ScopedReaders;
const ids = new Map<string, string>();

beforeAll(async () => {
  const tokens = [...names, 'nobody', 'scraper'].map((name) => ({ name, token: `token-of-${name}` }));
  [cluster, test] = await Promise.all([startKubeApiServer(tokens), startTestStore()]);
  for (const table of tableNames) await insert(table, markedRows(table, time));
  await insert('edge_1m_data', [
    {
      minute: '2026-01-15 00:00:00',
      client_service_name: 'PAYROW',
      server_service_name: 'PAYROW',
      version: 1,
      request_count: 4242,
    },
  ]);
  await insert('service_1m_data', [
    { minute: '2026-01-15 00:00:00', service_name: 'PAYROW', version: 1, request_count: 4242 },
  ]);
  if (typeof cluster === 'string') return;
  await grant(cluster);
  access = new ClusterAccess(await cluster.serverFor(cluster.adminToken), systemClock());
  readers = test.store.createScopedReaders({ clock: systemClock() });
  api = await createApi({
    sql: storeRunner(test.store, 30_000, readers),
    clock: systemClock(),
    host: '0.0.0.0',
    port: 0,
    cluster: access,
    pageFolder,
  });
  const all = await ask('everyone', `/api/v1/requests?${range}`);
  for (const row of JSON.parse(all.text).data)
    ids.set(`${row.k8s_namespace_name} ${row.exchange_index}`, row.id);
}, 120_000);

afterAll(async () => {
  await api?.close();
  await readers?.close();
  access?.close();
  if (typeof cluster === 'object') await cluster.close();
  await test.close();
});

beforeEach(({ skip }) => {
  if (typeof cluster === 'string') skip(cluster);
});

async function insert(table: string, rows: readonly object[]): Promise<void> {
  const url = new URL(test.server.url);
  url.searchParams.set('query', `INSERT INTO tomte.${table} FORMAT JSONEachRow`);
  const login = Buffer.from(`${test.server.user}:${test.server.password}`).toString('base64');
  const body = rows.map((row) => JSON.stringify(row)).join('\n');
  const response = await fetch(url, { method: 'POST', body, headers: { authorization: `Basic ${login}` } });
  expect(await response.text()).toBe('');
}

async function grant(server: KubeApiServer): Promise<void> {
  const group = 'rbac.authorization.k8s.io';
  const role = (name: string, rule: object) =>
    server.ask('POST', `/apis/${group}/v1/clusterroles`, { metadata: { name }, rules: [rule] });
  const bind = (user: string, namespace?: string) =>
    server.ask(
      'POST',
      `/apis/${group}/v1/${namespace === undefined ? 'clusterrolebindings' : `namespaces/${namespace}/rolebindings`}`,
      {
        metadata: { name: user },
        roleRef: { apiGroup: group, kind: 'ClusterRole', name: user },
        subjects: [{ apiGroup: group, kind: 'User', name: user }],
      },
    );
  for (const name of ['shop', 'pay']) await server.ask('POST', '/api/v1/namespaces', { metadata: { name } });
  const pods = { apiGroups: [''], resources: ['pods', 'pods/log'], verbs: ['get', 'list'] };
  await role('getter', { ...pods, resources: ['pods'] });
  await role('reader', pods);
  await role('lister', { ...pods, resources: ['pods'] });
  await role('everyone', pods);
  await role('scraper', { nonResourceURLs: ['/metrics'], verbs: ['get'] });
  await Promise.all([
    bind('getter', 'shop'),
    bind('reader', 'shop'),
    bind('lister'),
    bind('everyone'),
    bind('scraper'),
  ]);
}

async function ask(person: string | undefined, path: string, body?: object) {
  const response = await api.inject({
    method: body === undefined ? 'GET' : 'POST',
    url: path,
    headers: person === undefined ? {} : { authorization: `Bearer token-of-${person}` },
    ...(body === undefined ? {} : { payload: body }),
  });
  return {
    status: response.statusCode,
    text: response.body,
    header: String(response.headers['tomte-completeness']),
  };
}

const statements = [
  'SELECT * FROM requests',
  'SELECT * FROM connections',
  'SELECT * FROM syscall_stats',
  'SELECT * FROM process_events',
  'SELECT * FROM loss',
  'SELECT * FROM agent_status',
  'SELECT * FROM edge_1m',
  'SELECT * FROM service_1m_data',
  'SELECT * FROM tomte.requests',
  'SELECT count() AS n, groupUniqArray(path) FROM requests',
  "SELECT * FROM merge('.*', '.*')",
  'SHOW TABLES',
  'EXPLAIN SELECT * FROM requests',
];

/** Some views need to be told what to look for. */
function viewPath(name: string): string {
  return `/api/v1/views/${name}?${range}${name === 'address' ? '&address=10.0.0.2' : ''}`;
}

/** Of the parameter `by`, where a view has it. */
function choicesOf({ by }: AnyView['params']): readonly string[] {
  return by?.type === 'choice' ? by.choices : [];
}

/** The whole of PromQL's data: every series, every label, and what each is. */
function prometheusQuestions(): Record<string, readonly (readonly [path: string, body?: object])[]> {
  const base = '/prometheus/api/v1';
  const span = 'start=2026-01-15T00:00:00Z&end=2026-01-15T03:00:00Z';
  const all = encodeURIComponent('{__name__=~".+"}');
  const everything = { query: '{__name__=~".+"}[3h]', time: '2026-01-15T03:00:00Z' };
  const ranged = `query_range?query=${all}&step=60&${span}`;
  return {
    [`GET ${base}/query`]: [
      [`${base}/query?query=${encodeURIComponent(everything.query)}&time=${everything.time}`],
    ],
    [`POST ${base}/query`]: [[`${base}/query`, everything]],
    [`GET ${base}/query_range`]: [[`${base}/${ranged}`]],
    [`POST ${base}/query_range`]: [[`${base}/${ranged}`, {}]],
    [`GET ${base}/series`]: [[`${base}/series?match[]=${all}&${span}`]],
    [`POST ${base}/series`]: [[`${base}/series?match[]=${all}&${span}`, {}]],
    [`GET ${base}/labels`]: [[`${base}/labels?${span}`]],
    [`POST ${base}/labels`]: [[`${base}/labels?${span}`, {}]],
    [`GET ${base}/label/:name/values`]: [
      [`${base}/label/service_name/values?${span}`],
      [`${base}/label/peer_service_name/values?${span}`],
      [`${base}/label/agent_id/values?${span}`],
      [`${base}/label/k8s_namespace_name/values?${span}`],
    ],
    [`GET ${base}/metadata`]: [[`${base}/metadata`]],
    [`GET ${base}/query_exemplars`]: [[`${base}/query_exemplars?query=up`]],
    [`POST ${base}/query_exemplars`]: [[`${base}/query_exemplars?query=up`, {}]],
    [`GET ${base}/format_query`]: [[`${base}/format_query?query=up`]],
    [`POST ${base}/format_query`]: [[`${base}/format_query?query=up`, {}]],
    [`GET ${base}/status/buildinfo`]: [[`${base}/status/buildinfo`]],
  };
}

/** Every question that a route can be asked; a route that is missing here fails the first test. */
const questions: Readonly<Record<string, readonly (readonly [path: string, body?: object])[]>> = {
  'GET /api/v1/views': [['/api/v1/views']],
  'GET /openapi.json': [['/openapi.json']],
  'GET /': [['/']],
  'GET /assets/:file': [['/assets/none.js']],
  'GET /healthz': [['/healthz']],
  'GET /readyz': [['/readyz']],
  'GET /metrics': [['/metrics']],
  'GET /api/v1/views/:name': views.flatMap(({ name, params }) => [
    [viewPath(name)],
    ...('source' in params ? ([[`${viewPath(name)}&source=rollup`]] as const) : []),
    ...choicesOf(params).map((choice) => [`${viewPath(name)}&by=${choice}`] as const),
  ]),
  ...Object.fromEntries(
    ['services', 'edges', 'connections', 'syscalls', 'processes', 'loss', 'agents'].map((name) => [
      `GET /api/v1/${name}`,
      [[`/api/v1/${name}?${range}`], [`/api/v1/${name}?${range}&limit=1`]] as const,
    ]),
  ),
  'GET /api/v1/requests': [
    [`/api/v1/requests?${range}&format=csv`],
    [`/api/v1/requests?${range}&filter=k8s_namespace_name=pay`],
    [`/api/v1/requests?${range}&filter=not%20path=x%20or%20request_headers[x]%20contains%20PAY`],
    [`/api/v1/requests?${range}&format=jsonl`],
    [`/api/v1/requests?${range}&format=arrow`],
    [`/api/v1/requests?${range}&format=arrow&sides=each`],
    [`/api/v1/requests?${range}`],
    [`/api/v1/requests?${range}&limit=1`],
    [`/api/v1/requests?${range}&order=asc&limit=1`],
    [`/api/v1/requests?${range}&k8s_namespace_name=pay`],
    [`/api/v1/requests?${range}&peer_k8s_namespace_name=pay`],
    ['/api/v1/requests?state=open'],
  ],
  'GET /api/v1/requests/:id': ['', '?format=har', '?format=curl'].flatMap((format) =>
    ['own', 'other', 'node'].map((which) => [`${which}${format}`] as const),
  ),
  'GET /api/v1/requests/tail': [
    ['/api/v1/requests/tail?for=1500ms'],
    ['/api/v1/requests/tail?for=10ms&filter=k8s_namespace_name=pay'],
  ],
  'GET /api/v1/map': [[`/api/v1/map?${range}`], [`/api/v1/map?${range}&source=rollup`]],
  'GET /api/v1/complete': [
    ['/api/v1/complete'],
    ...[
      'service_name',
      'peer_service_name',
      'path',
      'k8s_namespace_name',
      'request_headers',
      'request_headers[x]',
    ].map((field) => [`/api/v1/complete?${range}&field=${field}`] as const),
    [`/api/v1/complete?${range}&view=agents&field=agent_id`],
    [`/api/v1/complete?${range}&view=loss&field=reason`],
  ],
  'GET /api/v1/schemas': [['/api/v1/schemas']],
  ...prometheusQuestions(),
  'POST /api/v1/sql': statements.map((sql) => [`/api/v1/sql?${range}`, { sql }] as const),
};

/** What tells of nothing that was observed. */
const forAll = [
  ...['GET /api/v1/views', 'GET /api/v1/schemas', 'GET /openapi.json'],
  'GET /prometheus/api/v1/status/buildinfo',
];

/** Fastify prints a tree, four columns a level. */
function routes(): readonly string[] {
  const path: string[] = [];
  return api
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const [, indent = '', part = '', methods = ''] = /^(.*?)(\S+) \(([A-Z, ]+)\)/.exec(line) ?? [];
      if (part === '') return [];
      path.splice(indent.length / 4 - 1, Infinity, part);
      return methods
        .split(', ')
        .flatMap((method) => (method === 'HEAD' ? [] : [`${method} ${path.join('')}`]));
    });
}

/** That the process lives, and the files of the page, which are the same for everybody. */
function isForAnybody(route: string): boolean {
  return ['GET /', 'GET /assets/:file', 'GET /healthz', 'GET /readyz'].includes(route);
}

const idOf: Readonly<Record<string, string>> = { own: 'shop 0', other: 'pay 2', node: ' 3' };

function pathOf(path: string): string {
  const [which = '', format] = path.split('?');
  const key = idOf[which];
  return key === undefined
    ? path
    : `/api/v1/requests/${ids.get(key)}${format === undefined ? '' : `?${format}`}`;
}

describe('every route', () => {
  it('is asked here', () => {
    expect(routes().toSorted()).toEqual(Object.keys(questions).toSorted());
  });

  it('answers no stranger', async () => {
    for (const [route, [first]] of Object.entries(questions)) {
      if (isForAnybody(route)) continue;
      for (const person of [undefined, 'a-stranger']) {
        const { status, text } = await ask(person, pathOf(first?.[0] ?? ''), first?.[1]);
        expect([route, status]).toEqual([route, 401]);
        expect(text).not.toMatch(/ROW|PEER|CONTENT/);
      }
    }
  });

  it('tells nothing that was observed to someone who may get no pods', async () => {
    for (const [route, asked] of Object.entries(questions)) {
      for (const [path, body] of asked) {
        const { status, text } = await ask('nobody', pathOf(path), body);
        const isForAll = isForAnybody(route) || forAll.includes(route);
        expect([path, status]).toEqual([path, isForAll ? (path.endsWith('none.js') ? 404 : 200) : 403]);
        expect(text).not.toMatch(/ROW|PEER|CONTENT|shop|pay/);
      }
    }
  });

  it.each(names)('tells %s what is theirs and nothing else', async (person) => {
    const { sees, never } = people[person];
    let told = '';
    for (const asked of Object.values(questions)) {
      for (const [path, body] of asked) {
        const { text, status, header } = await ask(person, pathOf(path), body);
        expect(status, `${path} ${text}`).toBeLessThan(500);
        for (const word of never)
          expect(`${text} ${header}`, `${path} ${JSON.stringify(body)}`).not.toContain(word);
        told += text;
      }
    }
    for (const word of sees) expect(told).toContain(word);
  });

  it.each([
    ['getter', 'own', 200],
    ['getter', 'other', 404],
    ['getter', 'node', 404],
    ['lister', 'other', 200],
    ['lister', 'node', 200],
  ])('%s, the request of an id: %s', async (person, which, status) => {
    expect((await ask(person, pathOf(which))).status).toBe(status);
  });

  it.each<[Person, Readonly<Record<string, number>>]>([
    ['getter', { requests: 2, connections: 2, loss: 1 }],
    ['reader', { requests: 2, connections: 2, loss: 1 }],
    ['lister', { requests: 4, connections: 4, loss: 1, agents: 1 }],
    ['everyone', { requests: 4, connections: 4, loss: 1, agents: 1 }],
  ])('counts for %s what they see', async (person, counts) => {
    for (const [view, count] of Object.entries(counts)) {
      const { text } = await ask(person, `/api/v1/${view}?${range}`);
      expect([view, JSON.parse(text).row_count]).toEqual([view, count]);
    }
    const services = JSON.parse((await ask(person, `/api/v1/services?${range}&source=raw`)).text);
    const sum = services.data.reduce(
      (total: number, row: { request_count: number }) => total + row.request_count,
      0,
    );
    expect(sum).toBe(counts['requests']);
  });

  it('answers from the rows where sums would mix namespaces, and says so', async () => {
    expect(JSON.parse((await ask('getter', `/api/v1/edges?${range}`)).text).source).toBe('requests');
    expect(JSON.parse((await ask('lister', `/api/v1/edges?${range}`)).text).source).toBe('edge_1m');
  });

  it('keeps what is about the agents for readers of all namespaces', async () => {
    for (const path of [
      `/api/v1/agents?${range}`,
      `/api/v1/views/probes?${range}`,
      '/api/v1/requests?state=open',
    ]) {
      const { status, text } = await ask('getter', path);
      expect([path, status, JSON.parse(text).code]).toEqual([path, 403, 'API_CLUSTER_READER_NEEDED']);
    }
  });

  it.each(views.map(({ name, record, alsoReads = [] }) => [name, [record.table, ...alsoReads]] as const))(
    'asks the view %s within the scope, or not at all',
    async (name, tables) => {
      const { status, text } = await ask('getter', viewPath(name));
      const told: readonly string[] = [...namespacedTables, 'loss'];
      const isTold = tables.every((table) => told.includes(table));
      expect([status, isTold ? undefined : JSON.parse(text).code]).toEqual(
        isTold ? [200, undefined] : [403, 'API_CLUSTER_READER_NEEDED'],
      );
    },
  );

  it('tells each scope how complete an answer is', async () => {
    const { completeness } = JSON.parse((await ask('getter', `/api/v1/requests?${range}`)).text);
    expect(completeness).toEqual({
      complete: false,
      incomplete_because: ['loss'],
      truncated: false,
      lost: [
        {
          reason: 'ring_full',
          source: 'socket_data',
          events: null,
          bytes: null,
          unknown_count: 1,
          from: '2026-01-15T00:00:00Z',
          to: '2026-01-15T00:00:00Z',
        },
      ],
      agents_reporting: [],
      scope: { namespaces: ['shop'], content_of: [] },
    });
    const all = JSON.parse((await ask('everyone', `/api/v1/requests?${range}`)).text).completeness;
    expect(all).not.toHaveProperty('scope');
    expect(all.agents_reporting).toHaveLength(1);
  });

  it('shows its own metrics to those who may get them', async () => {
    expect((await ask('scraper', '/metrics')).status).toBe(200);
    expect((await ask('everyone', '/metrics')).status).toBe(403);
  });

  it('says nothing of what was read for an answer to SQL that is bounded', async () => {
    const { text } = await ask('getter', '/api/v1/sql', { sql: 'SELECT count() FROM requests' });
    expect(JSON.parse(text).statistics).toMatchObject({ rows_read: null, bytes_read: null });
  });
});
