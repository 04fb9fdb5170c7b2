import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Cluster } from '../cluster/cluster.ts';
import { checkout } from '../cluster/places.ts';
import type { Tomte } from '../cluster/tomte.ts';
import { service, workload } from '../cluster/workload.ts';
import type { Api } from '../harness/api.ts';
import { defineStory } from './story.ts';

const chosen = 'scope-chosen';
const other = 'scope-other';
const COUNT = 17;
const STORED_MS = 120_000;

interface Step {
  readonly name: string;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Whose requests have rows. */
  readonly seen: readonly string[];
}

const steps: readonly Step[] = [
  { name: 'all', include: [], exclude: [], seen: [chosen, other] },
  { name: 'included', include: [chosen], exclude: [], seen: [chosen] },
  { name: 'excluded', include: [], exclude: [chosen], seen: [other] },
];

export const scope = defineStory({
  name: 'scope',
  title: 'namespaces are captured as they are included or excluded, and a pod that says no never is',
  timeoutMinutes: 8,
  async run({ cluster, tomte: install, say }) {
    const tomte = await install();
    for (const namespace of [chosen, other]) await open(cluster, namespace);
    for (const step of steps) {
      await configure(cluster, tomte, step);
      // What must not be seen is sent first: whoever sees what comes last would have seen it too.
      for (const namespace of [chosen, other].toSorted((a) => (step.seen.includes(a) ? 1 : -1)))
        await send(cluster, namespace, step.name);
      await check(cluster, tomte.api, step);
      say(`${step.name}: rows of ${step.seen.join(' and ')}, of both ends, none of the pod that says no`);
    }
    await configure(cluster, tomte, { include: [], exclude: [] });
    for (const namespace of [chosen, other]) await cluster.deleteNamespace(namespace);
  },
});

async function open(cluster: Cluster, namespace: string): Promise<void> {
  await cluster.freshNamespace(namespace);
  const server = { namespace, command: ['go-service'], port: 8080, node: cluster.worker };
  await cluster.apply(
    workload({ ...server, name: 'target' }),
    service({ namespace, name: 'target', port: 80, targetPort: 8080 }),
    workload({ ...server, name: 'shy', annotations: { 'tomte.dev/capture': 'false' } }),
    service({ namespace, name: 'shy', port: 80, targetPort: 8080 }),
    workload({ namespace, name: 'asker', command: ['sleep', 'infinity'], node: cluster.controlPlane }),
  );
  for (const name of ['target', 'shy', 'asker']) await cluster.rolledOut(namespace, `deployment/${name}`);
  await cluster.reaches({ namespace, pod: 'deployment/asker' }, 'target 80', 'shy 80');
}

async function configure(
  cluster: Cluster,
  tomte: Tomte,
  { include, exclude }: Pick<Step, 'include' | 'exclude'>,
): Promise<void> {
  await cluster.helm(
    ...['upgrade', 'tomte', join(checkout, 'charts/tomte'), '-n', tomte.namespace, '--reuse-values'],
    ...['--set-json', `agent.includeNamespaces=${JSON.stringify(include)}`],
    ...['--set-json', `agent.excludeNamespaces=${JSON.stringify(exclude)}`],
  );
  await cluster.rolledOut(tomte.namespace, tomte.agents, STORED_MS);
}

async function send(cluster: Cluster, namespace: string, step: string): Promise<void> {
  const urls = `http://shy/${step} http://target/${step}`;
  const script = `for i in $(seq ${COUNT}); do curl -sSf ${urls} >/dev/null || exit 1; done`;
  await cluster.exec({ namespace, pod: 'deployment/asker' }, 'sh', '-c', script);
}

/** An asker's rows are of both servers, and of servers only `target` has any. */
async function check(cluster: Cluster, api: Api, { name, seen }: Step): Promise<void> {
  const expected = seen
    .flatMap((namespace) => [`${namespace} asker ${2 * COUNT}`, `${namespace} target ${COUNT}`])
    .toSorted();
  const found = await cluster.until(
    `rows of /${name}`,
    () => countsOf(api, name).catch((): readonly string[] => []),
    (counts) => expected.every((count) => counts.includes(count)),
    STORED_MS,
  );
  assert.deepEqual(found, expected, `rows of /${name}: ${found.join(', ')}`);
}

async function countsOf(api: Api, path: string): Promise<readonly string[]> {
  const rows = await api.rows(
    `SELECT k8s_namespace_name AS namespace, k8s_workload_name AS workload, toUInt32(count()) AS count
     FROM requests WHERE path = {path:String} GROUP BY ALL`,
    { path: `/${path}` },
  );
  return rows
    .map(({ namespace, workload: name, count }) => `${String(namespace)} ${String(name)} ${Number(count)}`)
    .toSorted();
}
