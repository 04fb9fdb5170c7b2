import type { Column, ColumnValue } from './column.ts';

export interface RecordDefinition<Columns extends Readonly<Record<string, Column>>> {
  /** Table name, snake_case, plural. */
  readonly table: string;
  /** One paragraph: what one row is. */
  readonly meaning: string;
  readonly columns: Columns;
  /** The column that partitions the table by day and that every time range filters. */
  readonly timeColumn: keyof Columns & string;
  /** Sorting key, with the reason in `orderByWhy`. Expressions over columns are allowed. */
  readonly orderBy: readonly string[];
  readonly orderByWhy: string;
  /** Days that rows are kept by default; configuration may change it. */
  readonly ttlDays: number;
  /**
   * Rows with the same sorting key are one: the one with the greatest `version` stays. By day, or in one partition where
   * the time column of a row can change.
   */
  readonly replacing?: { readonly version: string; readonly isByDay: boolean };
  /** SQL over the columns: only rows for which it is so expire. */
  readonly expiresWhere?: string;
  /** Skip indexes: `INDEX name expression TYPE type GRANULARITY n`. */
  readonly indexes?: readonly string[];
}

/** A record whose columns are not known to the compiler: what generators and generic codecs take. */
export interface AnyRecord extends Omit<RecordDefinition<Readonly<Record<string, Column>>>, 'timeColumn'> {
  readonly timeColumn: string;
}

/** The columns that are sent and stored: all but those that the table computes. */
export type SentColumns<Columns> = {
  [
    Name in keyof Columns as Columns[Name] extends { readonly computed: string } ? never : Name
  ]: Columns[Name];
};

/** The row type of a record, by inference. */
export type RowOf<R> =
  R extends RecordDefinition<infer Columns>
    ? {
        -readonly [Name in keyof SentColumns<Columns>]: SentColumns<Columns>[Name] extends Column
          ? ColumnValue<SentColumns<Columns>[Name]>
          : never;
      }
    : never;

/** Defines a stored record: the single source of its type, table, encoder and documentation. */
export function defineRecord<const Columns extends Readonly<Record<string, Column>>>(
  definition: RecordDefinition<Columns>,
): RecordDefinition<Columns> {
  return definition;
}
