import { storedRecords } from '@tomte/model';
import type { AnyRecord, StoredTableName } from '@tomte/model';
import { toStoreError } from './clickhouse-error.ts';
import type { StoreClients } from './connection.ts';
import { localTable } from './spread-tables.ts';

export type RetainedTable =
  | StoredTableName
  | 'service_1m_data'
  | 'edge_1m_data'
  | 'endpoint_1m_data'
  | 'process_1m_data'
  | 'rollup_minutes';
export type Retention = Readonly<Record<RetainedTable, number>>;

const ROLLUP_DAYS = 90;
/** The TTL is a DateTime, whose 32 bits end in the year 2106. */
export const MAX_RETENTION_DAYS = 20_000;

/** Days that the rows of each table are kept: the records' own, and 90 for the rollups. */
export function defaultRetention(): Retention {
  const base = Object.values(storedRecords).map((record): [string, number] => [record.table, record.ttlDays]);
  return {
    ...Object.fromEntries(base),
    service_1m_data: ROLLUP_DAYS,
    edge_1m_data: ROLLUP_DAYS,
    endpoint_1m_data: ROLLUP_DAYS,
    process_1m_data: ROLLUP_DAYS,
    rollup_minutes: ROLLUP_DAYS,
  } as Retention; // Proof: every record has its table's name.
}

const known: Readonly<Record<string, AnyRecord>> = storedRecords;

/** As the server writes it back, so that both can be compared. */
function ttlClause(table: string, days: number): string {
  const record = known[table];
  const from = record === undefined ? 'minute' : `toDateTime(${record.timeColumn})`;
  const limit = record?.expiresWhere === undefined ? '' : ` WHERE ${record.expiresWhere}`;
  return `${from} + toIntervalDay(${days})${limit}`;
}

/** Sets the TTL of each table where it is another; returns the tables that were changed. */
export async function applyRetention(
  clients: StoreClients,
  retention: Retention,
): Promise<readonly string[]> {
  try {
    const query = 'SELECT name, engine_full AS engine FROM system.tables WHERE database = currentDatabase()';
    const result = await clients.admin.query({ query, format: 'JSONEachRow' });
    const engines = new Map(
      (await result.json<{ name: string; engine: string }>()).map((row) => [row.name, row.engine]),
    );
    const stale = Object.entries(retention).filter(([table, days]) => {
      const engine = engines.get(localTable(table, clients.cluster));
      return engine !== undefined && !engine.includes(`TTL ${ttlClause(table, days)} SETTINGS`);
    });
    for (const [table, days] of stale) {
      // Parts expire as a whole, so old ones need no rewriting for a new TTL.
      const alter = `ALTER TABLE ${localTable(table, clients.cluster)} MODIFY TTL ${ttlClause(table, days)}`;
      await clients.admin.command({ query: alter, clickhouse_settings: { materialize_ttl_after_modify: 0 } });
    }
    return stale.map(([table]) => table);
  } catch (error) {
    throw toStoreError(error);
  }
}
