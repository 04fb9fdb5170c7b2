import assert from 'node:assert/strict';
import type { Cluster } from '../../cluster/cluster.ts';
import type { Api } from '../../harness/api.ts';
import { namespace } from './cases.ts';

const SCALED_COUNT = 97;
const ROLLED_COUNT = 211;
const STORED_MS = 60_000;
const asker = { namespace, pod: 'deployment/asker' };

/** Rows by pod, once there are as many as were sent. */
async function rowsByPod(
  cluster: Cluster,
  api: Api,
  path: string,
  count: number,
): Promise<ReadonlyMap<string, number>> {
  const rows = await cluster.until(
    `${count} rows of /${path}`,
    () =>
      api.rows(
        `SELECT k8s_pod_name AS pod, toUInt32(count()) AS count FROM requests
         WHERE path = {path:String} AND role = 'server' GROUP BY pod`,
        { path: `/${path}` },
      ),
    (found) => found.reduce((sum, row) => sum + Number(row['count']), 0) >= count,
    STORED_MS,
  );
  return new Map(rows.map((row) => [String(row['pod']), Number(row['count'])]));
}

/** Each replica's own log says how many it answered. */
export async function scaleOut(cluster: Cluster, api: Api): Promise<void> {
  const script = `for i in $(seq ${SCALED_COUNT}); do curl -sf http://scaled/scaled >/dev/null || exit 1; done`;
  await cluster.exec(asker, 'sh', '-c', script);
  const pods = await cluster.pods(namespace, 'app=scaled');
  const logged = await Promise.all(
    pods.map(async ({ name }) => {
      const log = await cluster.kubectl('logs', '-n', namespace, name, '--tail=-1');
      return [name, log.split('\n').filter((line) => line.includes('"/scaled"')).length] as const;
    }),
  );
  const found = await rowsByPod(cluster, api, 'scaled', SCALED_COUNT);
  assert.deepEqual(new Map([...found].sort()), new Map([...logged].sort().filter(([, count]) => count > 0)));
}

/** While all pods of a deployment are replaced, each request belongs to one of the old or the new ones. */
export async function rollOver(cluster: Cluster, api: Api): Promise<void> {
  const before = await cluster.pods(namespace, 'app=scaled');
  const script =
    `n=0; while [ $n -lt ${ROLLED_COUNT} ]; do ` +
    'curl -sf --max-time 2 http://scaled/rolled >/dev/null && n=$((n+1)); sleep 0.05; done';
  const sending = cluster.exec(asker, 'sh', '-c', script);
  await cluster.kubectl('rollout', 'restart', '-n', namespace, 'deployment/scaled');
  await sending;
  await cluster.rolledOut(namespace, 'deployment/scaled');
  const after = await cluster.pods(namespace, 'app=scaled');
  const found = await rowsByPod(cluster, api, 'rolled', ROLLED_COUNT);
  const names = new Set([...before, ...after].map(({ name }) => name));
  assert.deepEqual(
    [...found.keys()].filter((name) => !names.has(name)),
    [],
    'pods of another name',
  );
  assert.ok(
    [...found.keys()].some((name) => after.some((pod) => pod.name === name)),
    'new pods have answered',
  );
  // A request that its pod answered while it ended may have failed at curl: then it was sent again.
  const total = [...found.values()].reduce((sum, count) => sum + count, 0);
  assert.ok(total >= ROLLED_COUNT && total < ROLLED_COUNT + 10, `${total} of ${ROLLED_COUNT}`);
}
