import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { service, workload, workloadPod } from '../cluster/workload.ts';
import type { Api } from '../harness/api.ts';
import { defineStory } from './story.ts';

const namespace = 'newcomers';
/** A prime over a hundred. */
const POD_COUNT = 103;
const AT_ONCE = 6;
const POLL_MS = 100;
const STORED_MS = 180_000;
const GOAL_MS = 3_000;

/** Each tells in its only request who it is and when, in hexadecimal: a row of digits might be redacted. */
const script = 'curl -sf "http://server/newcomer?pod=$HOSTNAME&at=$(printf %x $(date +%s%3N))"';

export const newcomers = defineStory({
  name: 'newcomers',
  title: 'the first request of a new pod is attributed and can be queried within 3 s',
  timeoutMinutes: 8,
  async run({ cluster, figures, say, tomte: install }) {
    const { api } = await install();
    await cluster.freshNamespace(namespace);
    await cluster.apply(
      workload({ namespace, name: 'server', command: ['go-service'], node: cluster.worker, port: 8080 }),
      service({ namespace, name: 'server', port: 80, targetPort: 8080 }),
    );
    await cluster.rolledOut(namespace, 'deployment/server');
    await cluster.apply({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { namespace, name: 'newcomer' },
      spec: {
        completions: POD_COUNT,
        parallelism: AT_ONCE,
        template: workloadPod({ namespace, name: 'newcomer', command: ['sh', '-c', script], isJob: true }),
      },
    });

    const latencies = await watchArrivals(api);
    assert.equal(latencies.length, POD_COUNT, 'each newcomer has one request');
    figures.firstRequestP99Ms = latencies[Math.ceil(0.99 * latencies.length) - 1] ?? Number.NaN;
    const median = latencies[Math.floor(latencies.length / 2)];
    say(`${latencies.length} new pods: p50 ${median} ms, p99 ${figures.firstRequestP99Ms} ms`);
    assert.ok(figures.firstRequestP99Ms <= GOAL_MS, `p99 ${figures.firstRequestP99Ms} ms`);
    await cluster.deleteNamespace(namespace);
  },
});

/** Milliseconds from each request to the moment when its row, with its pod, was first in an answer; sorted. */
async function watchArrivals(api: Api): Promise<readonly number[]> {
  const seen = new Map<string, number>();
  const deadlineMs = Date.now() + STORED_MS;
  while (seen.size < POD_COUNT && Date.now() < deadlineMs) {
    const rows = await api.rows(
      `SELECT query, k8s_pod_name FROM requests WHERE path = '/newcomer' AND role = 'client' AND k8s_namespace_name = {namespace:String}`,
      { namespace },
    );
    const nowMs = Date.now();
    for (const row of rows) {
      const query = new URLSearchParams(String(row['query']));
      const pod = query.get('pod') ?? '';
      assert.equal(row['k8s_pod_name'], pod);
      if (!seen.has(pod)) seen.set(pod, nowMs - Number.parseInt(query.get('at') ?? '', 16));
    }
    await delay(POLL_MS);
  }
  return [...seen.values()].sort((a, b) => a - b);
}
