import type { Column } from './column.ts';
import { records, tableNames } from './records/index.ts';
import type { TableName } from './records/index.ts';
import type { AnyRecord } from './record.ts';

/** A stored column with its name and table: what front ends format, sort, link and document by. */
export interface CatalogueColumn extends Column {
  readonly table: TableName;
  readonly name: string;
}

export interface CatalogueTable {
  readonly table: TableName;
  readonly meaning: string;
  readonly timeColumn: string;
  readonly ttlDays: number;
  /** In the order of the table. */
  readonly columns: readonly CatalogueColumn[];
}

function toCatalogueTable(table: TableName): CatalogueTable {
  const record: AnyRecord = records[table];
  const columns = Object.entries(record.columns).map(([name, column]) => ({ ...column, table, name }));
  return { table, meaning: record.meaning, timeColumn: record.timeColumn, ttlDays: record.ttlDays, columns };
}

/** Every table and column that can be asked for; identifiers of a query come from here only. */
export const catalogue: readonly CatalogueTable[] = tableNames.map(toCatalogueTable);

/** Undefined when there is no such table or column. */
export function findColumn(table: string, name: string): CatalogueColumn | undefined {
  return catalogue.find((entry) => entry.table === table)?.columns.find((column) => column.name === name);
}
