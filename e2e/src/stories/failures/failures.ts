import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from '../../cluster/cluster.ts';
import type { ClusterNode } from '../../cluster/network.ts';
import type { Tomte } from '../../cluster/tomte.ts';
import { defineStory } from '../story.ts';
import { countRows, namespace, open, requests, sendDuring, storedOnce } from './traffic.ts';

/** Primes: each failure has a number of requests of its own. */
const counts = { collector: 127, store: 131, agent: 137, apiServer: 139, drain: 149 } as const;
const AWAY_MS = 60_000;
const READY_MS = 180_000;

export const failures = defineStory({
  name: 'failures',
  title: 'whatever dies or is away, nothing is stored twice, and what is lost is told',
  timeoutMinutes: 12,
  async run({ cluster, tomte: install, say }) {
    const tomte = await install();
    const { api } = tomte;
    await open(cluster);

    await sendDuring(cluster, 'collector', counts.collector, () => killAll(cluster, tomte, 'collector'));
    await cluster.rolledOut(tomte.namespace, tomte.collectors, READY_MS);
    await storedOnce(cluster, api, 'collector', counts.collector);
    say('every collector killed: all requests are stored, each once');

    await sendDuring(cluster, 'store', counts.store, () => killAll(cluster, tomte, 'store'));
    await cluster.rolledOut(tomte.namespace, tomte.store, READY_MS);
    await storedOnce(cluster, api, 'store', counts.store);
    say('ClickHouse killed: all requests are stored, each once');

    await agentKilled(cluster, tomte);
    say('an agent killed: no request twice, and its absence is told');

    await apiServerAway(cluster, tomte);
    say('the API server away for a minute: all requests are stored with their pods');

    await nodeDrained(cluster, tomte);
    say('the node of collectors and store drained: all requests are stored once they are back');
    await cluster.deleteNamespace(namespace);
  },
});

type Component = 'agent' | 'collector' | 'store';

/** SIGKILL to every process of a component, from the node. */
async function killAll(
  cluster: Cluster,
  { namespace: where }: Tomte,
  component: Component,
  on?: ClusterNode,
) {
  await delay(1_500);
  const nodes = [cluster.controlPlane, cluster.worker];
  for (const pod of await cluster.pods(where, `app.kubernetes.io/component=${component}`)) {
    const node = nodes.find(({ name }) => name === pod.node);
    if (node === undefined || (on !== undefined && node !== on)) continue;
    for (const id of pod.containerIds) await cluster.kill(node, await cluster.pidOf(node, id));
  }
}

/** Its requests of the moment may be lost; then they lie in the window that it tells of. */
async function agentKilled(cluster: Cluster, tomte: Tomte): Promise<void> {
  const { api } = tomte;
  const downs = `SELECT toUInt32(count()) FROM loss WHERE reason = 'agent_down' AND start_time > now() - INTERVAL 10 MINUTE`;
  const before = await api.number(downs);
  await sendDuring(cluster, 'agent', counts.agent, () =>
    killAll(cluster, tomte, 'agent', cluster.controlPlane),
  );
  await cluster.rolledOut(tomte.namespace, tomte.agents, READY_MS);
  await sendDuring(cluster, 'agent-again', counts.agent, () => Promise.resolve());
  await storedOnce(cluster, api, 'agent-again', counts.agent);
  const { rows, distinct } = await countRows(api, 'agent');
  assert.equal(rows, distinct, 'no request twice');
  assert.ok(rows <= 2 * counts.agent && rows > 0, `${rows} rows of ${counts.agent} requests`);
  await cluster.until(
    'row about the agent that was away',
    () => api.number(downs),
    (now) => now > before,
    60_000,
  );
}

async function apiServerAway(cluster: Cluster, { api }: Tomte): Promise<void> {
  // kubectl exec needs the API server: the traffic is begun before it goes, and lasts.
  const script = `(sleep 12; ${requests('api-server', counts.apiServer, 0.1)}) >/dev/null 2>&1 &`;
  await cluster.exec({ namespace, pod: 'deployment/asker' }, 'sh', '-c', script);
  const bringBack = await cluster.stopApiServer();
  await delay(AWAY_MS);
  await bringBack();
  await storedOnce(cluster, api, 'api-server', counts.apiServer);
}

/** The worker has the collectors and the store, whose volume stays there: batches wait in the spools meanwhile. */
async function nodeDrained(cluster: Cluster, tomte: Tomte): Promise<void> {
  const { name } = cluster.worker;
  const args = [
    '--ignore-daemonsets',
    '--delete-emptydir-data',
    '--force',
    '--timeout=120s',
    '--disable-eviction',
  ];
  try {
    await sendDuring(cluster, 'drain', counts.drain, () => cluster.kubectl('drain', name, ...args));
  } finally {
    await cluster.kubectl('uncordon', name);
  }
  await cluster.rolledOut(tomte.namespace, tomte.store, READY_MS);
  await cluster.rolledOut(tomte.namespace, tomte.collectors, READY_MS);
  await storedOnce(cluster, tomte.api, 'drain', counts.drain);
}
