import assert from 'node:assert/strict';
import type { Cluster } from '../../cluster/cluster.ts';
import { service, workload } from '../../cluster/workload.ts';
import type { Api } from '../../harness/api.ts';

export const namespace = 'failures';
const STORED_MS = 180_000;

/** Who asks and who answers are on the control plane: a drain of the worker leaves both. */
export async function open(cluster: Cluster): Promise<void> {
  await cluster.freshNamespace(namespace);
  const node = cluster.controlPlane;
  await cluster.apply(
    workload({ namespace, name: 'target', command: ['go-service'], node, port: 8080 }),
    service({ namespace, name: 'target', port: 80, targetPort: 8080 }),
    workload({ namespace, name: 'asker', command: ['sleep', 'infinity'], node }),
  );
  for (const name of ['target', 'asker']) await cluster.rolledOut(namespace, `deployment/${name}`);
  await cluster.reaches({ namespace, pod: 'deployment/asker' }, 'target 80');
}

/**
 * A shell's loop of so many requests, one after the other. The name is looked up once: a drain takes the cluster's name
 * servers away for some seconds, which is no failure of ours.
 */
export function requests(path: string, count: number, pauseSeconds: number): string {
  return (
    `address=$(getent hosts target | cut -d ' ' -f 1) && for i in $(seq ${count}); ` +
    `do curl -sSf http://$address/${path} >/dev/null || exit 1; sleep ${pauseSeconds}; done`
  );
}

/** Sends requests for some seconds, and does something meanwhile. */
export async function sendDuring(
  cluster: Cluster,
  path: string,
  count: number,
  meanwhile: () => Promise<unknown>,
): Promise<void> {
  const script = requests(path, count, 0.05);
  const sending = cluster.exec({ namespace, pod: 'deployment/asker' }, 'sh', '-c', script);
  await Promise.all([sending, meanwhile()]);
}

/** Rows of both ends, each once. */
export async function storedOnce(cluster: Cluster, api: Api, path: string, count: number): Promise<void> {
  const found = await cluster.until(
    `both ends of ${count} requests of /${path}`,
    () => countRows(api, path).catch(() => undefined),
    (counted) => counted !== undefined && counted.rows >= 2 * count,
    STORED_MS,
  );
  assert.deepEqual(found, { rows: 2 * count, distinct: 2 * count }, `/${path} at both ends, each once`);
}

export async function countRows(api: Api, path: string): Promise<{ rows: number; distinct: number }> {
  const [row = {}] = await api.rows(
    `SELECT toUInt32(count()) AS rows, toUInt32(uniqExact(spool_id, connection_id, exchange_index, role)) AS distinct
     FROM requests WHERE path = {path:String} AND k8s_unresolved_reason = ''`,
    { path: `/${path}` },
  );
  return { rows: Number(row['rows']), distinct: Number(row['distinct']) };
}
