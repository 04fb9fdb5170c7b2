import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Cluster } from '../cluster/cluster.ts';
import { checkout } from '../cluster/places.ts';
import { defineStory } from './story.ts';

const namespace = 'chart-objects';
const chart = join(checkout, 'charts/tomte');
/** Of custom resources that this cluster does not know. */
const FOREIGN = /^kind: (?:Certificate|ServiceMonitor)$/m;

export const chartObjects = defineStory({
  name: 'chart-objects',
  title: 'the API server takes what every example of the chart makes; upgrade and rollback keep secrets',
  isWithoutTomte: true,
  async run({ cluster, say }) {
    await cluster.freshNamespace(namespace);
    const examples = globSync('examples/*/values.yaml', { cwd: chart }).toSorted();
    assert.ok(examples.length >= 4, 'there are examples');
    for (const values of examples) {
      const count = await takesAll(cluster, join(chart, values));
      say(`${basename(dirname(values))}: ${count} objects are taken`);
    }
    await keepsSecrets(cluster);
    await cluster.deleteNamespace(namespace);
  },
});

/** @returns how many objects the API server has looked at */
async function takesAll(cluster: Cluster, valuesFile: string): Promise<number> {
  const rendered = await cluster.helm('template', 'tomte', chart, '-n', namespace, '--values', valuesFile);
  const known = rendered.split(/^---$/m).filter((text) => text.trim() !== '' && !FOREIGN.test(text));
  // Each says its namespace: one of them belongs into kube-system.
  const args = ['apply', '--dry-run=server', '-f', '-'];
  const { exitCode, stderr } = await cluster.tryKubectl(args, { input: known.join('\n---\n') });
  assert.equal(exitCode, 0, stderr);
  return known.length;
}

/** Nothing is run: what Helm keeps is looked at, not what pods do with it. */
async function keepsSecrets(cluster: Cluster): Promise<void> {
  const release = ['tomte', '-n', namespace];
  const noNode = ['clickhouse.embedded', 'collector'].flatMap((part) => [
    '--set',
    `${part}.nodeSelector.no-node=has-it`,
  ]);
  // The cluster has room for one release with an APIService, and may have it from an earlier run.
  const parts = ['--set', 'agent.enabled=false', '--set', 'apiService.enabled=false'];
  await cluster.helm('install', ...release, chart, ...parts, ...noNode);
  const first = await secretsOf(cluster);
  assert.deepEqual(Object.keys(first).toSorted(), [
    'tomte-agent-tls',
    'tomte-collector-tls',
    'tomte-store-credentials',
  ]);
  await cluster.helm('upgrade', ...release, chart, '--reuse-values', '--set', 'collector.replicas=3');
  assert.deepEqual(await secretsOf(cluster), first, 'an upgrade keeps them');
  await cluster.helm('rollback', ...release, '1');
  assert.deepEqual(await secretsOf(cluster), first, 'a rollback keeps them');
  await cluster.helm('uninstall', 'tomte', '-n', namespace, '--wait');
}

async function secretsOf(cluster: Cluster): Promise<Readonly<Record<string, unknown>>> {
  const { items } = await cluster.json<{
    readonly items: readonly { readonly metadata: { readonly name: string }; readonly data: unknown }[];
  }>('get', 'secrets', '-n', namespace, '-l', 'app.kubernetes.io/part-of=tomte');
  return Object.fromEntries(items.map(({ metadata, data }) => [metadata.name, data]));
}
