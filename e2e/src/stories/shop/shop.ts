import assert from 'node:assert/strict';
import type { Cluster } from '../../cluster/cluster.ts';
import type { Api } from '../../harness/api.ts';
import { defineStory } from '../story.ts';
import { buildShop } from './build.ts';
import { edgeTruth, namespace, type ServiceName, services, serviceTruth, visits } from './plan.ts';

const STORED_MS = 60_000;

export const shop = defineStory({
  name: 'shop',
  title: 'in a shop of five services on two nodes, edges and counts are exactly the truth',
  timeoutMinutes: 8,
  async run({ cluster, tomte: install, say }) {
    const { api } = await install();
    await buildShop(cluster);
    say('the shop is open');
    for (const { url, count } of visits) await visit(cluster, url, count);

    // What Tomte is compared with must itself be the truth.
    const logged = await Promise.all(
      services.map(async (name) => [name, await linesOf(cluster, name)] as const),
    );
    assert.deepEqual(new Map(logged), serviceTruth(), "the services' own logs");
    say(
      `${[...edgeTruth().values()].reduce((sum, count) => sum + count)} requests, by the services' own logs too`,
    );

    const expected = sorted(edgeTruth());
    const found = await cluster.until(
      'edges with every request',
      () => edgesOf(api),
      (edges) => totalOf(edges) >= totalOf(expected),
      STORED_MS,
    );
    assert.deepEqual(found, expected, 'edges');
    assert.deepEqual(await servicesOf(api), serviceTruth(), 'services');
    await cluster.deleteNamespace(namespace);
  },
});

async function visit(cluster: Cluster, url: string, count: number): Promise<void> {
  const script = `for i in $(seq ${count}); do curl -sf --cacert /etc/shop/tls/ca.crt "${url}?visit=$i" >/dev/null || exit 1; done`;
  await cluster.exec({ namespace, pod: 'deployment/shopper' }, 'sh', '-c', script);
}

/** Requests that a service says it answered. */
async function linesOf(cluster: Cluster, name: ServiceName): Promise<number> {
  const text = await cluster.kubectl('logs', '-n', namespace, `deployment/${name}`, '--tail=-1');
  return text.split('\n').filter((line) => line.startsWith('{"method"')).length;
}

type Counted = readonly (readonly [string, number])[];

/** As the API draws them: each request once, though both ends are observed. */
async function edgesOf(api: Api): Promise<Counted> {
  const { status, body } = await api.ask(`/api/v1/edges?k8s_namespace_name=${namespace}&limit=1000`);
  assert.equal(status, 200, JSON.stringify(body));
  const rows = body['data'] as readonly Readonly<Record<string, unknown>>[]; // Proof: the schema of this route.
  const edges = rows.map((row) => {
    const way = row['encrypted'] === true ? 'tls' : 'plain';
    const key = `${row['client_service_name']} ${row['server_service_name']} ${way}`;
    return [key, Number(row['request_count'])] as const;
  });
  return sorted(edges);
}

async function servicesOf(api: Api): Promise<ReadonlyMap<string, number>> {
  const { body } = await api.ask(`/api/v1/services?k8s_namespace_name=${namespace}&limit=1000`);
  const rows = body['data'] as readonly Readonly<Record<string, unknown>>[]; // Proof: the schema of this route.
  return new Map(rows.map((row) => [String(row['service_name']), Number(row['request_count'])]));
}

function sorted(edges: Iterable<readonly [string, number]>): Counted {
  return [...edges].sort(([a], [b]) => a.localeCompare(b));
}

function totalOf(edges: Counted): number {
  return edges.reduce((sum, [, count]) => sum + count, 0);
}
