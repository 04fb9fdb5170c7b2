import { tableNames } from '@tomte/model';
import type { Api } from '../../harness/api.ts';

/** A batch as it is stored. */
export interface StoredBatch {
  readonly table: string;
  /** Decimal: it has 64 bits. */
  readonly spoolId: string;
  readonly seq: number;
  readonly rows: number;
  /** The least number of times that any row of it is there: 2 when the batch was stored twice. */
  readonly copies: number;
}

/** Every batch of every table. A row is compared as a whole, so the check knows nothing of what it means. */
export async function readBatches(api: Api): Promise<readonly StoredBatch[]> {
  const batches: StoredBatch[] = [];
  for (const table of tableNames) {
    const rows = await api.rows(
      `SELECT toString(spool_id) AS spool, toUInt32(batch_seq) AS seq, toUInt32(sum(times)) AS row_count,
              toUInt32(min(times)) AS copies
       FROM (SELECT spool_id, batch_seq, cityHash64(toString(tuple(*))) AS row_hash, count() AS times
             FROM ${table} GROUP BY spool_id, batch_seq, row_hash)
       GROUP BY spool_id, batch_seq ORDER BY spool, seq`,
    );
    for (const row of rows) {
      const [seq, count, copies] = [Number(row['seq']), Number(row['row_count']), Number(row['copies'])];
      batches.push({ table, spoolId: String(row['spool']), seq, rows: count, copies });
    }
  }
  return batches;
}

/** Numbers of one spool: each from 1 to the highest once, in one table, with every row once. */
export function findBatchProblems(batches: readonly StoredBatch[]): readonly string[] {
  const problems: string[] = [];
  const bySeq = new Map<number, StoredBatch>();
  for (const batch of batches) {
    const before = bySeq.get(batch.seq);
    if (before !== undefined)
      problems.push(`batch ${batch.seq} stands in ${before.table} and in ${batch.table}`);
    if (batch.copies > 1)
      problems.push(`batch ${batch.seq} of ${batch.table} is stored ${batch.copies} times`);
    bySeq.set(batch.seq, batch);
  }
  const highest = Math.max(0, ...bySeq.keys());
  for (let seq = 1; seq <= highest; seq += 1)
    if (!bySeq.has(seq)) problems.push(`batch ${seq} of ${highest} is missing`);
  return problems;
}

/** Rows that name the same exchange at the same end. */
export async function findDoubledExchanges(api: Api): Promise<readonly string[]> {
  const rows = await api.rows(
    `SELECT toString(connection_id) AS connection, exchange_index, CAST(role, 'String') AS end, count() AS copies
     FROM requests GROUP BY spool_id, connection_id, exchange_index, role HAVING copies > 1 LIMIT 1000`,
  );
  return rows.map(
    (row) => `exchange ${row['connection']}/${row['exchange_index']} ${row['end']}: ${row['copies']} rows`,
  );
}
