import { setTimeout as delay } from 'node:timers/promises';
import { watchNodePods } from '@tomte/k8s';
import { systemClock } from '@tomte/kit';
import { type KubeApiServer, startKubeApiServer } from '@tomte/testkit';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { buildProcess } from '../testing/event-builders.ts';
import { makeHarness } from '../testing/pipeline-harness.ts';
import { CAPTURE_ANNOTATION, CaptureScope, OWN_POD_LABEL } from './capture-scope.ts';
import { ScopedSink } from './scoped-sink.ts';

let cluster: KubeApiServer | string;

beforeAll(async () => {
  cluster = await startKubeApiServer();
}, 120_000);
afterAll(() => (typeof cluster === 'string' ? undefined : cluster.close()));
beforeEach(({ skip }) => {
  if (typeof cluster === 'string') skip(cluster);
});

const NODE = 'node-1';
const MS = 1e6;

async function makePod(name: string, labels: object): Promise<string> {
  if (typeof cluster === 'string') throw new Error(cluster);
  const spec = { nodeName: NODE, containers: [{ name: 'main', image: 'none' }] };
  const body = { metadata: { name, labels }, spec };
  const made = await cluster.ask('POST', '/api/v1/namespaces/default/pods', body);
  return (made as { metadata: { uid: string } }).metadata.uid; // Proof: a pod as the API server answers it.
}

async function watchPods(isTold: () => boolean) {
  if (typeof cluster === 'string') throw new Error(cluster);
  const pods = watchNodePods({
    server: await cluster.serverFor(cluster.adminToken),
    nodeName: NODE,
    clock: systemClock(),
    random: Math.random,
    keep: { labels: [OWN_POD_LABEL], annotations: [CAPTURE_ANNOTATION] },
    onChange: () => undefined,
    onSynced: () => undefined,
    onProblem: () => undefined,
  });
  onTestFinished(() => pods.close());
  // As an API server that tells of a pod later than its first process runs.
  return { ...pods, podOfUid: (uid: string) => (isTold() ? pods.podOfUid(uid) : undefined), real: pods };
}

test('a process that runs before its pod is told is ours or not by what the API server says of it', async () => {
  let isTold = false;
  const pods = await watchPods(() => isTold);
  const own = await makePod('tomte-agent-x', { [OWN_POD_LABEL]: 'tomte' });
  const other = await makePod('cart-x', {});
  const uids = new Map([
    [7, own],
    [8, other],
  ]);
  const scope = new CaptureScope({ includeNamespaces: [], excludeNamespaces: [] }, pods, (pid) => ({
    containerId: `c${pid}`,
    podUid: uids.get(pid) ?? '',
    containerName: 'main',
  }));
  const { pipeline, rows } = makeHarness();
  const excluded: number[] = [];
  const sink = new ScopedSink(pipeline, scope, (pid) => excluded.push(pid));
  for (const pid of [7, 8]) sink.process(buildProcess({ pid }));
  while (pods.real.podOfUid(own) === undefined || pods.real.podOfUid(other) === undefined) await delay(20);
  sink.tick(200 * MS);
  expect(sink.earliestHeldNs).toBe(0);
  isTold = true;
  sink.tick(400 * MS);
  expect(sink.earliestHeldNs).toBe(Infinity);
  pipeline.stop();
  expect(rows('process_events').map((row) => row['pid'])).toEqual([8]);
  expect(excluded).toEqual([7]);
});
