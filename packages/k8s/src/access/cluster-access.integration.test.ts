import { ManualClock } from '@tomte/kit';
import { type KubeApiServer, startKubeApiServer } from '@tomte/testkit';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { ApiServer } from '../api/api-client.ts';
import { ClusterAccess } from './cluster-access.ts';

const people = ['viewer', 'getter', 'nobody', 'cluster-viewer', 'lister'].map((name) => ({
  name,
  token: `token-of-${name}`,
}));
let cluster: KubeApiServer | string;
let server: ApiServer;

beforeAll(async () => {
  cluster = await startKubeApiServer(people);
  if (typeof cluster === 'string') return;
  for (const name of ['shop', 'pay', 'bank'])
    await cluster.ask('POST', '/api/v1/namespaces', { metadata: { name } });
  await role('reader', ['pods', 'pods/log'], ['get', 'list']); // No controller fills the role `view` here.
  await role('getter', ['pods'], ['get']);
  await role('lister', ['pods'], ['list']);
  await bind('viewer', 'reader', 'shop');
  await bind('getter', 'getter', 'pay');
  await bind('cluster-viewer', 'reader');
  await bind('lister', 'lister');
  await cluster.ask('POST', '/api/v1/namespaces/shop/serviceaccounts', { metadata: { name: 'scripts' } });
  server = await cluster.serverFor(cluster.adminToken);
}, 90_000);
afterAll(async () => {
  if (typeof cluster === 'object') await cluster.close();
});
beforeEach(({ skip }) => {
  if (typeof cluster === 'string') skip(cluster);
});

const api = 'rbac.authorization.k8s.io';

function running(): KubeApiServer {
  if (typeof cluster === 'string') throw new Error(cluster);
  return cluster;
}

async function role(name: string, resources: readonly string[], verbs: readonly string[]): Promise<void> {
  const rules = [{ apiGroups: [''], resources, verbs }];
  await running().ask('POST', `/apis/${api}/v1/clusterroles`, { metadata: { name }, rules });
}

async function bind(user: string, to: string, namespace?: string): Promise<void> {
  const path = namespace === undefined ? 'clusterrolebindings' : `namespaces/${namespace}/rolebindings`;
  await running().ask('POST', `/apis/${api}/v1/${path}`, {
    metadata: { name: user },
    roleRef: { apiGroup: api, kind: 'ClusterRole', name: to },
    subjects: [{ apiGroup: api, kind: 'User', name: user }],
  });
}

function open(clock = new ManualClock()): ClusterAccess {
  return new ClusterAccess(server, clock);
}

it.each([
  ['viewer', { namespaces: ['shop'], logsOf: ['shop'], isCut: false }],
  ['getter', { namespaces: ['pay'], logsOf: [], isCut: false }],
  ['nobody', { namespaces: [], logsOf: [], isCut: false }],
  ['cluster-viewer', { namespaces: 'all', logsOf: 'all', isCut: false }],
  ['lister', { namespaces: 'all', logsOf: [], isCut: false }],
])('knows %s and what they may see', async (name, expected) => {
  const access = open();
  const asker = await access.identify(`token-of-${name}`);
  expect(asker).toMatchObject({ name, groups: ['system:authenticated'] });
  if (asker !== undefined) expect(await access.podAccess(asker)).toEqual(expected);
  access.close();
});

it('knows a service account by its bound token', async () => {
  const path = '/api/v1/namespaces/shop/serviceaccounts/scripts/token';
  const answer = Object(await running().ask('POST', path, { spec: { expirationSeconds: 600 } }));
  const access = open();
  expect((await access.identify(String(answer.status.token)))?.name).toBe(
    'system:serviceaccount:shop:scripts',
  );
  access.close();
});

it('refuses a token that was made for another audience', async () => {
  const path = '/api/v1/namespaces/shop/serviceaccounts/scripts/token';
  const spec = { audiences: ['tomte-collector'], expirationSeconds: 600 };
  const answer = Object(await running().ask('POST', path, { spec }));
  const access = open();
  expect(await access.identify(String(answer.status.token))).toBeUndefined();
  access.close();
});

it.each(['wrong', 'token-of-viewe', 'a.b.c'])('knows nobody by the token %j', async (token) => {
  const access = open();
  expect(await access.identify(token)).toBeUndefined();
  access.close();
});

it('sees a right that is given, and one that is taken back, within 30 seconds', async () => {
  const clock = new ManualClock();
  const access = open(clock);
  const asker = (await access.identify('token-of-nobody')) ?? { name: '', uid: '', groups: [], extra: {} };
  const seen = async (): Promise<unknown> => (await access.podAccess(asker)).namespaces;
  expect(await seen()).toEqual([]);
  await bind('nobody', 'reader', 'bank');
  expect(await seen()).toEqual([]);
  clock.advanceMs(30_001);
  // RBAC's own informer takes a moment.
  await expect
    .poll(async () => {
      clock.advanceMs(30_001);
      return seen();
    })
    .toEqual(['bank']);
  await running().ask('DELETE', `/apis/${api}/v1/namespaces/bank/rolebindings/nobody`);
  expect(await seen()).toEqual(['bank']);
  await expect
    .poll(async () => {
      clock.advanceMs(30_001);
      return seen();
    })
    .toEqual([]);
  access.close();
});

it('says so when the API server cannot be asked', async () => {
  const access = new ClusterAccess({ ...server, url: 'https://localhost:1' }, new ManualClock());
  await expect(access.identify('x')).rejects.toMatchObject({ code: 'K8S_API_UNREACHABLE' });
  access.close();
});

it('says so when its own account may not ask', async () => {
  const access = new ClusterAccess(await running().serverFor('token-of-viewer'), new ManualClock());
  await expect(access.identify('x')).rejects.toMatchObject({ code: 'K8S_API_REFUSED' });
  access.close();
});
