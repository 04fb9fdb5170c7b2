import {
  type QueryAnswer,
  type QueryOptions,
  type ScopedReaders,
  type Store,
  StoreError,
} from '@tomte/store';
import { apiError } from './errors.ts';
import type { BytesFormat, SqlColumn, SqlResult, SqlRow, SqlRunner, SqlStatement } from './sql-runner.ts';

/** Runs statements on the store, and gives its values the API's form. */
export function storeRunner(store: Store, queryTimeoutMs: number, readers?: ScopedReaders): SqlRunner {
  const maxSeconds = Math.ceil(queryTimeoutMs / 1_000);
  return {
    run: (statement) => run(askerOf(store, readers, statement), statement, maxSeconds),
    bytes: (statement, format) =>
      bytesAskerOf(
        store,
        readers,
        statement,
      )({ ...optionsOf(statement, maxSeconds), format }).catch((thrown: unknown) => {
        throw statement.as === 'stranger' ? toStatementError(thrown) : thrown;
      }),
    async ping() {
      if (await store.ping()) return;
      throw apiError('API_STORE_SILENT', 'ClickHouse does not answer', {
        remedy: 'Check that it runs; `tomte status`.',
      });
    },
  };
}

type Ask = (options: QueryOptions) => Promise<QueryAnswer>;

/** Never falls back to everything: a scope that nobody can serve is an error. */
function askerOf(store: Store, readers: ScopedReaders | undefined, { scope }: SqlStatement): Ask {
  if (scope === undefined) return (options) => store.query(options);
  if (readers !== undefined) return (options) => readers.query(scope, options);
  return () => Promise.reject(new StoreError('STORE_NO_TENANTS', 'nobody asks for a part of the rows here'));
}

type AskBytes = (options: QueryOptions & { readonly format: BytesFormat }) => Promise<Uint8Array>;

function bytesAskerOf(store: Store, readers: ScopedReaders | undefined, { scope }: SqlStatement): AskBytes {
  if (scope === undefined) return (options) => store.queryBytes(options);
  if (readers !== undefined) return (options) => readers.queryBytes(scope, options);
  return () => Promise.reject(new StoreError('STORE_NO_TENANTS', 'nobody asks for a part of the rows here'));
}

function optionsOf(
  { sql, params, signal, maxResultRows, as }: SqlStatement,
  maxSeconds: number,
): QueryOptions {
  const limits = { maxSeconds, ...(maxResultRows === undefined ? {} : { maxResultRows }) };
  return { sql, params, signal, as: as === 'stranger' ? 'reader' : 'internal', limits };
}

async function run(ask: Ask, statement: SqlStatement, maxSeconds: number): Promise<SqlResult> {
  const isStranger = statement.as === 'stranger';
  const answer = await ask(optionsOf(statement, maxSeconds)).catch((thrown: unknown) => {
    throw isStranger ? toStatementError(thrown) : thrown;
  });
  const shapes = answer.columns.map((column) => shapeOf(column, isStranger));
  return {
    meta: answer.columns,
    rows: answer.rows.map((row) => toRow(answer.columns, shapes, row)),
    statistics: {
      elapsed: answer.elapsedMs / 1_000,
      rows_read: statement.scope === undefined ? answer.rowsRead : null,
      bytes_read: statement.scope === undefined ? answer.bytesRead : null,
    },
  };
}

/** What the server refuses for a reason that is not known here lies in the stranger's statement, not in the server. */
function toStatementError(thrown: unknown): unknown {
  if (!(thrown instanceof StoreError) || thrown.code !== 'STORE_QUERY_FAILED') return thrown;
  if (thrown.clickhouseCode === undefined) return thrown;
  const position = thrown.position === undefined ? {} : { position: thrown.position };
  return new StoreError('STORE_SQL_INVALID', thrown.message, { cause: thrown, ...position });
}

type Shape = (value: unknown) => unknown;

const asIs: Shape = (value) => value;
/** Our own columns of 64 bits are counts, sizes and durations: exact up to 2⁵³. Identifiers are text by then. */
const asNumber: Shape = (value) => (typeof value === 'string' ? Number(value) : value);
/** ClickHouse's `2026-01-02 03:04:05.123456789` in UTC → RFC 3339. */
const asRfc3339: Shape = (value) => (typeof value === 'string' ? `${value.replace(' ', 'T')}Z` : value);

function shapeOf({ type }: SqlColumn, isStranger: boolean): Shape {
  const plain = type.replace(/^(?:LowCardinality|Nullable)\((.*)\)$/, '$1');
  const hasZone = /^DateTime64\(\d+, '(?!UTC')/.test(plain) || /^DateTime\('(?!UTC')/.test(plain);
  if (plain.startsWith('DateTime') && !hasZone) return asRfc3339;
  return !isStranger && /^U?Int64$/.test(plain) ? asNumber : asIs;
}

/** A row by names. Of columns with the same name the last one stands, as in ClickHouse's own JSON. */
function toRow(columns: readonly SqlColumn[], shapes: readonly Shape[], values: readonly unknown[]): SqlRow {
  // An assignment to `__proto__` would set the row's prototype.
  return Object.fromEntries(columns.map(({ name }, index) => [name, shapes[index]?.(values[index])]));
}
