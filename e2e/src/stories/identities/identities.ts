import assert from 'node:assert/strict';
import type { Cluster, Manifest } from '../../cluster/cluster.ts';
import type { Api, Row } from '../../harness/api.ts';
import { defineStory } from '../story.ts';
import { type Case, cases, namespace, stage } from './cases.ts';
import { passOnAddress } from './pass-on-address.ts';
import { rollOver, scaleOut } from './replicas.ts';

const STORED_MS = 60_000;
const asker = { namespace, pod: 'deployment/asker' };

export const identities = defineStory({
  name: 'identities',
  title: 'every way for a pod to be there: identity is right for every request',
  timeoutMinutes: 10,
  async run({ cluster, tomte: install, say }) {
    const { api } = await install();
    await cluster.freshNamespace(namespace);
    await cluster.apply(...stage(cluster));
    for (const name of ['target', 'asker', 'scaled', 'headless', 'behind-manual'])
      await cluster.rolledOut(namespace, `deployment/${name}`);
    for (const name of ['on-host', 'two', 'alone', 'prepared'])
      await cluster.waitFor(namespace, `pod/${name}`, 'condition=Ready');
    await cluster.apply(await manualSlice(cluster));
    await cluster.kubectl('create', 'job', '-n', namespace, 'nightly-now', '--from=cronjob/nightly');
    say('the pods are there');

    const known = await podsByApp(cluster);
    const all = cases(
      (app) => known.get(app)?.address ?? '',
      (app) => known.get(app)?.node ?? '',
    );
    for (const one of all) await send(cluster, one);
    for (const one of all) await check(cluster, api, one);
    say(`${all.length} kinds of pods are told apart`);

    await scaleOut(cluster, api);
    say('requests of three replicas are counted at each');
    await rollOver(cluster, api);
    say('requests during a rolling update are those of the old and the new pods');
    await passOnAddress(cluster, api);
    say('an address that passed from one pod to another names both, each at its time');
    await cluster.deleteNamespace(namespace);
  },
});

/** Endpoints that somebody wrote by hand, for the service without a selector. */
async function manualSlice(cluster: Cluster): Promise<Manifest> {
  const [pod] = await cluster.pods(namespace, 'app=behind-manual');
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { namespace, name: 'manual-1', labels: { 'kubernetes.io/service-name': 'manual' } },
    addressType: 'IPv4',
    ports: [{ port: 8080 }],
    endpoints: [{ addresses: [pod?.address ?? ''], conditions: { ready: true } }],
  };
}

async function podsByApp(cluster: Cluster) {
  const names = ['on-host', 'two', 'alone', 'asker'] as const;
  const found = await Promise.all(names.map((app) => cluster.pods(namespace, `app=${app}`)));
  return new Map(names.map((app, index) => [app as string, found[index]?.[0]]));
}

async function send(cluster: Cluster, { url, path, count }: Case): Promise<void> {
  if (url === undefined) return;
  const script = `for i in $(seq ${count}); do curl -sf --retry 5 --retry-connrefused ${url}/${path} >/dev/null || exit 1; done`;
  await cluster.exec(asker, 'sh', '-c', script);
}

async function check(cluster: Cluster, api: Api, { path, count, role, expected }: Case): Promise<void> {
  const rows = await cluster.until(
    `${count} rows of /${path}`,
    () =>
      api.rows('SELECT * FROM requests WHERE path = {path:String} AND role = {role:String}', {
        path: `/${path}`,
        role,
      }),
    (found) => found.length >= count,
    STORED_MS,
  );
  assert.equal(rows.length, count, `rows of /${path}`);
  for (const row of rows) {
    const picked = pick(row, expected);
    assert.deepEqual(picked, expected, `a row of /${path} says ${JSON.stringify(picked)}`);
  }
  const { body } = await api.ask(`/api/v1/requests?path=/${path}&limit=1000`);
  assert.equal(body['row_count'], count, `/${path} counted once`);
}

function pick(row: Row, like: object): Record<string, unknown> {
  return Object.fromEntries(Object.keys(like).map((name) => [name, row[name]]));
}
