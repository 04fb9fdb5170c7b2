import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Cluster } from '../cluster/cluster.ts';
import { attempt } from '../cluster/command.ts';
import { checkout } from '../cluster/places.ts';
import { service, workload } from '../cluster/workload.ts';
import { Api } from '../harness/api.ts';
import { defineStory } from './story.ts';

const buyers = 'tenants-buyers';
const sellers = 'tenants-sellers';
/** Primes: no sum of others gives them. */
const REQUEST_COUNT = 7;
const AGGREGATED = '/apis/query.tomte.dev/v1alpha1';

export const tenants = defineStory({
  name: 'tenants',
  title:
    "a namespace's reader sees its rows and no other's, by token and by kubectl; a stranger sees nothing",
  timeoutMinutes: 8,
  async run({ cluster, say, tomte: install }) {
    const tomte = await install();
    await buyAndSell(cluster);
    await cluster.until(
      'rows of both ends',
      () => tomte.api.number(`SELECT count() FROM requests WHERE path = '/sold'`),
      (count) => count === 2 * REQUEST_COUNT,
    );
    await byToken(cluster, tomte.api.url);
    say('by token: own rows, the other end as an address');
    await byKubectl(cluster);
    say('by kubectl: the same, with the login of the kubeconfig');
    for (const namespace of [buyers, sellers]) await cluster.deleteNamespace(namespace);
  },
});

/** Two namespaces, each with a reader of its own; one asks the other. */
async function buyAndSell(cluster: Cluster): Promise<void> {
  for (const namespace of [buyers, sellers]) {
    await cluster.freshNamespace(namespace);
    await cluster.kubectl('create', 'serviceaccount', 'reader', '-n', namespace);
    const who = `--serviceaccount=${namespace}:reader`;
    await cluster.kubectl('create', 'rolebinding', 'reader', '--clusterrole=view', who, '-n', namespace);
  }
  await cluster.apply(
    workload({
      namespace: sellers,
      name: 'seller',
      command: ['go-service'],
      node: cluster.worker,
      port: 8080,
    }),
    service({ namespace: sellers, name: 'seller', port: 80, targetPort: 8080 }),
    workload({
      namespace: buyers,
      name: 'buyer',
      command: ['sleep', 'infinity'],
      node: cluster.controlPlane,
    }),
  );
  await cluster.rolledOut(sellers, 'deployment/seller');
  await cluster.rolledOut(buyers, 'deployment/buyer');
  // A new service is known to names and nodes a moment after its pod is ready.
  const curl = `curl -sSf --retry 30 --retry-delay 1 --retry-all-errors http://seller.${sellers}/sold`;
  const buy = `for n in $(seq ${REQUEST_COUNT}); do ${curl} || exit 1; done`;
  await cluster.exec({ namespace: buyers, pod: 'deployment/buyer' }, 'sh', '-c', buy);
}

async function byToken(cluster: Cluster, url: string): Promise<void> {
  const tokenOf = async (namespace: string, ...more: readonly string[]): Promise<string> =>
    (await cluster.kubectl('create', 'token', 'reader', '-n', namespace, ...more)).trim();
  for (const namespace of [buyers, sellers]) {
    const api = new Api(url, await tokenOf(namespace));
    const rows = await api.rows('SELECT * FROM requests');
    assert.equal(rows.filter(({ path }) => path === '/sold').length, REQUEST_COUNT);
    assert.deepEqual([...new Set(rows.map((row) => row['k8s_namespace_name']))], [namespace]);
    const isName = (column: string): boolean => /^peer_(?:k8s_|service_name$)/.test(column);
    const names = rows.flatMap((row) => Object.entries(row).filter(([column]) => isName(column)));
    assert.ok(names.length > 0);
    assert.deepEqual([...new Set(names.map(([, name]) => name))], [''], 'the other end is an address');
  }
  const strangers = [undefined, 'a-stranger', await tokenOf(buyers, '--audience=tomte-collector')];
  for (const token of strangers)
    assert.equal((await new Api(url, token).ask('/api/v1/requests')).status, 401);
}

async function byKubectl(cluster: Cluster): Promise<void> {
  const path = `${AGGREGATED}/namespaces/${buyers}/requests?path=/sold`;
  const as = `--as=system:serviceaccount:${buyers}:reader`;
  const answer = Object(JSON.parse(await cluster.kubectl('get', '--raw', path, as)));
  assert.equal(answer.row_count, REQUEST_COUNT);
  const elsewhere = await cluster.tryKubectl(['get', '--raw', path.replace(buyers, sellers), as]);
  assert.notEqual(elsewhere.exitCode, 0);
  const flags = ['-n', sellers, '--json', '--kubeconfig', cluster.state.kubeconfig];
  const plugin = [
    join(checkout, 'packages/tomte/bin/tomte.mjs'),
    'kubectl',
    'requests',
    '--path',
    '/sold',
    ...flags,
  ];
  const env = { TOMTE_KUBECTL: cluster.state.kubectl };
  const { exitCode, stdout, stderr } = await attempt(process.execPath, plugin, { env });
  assert.equal(exitCode, 0, stderr);
  assert.equal(Object(JSON.parse(stdout)).row_count, REQUEST_COUNT);
}
