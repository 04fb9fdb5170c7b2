import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { GROUP, type ServingCredentials, startApi, storeRunner, VERSION } from '@tomte/api';
import { ClusterAccess, RequestHeaders } from '@tomte/k8s';
import { systemClock } from '@tomte/kit';
import { type KubeApiServer, startKubeApiServer, startTestStore, type TestStore } from '@tomte/testkit';
import { makeAuthority } from '@tomte/workloads';
import { markedRows } from './marked-rows.ts';

/** The API behind a real API server, with marked rows of two namespaces. For tests. */
export interface BehindApiServer {
  readonly cluster: KubeApiServer;
  /** Of the API itself, behind the API server. */
  readonly port: number;
  /** File of the authority that signed its certificate. */
  readonly authorityFile: string;
  /** Gives it another certificate, of this common name. */
  renewTo(name: string): Promise<void>;
  close(): Promise<void>;
}

/** `viewer` sees the namespace shop, `everyone` all of them; both log in by `token-of-NAME`. Or why it cannot be here. */
export async function startBehindApiServer(): Promise<BehindApiServer | string> {
  const tokens = ['viewer', 'everyone'].map((name) => ({ name, token: `token-of-${name}` }));
  const cluster = await startKubeApiServer(tokens);
  if (typeof cluster === 'string') return cluster;
  const test = await startTestStore();
  const closers: (() => void | Promise<void>)[] = [() => cluster.close(), () => test.close()];
  const close = async (): Promise<void> => {
    for (const each of closers.toReversed()) await each();
  };
  try {
    const started = await start(cluster, test, closers);
    return { cluster, ...started, close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

async function start(cluster: KubeApiServer, test: TestStore, closers: (() => void | Promise<void>)[]) {
  await insertRequests(test);
  const admin = await cluster.serverFor(cluster.adminToken);
  const clock = systemClock();
  const access = new ClusterAccess(admin, clock);
  const frontProxy = new RequestHeaders(admin, clock, (problem) => {
    throw problem;
  });
  await frontProxy.read;
  const readers = test.store.createScopedReaders({ clock });
  closers.push(
    () => access.close(),
    () => frontProxy.close(),
    () => readers.close(),
  );
  const authority = makeAuthority(cluster.folder, 'tomte-ca');
  const serving = authority.issue('tomte', { dnsNames: ['tomte.observed.svc'] });
  const [certificate, privateKey] = await Promise.all([readFile(serving.certificate), readFile(serving.key)]);
  let renew: (renewed: ServingCredentials) => void = () => undefined;
  const api = await startApi({
    sql: storeRunner(test.store, 30_000, readers),
    clock,
    host: '127.0.0.1',
    port: 0,
    cluster: access,
    aggregated: {
      host: '127.0.0.1',
      port: 0,
      credentials: { certificate, privateKey },
      onRenewed: (take) => (renew = take),
      frontProxy,
    },
  });
  closers.push(() => api.close());
  await grant(cluster);
  await register(cluster, api.aggregatedPort, await readFile(authority.certificate));
  const renewTo = async (name: string): Promise<void> => {
    const files = authority.issue(name, { dnsNames: ['tomte.observed.svc'] });
    renew({ certificate: await readFile(files.certificate), privateKey: await readFile(files.key) });
  };
  return { port: api.aggregatedPort, authorityFile: authority.certificate, renewTo };
}

async function insertRequests({ server }: TestStore): Promise<void> {
  const url = new URL(server.url);
  url.searchParams.set('query', 'INSERT INTO tomte.requests FORMAT JSONEachRow');
  const login = Buffer.from(`${server.user}:${server.password}`).toString('base64');
  const rows = markedRows('requests', '2026-01-15 00:00:01.000000001');
  const body = rows.map((row) => JSON.stringify(row)).join('\n');
  const response = await fetch(url, { method: 'POST', body, headers: { authorization: `Basic ${login}` } });
  if (!response.ok) throw new Error(await response.text());
}

/** As the chart's role for viewers, which `view` takes in where controllers run. */
async function grant(cluster: KubeApiServer): Promise<void> {
  const rbac = 'rbac.authorization.k8s.io';
  for (const name of ['shop', 'pay', 'observed'])
    await cluster.ask('POST', '/api/v1/namespaces', { metadata: { name } });
  await cluster.ask('POST', `/apis/${rbac}/v1/clusterroles`, {
    metadata: { name: 'viewer' },
    rules: [
      { apiGroups: [''], resources: ['pods', 'pods/log'], verbs: ['get', 'list'] },
      { apiGroups: [GROUP], resources: ['*'], verbs: ['get', 'list', 'create'] },
    ],
  });
  const bind = (path: string, name: string) =>
    cluster.ask('POST', `/apis/${rbac}/v1/${path}`, {
      metadata: { name },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'viewer' },
      subjects: [{ apiGroup: rbac, kind: 'User', name }],
    });
  await bind('namespaces/shop/rolebindings', 'viewer');
  await bind('clusterrolebindings', 'everyone');
}

const REGISTERED_MS = 60_000;

/** The service has no pods here: its name leads to this machine. */
async function register(cluster: KubeApiServer, port: number, authority: Buffer): Promise<void> {
  await cluster.ask('POST', '/api/v1/namespaces/observed/services', {
    metadata: { name: 'tomte' },
    spec: { type: 'ExternalName', externalName: 'localhost', ports: [{ port }] },
  });
  const name = `${VERSION}.${GROUP}`;
  const service = { namespace: 'observed', name: 'tomte', port };
  const priorities = { groupPriorityMinimum: 1_000, versionPriority: 10 };
  const caBundle = authority.toString('base64');
  const path = '/apis/apiregistration.k8s.io/v1/apiservices';
  await cluster.ask('POST', path, {
    metadata: { name },
    spec: { group: GROUP, version: VERSION, ...priorities, service, caBundle },
  });
  const deadline = performance.now() + REGISTERED_MS;
  for (;;) {
    const { status } = Object(await cluster.ask('GET', `${path}/${name}`));
    if (JSON.stringify(status).includes('"type":"Available","status":"True"')) return;
    if (performance.now() > deadline) throw new Error(`not available: ${JSON.stringify(status)}`);
    await delay(100);
  }
}
