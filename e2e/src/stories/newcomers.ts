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
const STORED_MS = 240_000;

/** Each tells in its only request who it is and when, in hexadecimal: a row of digits might be redacted. */
const script = 'curl -sf "http://server/newcomer?pod=$HOSTNAME&at=$(printf %x $(date +%s%3N))"';

export const newcomers = defineStory({
  name: 'newcomers',
  title: 'the first request of each new pod is attributed, and how soon it can be queried is told',
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

    const arrivals = await watchArrivals(api);
    const latencies = arrivals.map(({ latencyMs }) => latencyMs).sort((a, b) => a - b);
    const [p50 = Number.NaN, p99 = Number.NaN] = [0.5, 0.99].map(
      (q) => latencies[Math.ceil(q * latencies.length) - 1],
    );
    say(`${latencies.length} of ${POD_COUNT} new pods: p50 ${p50} ms, p99 ${p99} ms`);
    figures.firstRequestP99Ms = p99;

    assert.equal(arrivals.length, POD_COUNT, 'each newcomer has one request');
    const wrong = arrivals.filter(({ pod, attributedTo }) => pod !== attributedTo);
    assert.deepEqual(wrong, [], 'each is attributed to its pod');
    await cluster.deleteNamespace(namespace);
  },
});

interface Arrival {
  readonly pod: string;
  readonly attributedTo: string;
  /** From the request to the moment when its row was first in an answer. */
  readonly latencyMs: number;
}

async function watchArrivals(api: Api): Promise<readonly Arrival[]> {
  const seen = new Map<string, Arrival>();
  const deadlineMs = Date.now() + STORED_MS;
  while (seen.size < POD_COUNT && Date.now() < deadlineMs) {
    const rows = await api.rows(
      `SELECT query, k8s_pod_name FROM requests WHERE path = '/newcomer' AND role = 'client'`,
    );
    const nowMs = Date.now();
    for (const row of rows) {
      const query = new URLSearchParams(String(row['query']));
      const pod = query.get('pod') ?? '';
      const latencyMs = nowMs - Number.parseInt(query.get('at') ?? '', 16);
      if (!seen.has(pod)) seen.set(pod, { pod, attributedTo: String(row['k8s_pod_name']), latencyMs });
    }
    await delay(POLL_MS);
  }
  return [...seen.values()];
}
