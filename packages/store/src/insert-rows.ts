import { collectorRecords } from '@tomte/model';
import type { AnyRecord, CollectorTableName, Column, RowOf } from '@tomte/model';
import { toStoreError } from './clickhouse-error.ts';
import type { StoreClients } from './connection.ts';

export type CollectorRow<T extends CollectorTableName> = RowOf<(typeof collectorRecords)[T]>;

/** Some 5 MB of rows as JSON. */
const MAX_ROWS = 10_000;
const NS_PER_SECOND = 1_000_000_000n;

/**
 * One insert of rows that the collector writes itself. They are few, and the tables take rows that were written before
 * for the same: so an insert whose end is not known is simply made again. Throws StoreError.
 */
export async function insertRows<T extends CollectorTableName>(
  clients: StoreClients,
  table: T,
  rows: readonly CollectorRow<T>[],
): Promise<void> {
  if (rows.length > MAX_ROWS) throw new Error(`insert of ${rows.length} rows is over its bound`);
  const { columns }: AnyRecord = collectorRecords[table];
  try {
    await clients.admin.insert({
      table,
      format: 'JSONEachRow',
      values: rows.map((row) => toJson(row, columns)),
      // Events of a list reach back over midnight.
      clickhouse_settings: { async_insert: 0, max_partitions_per_insert_block: '0' },
    });
  } catch (error) {
    throw toStoreError(error);
  }
}

function toJson(row: object, columns: Readonly<Record<string, Column>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      columns[name]?.type === 'DateTime64(9)' && typeof value === 'bigint' ? timeText(value) : value,
    ]),
  );
}

/** `YYYY-MM-DD hh:mm:ss.nnnnnnnnn` in UTC, the columns' zone: a number of few digits would be read as a date. */
function timeText(ns: bigint): string {
  const second = new Date(Number(ns / NS_PER_SECOND) * 1_000).toISOString().slice(0, 19).replace('T', ' ');
  return `${second}.${(ns % NS_PER_SECOND).toString().padStart(9, '0')}`;
}
