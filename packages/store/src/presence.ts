import { records } from '@tomte/model';
import type { TableName } from '@tomte/model';
import { toStoreError } from './clickhouse-error.ts';
import type { StoreClients } from './connection.ts';
import { onCluster, systemTable } from './spread-tables.ts';

/** Batches of one spool in one partition, and where their rows must lie. */
export interface PresenceQuestion {
  readonly table: TableName;
  readonly spoolId: bigint;
  readonly batchSeqs: readonly bigint[];
  /** Range of the time column over all of these batches, nanoseconds since the Unix epoch. */
  readonly firstTimeNs: bigint;
  readonly lastTimeNs: bigint;
}

/** Rows stored of each batch; a batch without any is absent. Throws StoreError. */
export async function countRows(
  clients: StoreClients,
  question: PresenceQuestion,
): Promise<ReadonlyMap<bigint, number>> {
  const time = records[question.table].timeColumn;
  const query = `SELECT toString(batch_seq) AS seq, toString(count()) AS rows
    FROM ${question.table}
    WHERE ${time} >= fromUnixTimestamp64Nano({first:Int64}, 'UTC')
      AND ${time} <= fromUnixTimestamp64Nano({last:Int64}, 'UTC')
      AND batch_seq IN ({seqs:Array(UInt64)})
      AND spool_id = {spool:UInt64}
    GROUP BY batch_seq`;
  const query_params = {
    first: question.firstTimeNs,
    last: question.lastTimeNs,
    seqs: question.batchSeqs,
    spool: question.spoolId,
  };
  try {
    const result = await clients.admin.query({ query, query_params, format: 'JSONEachRow' });
    const counted = await result.json<{ seq: string; rows: string }>();
    return new Map(counted.map((row) => [BigInt(row.seq), Number(row.rows)]));
  } catch (error) {
    throw toStoreError(error);
  }
}

/** Whether a query of that id, or whose id begins so, still runs on the server. Throws StoreError. */
export async function isQueryRunning(
  clients: StoreClients,
  id: { readonly queryId: string } | { readonly prefix: string },
): Promise<boolean> {
  const condition =
    'queryId' in id ? 'initial_query_id = {id:String}' : 'startsWith(initial_query_id, {id:String})';
  const query = `SELECT count() FROM ${systemTable('processes', clients.cluster, 'servers')}
    WHERE ${condition} AND initial_query_id != initialQueryID()`;
  try {
    const query_params = { id: 'queryId' in id ? id.queryId : id.prefix };
    const result = await clients.admin.query({ query, query_params, format: 'JSONCompactEachRow' });
    const [row] = await result.json<[number | string]>();
    return Number(row?.[0] ?? 0) > 0;
  } catch (error) {
    throw toStoreError(error);
  }
}

/** Ends a query and waits until it has ended. Throws StoreError. */
export async function killQuery(clients: StoreClients, queryId: string): Promise<void> {
  try {
    await clients.admin.command({
      query: `KILL QUERY${onCluster(clients.cluster)} WHERE initial_query_id = {id:String} SYNC`,
      query_params: { id: queryId },
    });
  } catch (error) {
    throw toStoreError(error);
  }
}
