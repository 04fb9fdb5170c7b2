import type { InsertResult, Store } from '@tomte/store';
import type { TableName } from '@tomte/model';
import type { ReceivedBatch } from './received-batch.ts';

/** Every insert of every collector: `tomte-ingest.<table>.<collector>.<number>…`. */
const QUERY_PREFIX = 'tomte-ingest';

export function queryPrefixOf(table: TableName): string {
  return `${QUERY_PREFIX}.${table}.`;
}

/** What the collector needs of ClickHouse. Methods reject when the server cannot be asked. */
export interface BatchStore {
  /** One atomic insert; tells its failures by value. */
  insert(batches: readonly ReceivedBatch[], attempt: InsertAttempt): Promise<InsertResult>;
  /** Rows stored by batch number, of one spool and one table; absent when there are none. */
  countRows(batches: readonly ReceivedBatch[]): Promise<ReadonlyMap<number, number>>;
  isQueryRunning(queryId: string): Promise<boolean>;
  /** Ids of inserts into the table that run now, of any collector. */
  runningInserts(table: TableName): Promise<readonly string[]>;
  killQuery(queryId: string): Promise<void>;
}

export interface InsertAttempt {
  readonly queryId: string;
  readonly token: string;
  readonly timeoutMs: number;
}

function rangeOf(batches: readonly ReceivedBatch[]): { firstTimeNs: bigint; lastTimeNs: bigint } {
  const [first] = batches;
  let firstTimeNs = first?.firstTimeNs ?? 0n;
  let lastTimeNs = first?.lastTimeNs ?? 0n;
  for (const batch of batches) {
    if (batch.firstTimeNs < firstTimeNs) firstTimeNs = batch.firstTimeNs;
    if (batch.lastTimeNs > lastTimeNs) lastTimeNs = batch.lastTimeNs;
  }
  return { firstTimeNs, lastTimeNs };
}

/** The store's ClickHouse as the collector sees it. */
export function toBatchStore(store: Store): BatchStore {
  return {
    async insert(batches, attempt) {
      const table = batches[0]?.table;
      if (table === undefined) return { kind: 'committed' };
      return store.insertBatches(table, batches, attempt);
    },
    async countRows(batches) {
      const [first] = batches;
      if (first === undefined) return new Map();
      const batchSeqs = batches.map((batch) => BigInt(batch.seq));
      const question = { table: first.table, spoolId: first.spoolId, batchSeqs, ...rangeOf(batches) };
      const counted = await store.countRows(question);
      return new Map([...counted].map(([seq, rows]) => [Number(seq), rows]));
    },
    isQueryRunning: (queryId) => store.isQueryRunning({ queryId }),
    async runningInserts(table) {
      const sql = 'SELECT query_id FROM system.processes WHERE startsWith(query_id, {prefix:String})';
      const { rows } = await store.query({ sql, params: { prefix: queryPrefixOf(table) } });
      return rows.map(([id]) => String(id));
    },
    killQuery: (queryId) => store.killQuery(queryId),
  };
}
