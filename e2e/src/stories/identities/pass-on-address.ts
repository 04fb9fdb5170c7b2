import assert from 'node:assert/strict';
import type { Cluster, Manifest } from '../../cluster/cluster.ts';
import { workloadPod } from '../../cluster/workload.ts';
import type { Api } from '../../harness/api.ts';
import { namespace } from './cases.ts';

const COUNT = 19;
const STORED_MS = 60_000;
/** Where the plugin host-local remembers what it gave last: `NETWORK/last_reserved_ip.0` and a file an address. */
const IPAM_FOLDER = '/run/cni-ipam-state/tomte-e2e';

/**
 * Two pods of one node, one after the other, with one address: the second asks as soon as it lives, some seconds after
 * the first had asked for the last time.
 */
export async function passOnAddress(cluster: Cluster, api: Api): Promise<void> {
  const first = await askFrom(cluster, 'heir-before');
  await cluster.kubectl('delete', 'pod', '-n', namespace, 'heir-before', '--now', '--wait');
  await giveNext(cluster, first);
  const second = await askFrom(cluster, 'heir-after');
  assert.equal(second, first, 'the second pod has the address of the first');
  for (const name of ['heir-before', 'heir-after']) await check(cluster, api, name, first);
  await checkHistory(cluster, api, first);
}

async function askFrom(cluster: Cluster, name: string): Promise<string> {
  const script = `for i in $(seq ${COUNT}); do curl -sf --retry 9 --retry-connrefused http://target/${name} >/dev/null || exit 1; done; touch /tmp/done; sleep 3600`;
  await cluster.apply(podOf(name, cluster.worker.name, ['sh', '-c', script]));
  await cluster.waitFor(namespace, `pod/${name}`, 'condition=Ready');
  await cluster.until(
    `end of the requests of ${name}`,
    async () =>
      (await cluster.tryKubectl(['exec', '-n', namespace, name, '--', 'test', '-e', '/tmp/done'])).exitCode,
    (exitCode) => exitCode === 0,
  );
  const [pod] = await cluster.pods(namespace, `app=${name}`);
  return pod?.address ?? '';
}

function podOf(name: string, node: string, command: readonly string[]): Manifest {
  const { metadata, spec } = workloadPod({ namespace, name, command }) as {
    readonly metadata: object;
    readonly spec: object;
  }; // Proof: a pod template.
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, namespace, name },
    spec: { ...spec, nodeName: node },
  };
}

/** Addresses are given in turn, so that the one after the last reserved is the next. */
async function giveNext(cluster: Cluster, address: string): Promise<void> {
  const parts = address.split('.');
  const before = [...parts.slice(0, 3), String(Number(parts[3]) - 1)].join('.');
  await cluster.onNode(cluster.worker, 'sh', '-c', `printf %s ${before} > ${IPAM_FOLDER}/last_reserved_ip.0`);
}

async function check(cluster: Cluster, api: Api, name: string, address: string): Promise<void> {
  const sql = `SELECT role, k8s_pod_name AS own, peer_k8s_pod_name AS peer, peer_unresolved_reason AS reason,
      replaceOne(toString(client_address), '::ffff:', '') AS address
    FROM requests WHERE path = {path:String}`;
  const rows = await cluster.until(
    `both ends of ${COUNT} requests of ${name}`,
    () => api.rows(sql, { path: `/${name}` }),
    (found) => found.length >= 2 * COUNT,
    STORED_MS,
  );
  assert.equal(rows.length, 2 * COUNT);
  for (const row of rows) {
    // A pod may ask before kubelet has told of its address: then the row says so, and the history knows afterwards.
    const isNotYetKnown = row['role'] === 'server' && row['reason'] === 'not_yet_known';
    const asked = row['role'] === 'client' ? row['own'] : row['peer'];
    assert.equal(asked, isNotYetKnown ? '' : name, `who asked, at the ${String(row['role'])}`);
    assert.equal(row['address'], address);
  }
}

/**
 * After the fact the history names the same: who held the address when each of the requests began. It is written some
 * seconds after it happened, and may come behind the requests.
 */
async function checkHistory(cluster: Cluster, api: Api, address: string): Promise<void> {
  const sql = `SELECT DISTINCT r.path AS path, e.name AS holder FROM requests AS r
    INNER JOIN (SELECT * FROM k8s_entities FINAL WHERE kind = 'Pod' AND has(addresses, toIPv6({address:String}))) AS e
      ON e.k8s_namespace_name = {namespace:String}
    WHERE r.role = 'server' AND r.path IN ('/heir-before', '/heir-after')
      AND r.start_time >= e.valid_from AND (e.valid_to = toDateTime64(0, 9) OR r.start_time < e.valid_to)
    ORDER BY path`;
  const rows = await cluster.until(
    'history of both pods',
    () => api.rows(sql, { address: `::ffff:${address}`, namespace }),
    (found) => found.length >= 2,
    STORED_MS,
  );
  assert.deepEqual(
    rows.map(({ path, holder }) => [path, holder]),
    [
      ['/heir-after', 'heir-after'],
      ['/heir-before', 'heir-before'],
    ],
  );
}
