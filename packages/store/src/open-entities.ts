import { toStoreError } from './clickhouse-error.ts';
import type { StoreClients } from './connection.ts';
import type { CollectorRow } from './insert-rows.ts';

/** As many as a collector knows. */
const MAX_ROWS = 250_000;

export type OpenEntity = Omit<CollectorRow<'k8s_entities'>, 'valid_to' | 'observed'>;

/** What stands open in `k8s_entities`: a collector that starts ends what has gone meanwhile. Throws StoreError. */
export async function readOpenEntities(
  clients: StoreClients,
  clusterName: string,
): Promise<readonly OpenEntity[]> {
  try {
    const result = await clients.admin.query({
      query: `SELECT k8s_cluster_name, kind, uid, k8s_namespace_name, name, k8s_node_name, addresses, k8s_workload_kind,
          k8s_workload_name, services, labels, annotations, toUnixTimestamp64Nano(valid_from) AS from_ns
        FROM k8s_entities FINAL
        WHERE k8s_cluster_name = {cluster:String} AND valid_to = toDateTime64(0, 9)
        LIMIT {limit:UInt32}`,
      query_params: { cluster: clusterName, limit: MAX_ROWS },
      format: 'JSONEachRow',
    });
    const rows = await result.json<Omit<OpenEntity, 'valid_from'> & { from_ns: string }>();
    return rows.map(({ from_ns, ...row }) => ({ ...row, valid_from: BigInt(from_ns) }));
  } catch (error) {
    throw toStoreError(error);
  }
}
