import assert from 'node:assert/strict';
import { join } from 'node:path';
import { checkout } from '../cluster/places.ts';
import { service, workload } from '../cluster/workload.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Tomte } from '../cluster/tomte.ts';
import { defineStory } from './story.ts';

const namespace = 'upgrade';
const COUNT = 43;
const STORED_MS = 180_000;
const steps = ['before', 'upgraded', 'rolled-back'] as const;

export const upgrade = defineStory({
  name: 'upgrade',
  title: 'an upgrade that replaces every pod, and its rollback, keep what was stored',
  timeoutMinutes: 10,
  async run({ cluster, tomte: install, say }) {
    const tomte = await install();
    await cluster.freshNamespace(namespace);
    await cluster.apply(
      workload({ namespace, name: 'target', command: ['go-service'], port: 8080 }),
      service({ namespace, name: 'target', port: 80, targetPort: 8080 }),
      workload({ namespace, name: 'asker', command: ['sleep', 'infinity'] }),
    );
    for (const name of ['target', 'asker']) await cluster.rolledOut(namespace, `deployment/${name}`);
    await cluster.reaches({ namespace, pod: 'deployment/asker' }, 'target 80');
    const changes = [
      ...['--set', 'clickhouse.embedded.maxMemory=1400MiB'],
      ...['--set', 'collector.podAnnotations.step=upgraded', '--set', 'agent.podAnnotations.step=upgraded'],
    ];
    const where = ['-n', tomte.namespace];
    const turns = {
      before: () => Promise.resolve(''),
      upgraded: () =>
        cluster.helm(
          'upgrade',
          'tomte',
          join(checkout, 'charts/tomte'),
          ...where,
          '--reuse-values',
          ...changes,
        ),
      'rolled-back': () => cluster.helm('rollback', 'tomte', ...where),
    };
    for (const [index, step] of steps.entries()) {
      await turns[step]();
      for (const name of [tomte.store, tomte.collectors, tomte.agents])
        await cluster.rolledOut(tomte.namespace, name, STORED_MS);
      await send(cluster, step);
      for (const earlier of steps.slice(0, index + 1)) await stored(cluster, tomte, earlier);
      say(`${step}: what was stored is there, and new requests are stored`);
    }
    await cluster.deleteNamespace(namespace);
  },
});

async function send(cluster: Cluster, step: string): Promise<void> {
  const script = `for i in $(seq ${COUNT}); do curl -sf http://target/${step} >/dev/null || exit 1; done`;
  await cluster.exec({ namespace, pod: 'deployment/asker' }, 'sh', '-c', script);
}

async function stored(cluster: Cluster, { api }: Tomte, step: string): Promise<void> {
  const sql = `SELECT toUInt32(count()) FROM requests WHERE path = {path:String} AND role = 'server' AND k8s_namespace_name = {namespace:String}`;
  const count = await cluster.until(
    `${COUNT} rows of ${step}`,
    () => api.number(sql, { path: `/${step}`, namespace }).catch(() => 0),
    (found) => found >= COUNT,
    STORED_MS,
  );
  assert.equal(count, COUNT, step);
}
