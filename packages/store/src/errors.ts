import { AppError } from '@tomte/kit';
import type { AppErrorOptions, ErrorFamily } from '@tomte/kit';

/** Every error of the store: who can mend it, and how. */
export const storeErrors = {
  STORE_EMBEDDED_MISSING: {
    family: 'operational',
    remedy:
      'Install the optional package `chdb` for this platform, or point to a server with --clickhouse URL.',
  },
  STORE_EMBEDDED_FAILED: {
    family: 'operational',
    remedy: 'Read the message of ClickHouse; free the port or the disk.',
  },
  STORE_DATA_DIR_BUSY: {
    family: 'user',
    remedy: 'Stop the other Tomte that uses this data directory, or give another one with --data.',
  },
  STORE_UNREACHABLE: {
    family: 'operational',
    remedy: 'Check that ClickHouse runs and that the address is right.',
  },
  STORE_ACCESS_DENIED: { family: 'user', remedy: 'Ask only for the tables of Tomte, with SELECT.' },
  STORE_FUNCTION_REFUSED: {
    family: 'user',
    remedy: 'Leave out what reads files or other servers, sets limits, or is not bounded by them.',
  },
  STORE_READ_ONLY: { family: 'user', remedy: 'Only reading is allowed here; limits cannot be raised.' },
  STORE_SQL_SYNTAX: { family: 'user', remedy: 'Mend the SQL at the position given.' },
  STORE_SQL_INVALID: { family: 'user', remedy: 'Mend the SQL: see the catalogue for tables and columns.' },
  STORE_PARAMETER_INVALID: { family: 'user', remedy: 'Give each parameter in the form of its type.' },
  STORE_LIMIT_EXCEEDED: { family: 'user', remedy: 'Ask for a shorter time range or fewer rows.' },
  STORE_QUERY_CANCELLED: { family: 'operational', remedy: 'Ask again.' },
  STORE_NO_READER: { family: 'user', remedy: 'Configure a read-only user of ClickHouse for SQL of users.' },
  STORE_NO_TENANTS: {
    family: 'operational',
    remedy:
      "Make the tenants' users of ClickHouse and give their password (TOMTE_CLICKHOUSE_TENANT_PASSWORD); " +
      'until then only those who may see all namespaces and their content can ask.',
  },
  STORE_SCOPE_INVALID: { family: 'unexpected', remedy: 'Report it: such a scope is never made.' },
  STORE_SCOPES_BUSY: { family: 'operational', remedy: 'Ask again in a moment.' },
  STORE_QUERY_FAILED: {
    family: 'operational',
    remedy: 'Try again; if it stays, read the log of ClickHouse.',
  },
  STORE_INSERT_REFUSED: {
    family: 'operational',
    remedy: 'The rows do not fit the table: is the agent newer than the store?',
  },
  STORE_INSERT_UNKNOWN: {
    family: 'operational',
    remedy: 'Count the rows of the batches before sending them again.',
  },
  STORE_MIGRATION_CHANGED: {
    family: 'unexpected',
    remedy: 'Migrations that were applied never change: restore the file and add a new one.',
  },
  STORE_MIGRATION_NEWER: {
    family: 'user',
    remedy: 'Start a Tomte that is at least as new as the one that made this store.',
  },
  STORE_MIGRATION_LOCKED: {
    family: 'operational',
    remedy: 'Another collector is migrating: wait and start again.',
  },
  STORE_MIGRATION_FAILED: {
    family: 'operational',
    remedy: 'Read the message of ClickHouse, mend the cause, start again.',
  },
} as const satisfies Readonly<Record<string, { readonly family: ErrorFamily; readonly remedy: string }>>;

export type StoreErrorCode = keyof typeof storeErrors;

/** Line and column, from 1, of a fault in the SQL. */
export interface SqlPosition {
  readonly line: number;
  readonly column: number;
}

export interface StoreErrorOptions extends Pick<AppErrorOptions, 'cause'> {
  readonly position?: SqlPosition;
  /** ClickHouse's own number, such as 241. */
  readonly clickhouseCode?: number;
}

export class StoreError extends AppError {
  declare readonly code: StoreErrorCode;
  readonly position: SqlPosition | undefined;
  readonly clickhouseCode: number | undefined;

  constructor(code: StoreErrorCode, facts: string, options: StoreErrorOptions = {}) {
    super(code, facts, { ...storeErrors[code], cause: options.cause });
    this.position = options.position;
    this.clickhouseCode = options.clickhouseCode;
  }
}
