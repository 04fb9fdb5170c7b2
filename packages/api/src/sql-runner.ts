import type { ReadScope } from '@tomte/store';

/** One statement to run, with its server-side parameters. */
export interface SqlStatement {
  readonly sql: string;
  readonly params: Readonly<Record<string, string>>;
  /** `views`: our own text, 64-bit numbers as numbers. `stranger`: the read-only user, 64-bit numbers as strings. */
  readonly as: 'views' | 'stranger';
  /** Rows of the result at most, for a stranger's text; more is an error of the server, never a cut. */
  readonly maxResultRows?: number;
  readonly signal: AbortSignal;
  /** What of the rows is seen; without it all of them. */
  readonly scope?: ReadScope;
}

export interface SqlColumn {
  readonly name: string;
  readonly type: string;
}

export type SqlRow = Readonly<Record<string, unknown>>;

export interface SqlResult {
  readonly meta: readonly SqlColumn[];
  readonly rows: readonly SqlRow[];
  /** What was read is null where that would tell of rows which the asker may not see. */
  readonly statistics: {
    readonly elapsed: number;
    readonly rows_read: number | null;
    readonly bytes_read: number | null;
  };
}

/** Formats that ClickHouse writes itself. */
export type BytesFormat = 'ArrowStream';

/** What the API needs of the store. Rejects with an AppError. */
export interface SqlRunner {
  run(statement: SqlStatement): Promise<SqlResult>;
  /** The answer as bytes of a format that ClickHouse writes. */
  bytes(statement: SqlStatement, format: BytesFormat): Promise<Uint8Array>;
  /** Rejects when no query can be answered now. */
  ping(signal: AbortSignal): Promise<void>;
}
