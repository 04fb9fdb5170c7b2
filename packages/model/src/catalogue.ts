import type { Column } from './column.ts';
import { storedRecords } from './records/index.ts';
import type { StoredTableName } from './records/index.ts';
import type { AnyRecord } from './record.ts';

/** A stored column with its name and table: what front ends format, sort, link and document by. */
export interface CatalogueColumn extends Column {
  readonly table: StoredTableName;
  readonly name: string;
}

export interface CatalogueTable {
  readonly table: StoredTableName;
  readonly meaning: string;
  readonly timeColumn: string;
  readonly ttlDays: number;
  /** In the order of the table. */
  readonly columns: readonly CatalogueColumn[];
}

function toCatalogueTable(table: StoredTableName): CatalogueTable {
  const record: AnyRecord = storedRecords[table];
  const columns = Object.entries(record.columns).map(([name, column]) => ({ ...column, table, name }));
  return { table, meaning: record.meaning, timeColumn: record.timeColumn, ttlDays: record.ttlDays, columns };
}

const storedTables = Object.keys(storedRecords) as readonly StoredTableName[]; // Proof: its own keys.

/** Every table and column that can be asked for; identifiers of a query come from here only. */
export const catalogue: readonly CatalogueTable[] = storedTables.map(toCatalogueTable);

/** Undefined when there is no such table or column. */
export function findColumn(table: string, name: string): CatalogueColumn | undefined {
  return catalogue.find((entry) => entry.table === table)?.columns.find((column) => column.name === name);
}
