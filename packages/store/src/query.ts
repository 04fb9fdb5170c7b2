import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { ClickHouseClient, ClickHouseSettings, DataFormat } from '@clickhouse/client';
import { toStatementError, toStoreError } from './clickhouse-error.ts';
import type { StoreClients } from './connection.ts';
import { StoreError } from './errors.ts';
import { findRefusedWord } from './refused-words.ts';

export type QueryParameter = string | number | bigint | boolean | null | readonly QueryParameter[];

/** Lowered at will; for `reader` the server's own profile is the ceiling. */
export interface QueryLimits {
  readonly maxSeconds?: number;
  readonly maxRowsRead?: number;
  readonly maxResultRows?: number;
  readonly maxMemoryBytes?: number;
}

export interface QueryOptions {
  /** Values stand in it as `{name:Type}` only. */
  readonly sql: string;
  readonly params?: Readonly<Record<string, QueryParameter>>;
  readonly limits?: QueryLimits;
  /** `internal` for our own SQL; `reader` for SQL of users, as a user of ClickHouse who may only read. */
  readonly as?: 'internal' | 'reader';
  readonly signal?: AbortSignal;
  readonly queryId?: string;
}

export interface QueryColumn {
  readonly name: string;
  /** ClickHouse type. */
  readonly type: string;
}

export interface QueryAnswer {
  readonly columns: readonly QueryColumn[];
  /** By column position. 64-bit numbers are decimal strings, times `YYYY-MM-DD hh:mm:ss.nnnnnnnnn` in UTC. */
  readonly rows: readonly (readonly unknown[])[];
  readonly elapsedMs: number;
  readonly rowsRead: number;
  readonly bytesRead: number;
}

/** Formats that are passed through as they come from the server. */
export const streamFormats = [
  'JSON',
  'JSONCompact',
  'JSONEachRow',
  'JSONCompactEachRow',
  'CSV',
  'CSVWithNames',
  'TabSeparated',
  'TabSeparatedWithNames',
  'Parquet',
  'ArrowStream',
  'Pretty',
] as const;
export type StreamFormat = (typeof streamFormats)[number];

const internalDefaults: Required<QueryLimits> = {
  maxSeconds: 60,
  maxRowsRead: 20_000_000_000,
  maxResultRows: 10_000_000,
  maxMemoryBytes: 1_000_000_000,
};

function toSettings(limits: QueryLimits): ClickHouseSettings {
  return {
    ...(limits.maxSeconds === undefined ? {} : { max_execution_time: limits.maxSeconds }),
    ...(limits.maxRowsRead === undefined ? {} : { max_rows_to_read: String(limits.maxRowsRead) }),
    ...(limits.maxResultRows === undefined ? {} : { max_result_rows: String(limits.maxResultRows) }),
    ...(limits.maxMemoryBytes === undefined ? {} : { max_memory_usage: String(limits.maxMemoryBytes) }),
  };
}

function internalSettings(limits: QueryLimits): ClickHouseSettings {
  return {
    ...toSettings({ ...internalDefaults, ...limits }),
    output_format_json_quote_64bit_integers: 1,
    cancel_http_readonly_queries_on_client_close: 1,
  };
}

interface Prepared {
  readonly client: ClickHouseClient;
  readonly settings: ClickHouseSettings;
}

/** Who asks and within what. Throws STORE_NO_READER and STORE_FUNCTION_REFUSED. */
function prepare(
  clients: StoreClients,
  options: QueryOptions,
  tenant: ClickHouseClient | undefined,
): Prepared {
  const limits = options.limits ?? {};
  if (options.as !== 'reader') {
    // The profile of a tenant's user has the other settings, and lets no one change them.
    if (tenant !== undefined) return { client: tenant, settings: toSettings(limits) };
    return { client: clients.admin, settings: internalSettings(limits) };
  }
  const client = tenant ?? clients.reader;
  if (client === undefined) throw new StoreError('STORE_NO_READER', 'no read-only user is configured');
  const word = findRefusedWord(options.sql, tenant === undefined ? 'reader' : 'tenant');
  if (word !== undefined) throw new StoreError('STORE_FUNCTION_REFUSED', `"${word}" may not be used here`);
  return { client, settings: toSettings(limits) };
}

/** A statement's own FORMAT would make another answer than the one that is parsed or announced. */
function withoutOwnFormat(sql: string): string {
  const text = sql.trimEnd().replace(/;$/, '');
  if (/\bFORMAT\s+[A-Za-z]+\s*(SETTINGS\b[^']*)?$/i.test(text)) {
    throw new StoreError('STORE_SQL_INVALID', 'the format is chosen outside of the SQL');
  }
  return text;
}

async function send(
  clients: StoreClients,
  options: QueryOptions,
  how: { format: StreamFormat; isWhole: boolean; tenant?: ClickHouseClient | undefined },
) {
  const { client, settings } = prepare(clients, options, how.tenant);
  const queryId = options.queryId ?? randomUUID();
  const stopWatching = killWhenAborted(clients, queryId, options.signal);
  try {
    const result = await client.exec({
      query: withoutOwnFormat(options.sql),
      query_params: options.params ?? {},
      query_id: queryId,
      clickhouse_settings: {
        ...settings,
        // Beside the text, which stays as it was asked: the places of its faults are then in it, and EXPLAIN AST answers.
        default_format: how.format as DataFormat, // Proof: the client's list lacks some that the server has.
        // The server answers only when it knows that there is no error; a stream would break off half-way.
        ...(how.isWhole ? { wait_end_of_query: 1 } : {}),
      },
      ...(options.signal === undefined ? {} : { abort_signal: options.signal }),
    });
    return { stream: result.stream, queryId, stopWatching };
  } catch (error) {
    stopWatching();
    throw toStatementError(error, options.sql);
  }
}

/** The server notices a closed connection late, and never while it waits: so it is told. */
function killWhenAborted(
  clients: StoreClients,
  queryId: string,
  signal: AbortSignal | undefined,
): () => void {
  const kill = () => {
    const query = 'KILL QUERY WHERE query_id = {id:String} ASYNC';
    void clients.admin.command({ query, query_params: { id: queryId } }).catch(() => undefined);
  };
  signal?.addEventListener('abort', kill, { once: true });
  return () => signal?.removeEventListener('abort', kill);
}

/** The answer as bytes in one of the formats. An error after the first bytes breaks the stream. */
export async function queryStream(
  clients: StoreClients,
  options: QueryOptions & { readonly format: StreamFormat },
): Promise<Readable> {
  const { stream, stopWatching } = await send(clients, options, { format: options.format, isWhole: false });
  stream.once('close', stopWatching);
  return stream;
}

/** The whole answer as bytes in one of the formats, asked by the store's own users or by a tenant's. Throws StoreError. */
export async function queryBytes(
  clients: StoreClients,
  options: QueryOptions & { readonly format: StreamFormat },
  tenant?: ClickHouseClient,
): Promise<Buffer> {
  const how = { format: options.format, isWhole: true, tenant };
  const { stream, stopWatching } = await send(clients, options, how);
  try {
    return await readBytes(stream);
  } catch (error) {
    throw toStoreError(error);
  } finally {
    stopWatching();
  }
}

interface JsonCompact {
  readonly meta: readonly QueryColumn[];
  readonly data: readonly (readonly unknown[])[];
  readonly statistics?: { readonly elapsed: number; readonly rows_read: number; readonly bytes_read: number };
  readonly exception?: string;
}

/** Of a whole answer as text; the server's own limit counts columns, which JSON makes longer. */
const MAX_ANSWER_BYTES = 256 * 2 ** 20;

async function readBytes(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer); // Proof: no encoding is set on it.
    bytes += (chunk as Buffer).length;
    if (bytes > MAX_ANSWER_BYTES)
      throw new StoreError('STORE_LIMIT_EXCEEDED', `the answer is longer than ${MAX_ANSWER_BYTES} bytes`);
  }
  return Buffer.concat(chunks);
}

function parseAnswer(text: string): JsonCompact {
  try {
    const answer = JSON.parse(text) as Partial<JsonCompact> | null; // Proof: checked below; a statement may name a format.
    if (answer?.meta !== undefined || answer?.exception !== undefined) return answer as JsonCompact;
  } catch {
    // Not JSON: no format that was asked for here.
  }
  throw new StoreError('STORE_SQL_INVALID', 'the format is chosen outside of the SQL');
}

/** The whole answer, asked by the store's own users or by a tenant's. Throws StoreError. */
export async function queryRows(
  clients: StoreClients,
  options: QueryOptions,
  tenant?: ClickHouseClient,
): Promise<QueryAnswer> {
  const how = { format: 'JSONCompact', isWhole: true, tenant } as const;
  const { stream, stopWatching } = await send(clients, options, how);
  try {
    const answer = parseAnswer((await readBytes(stream)).toString('utf8'));
    if (answer.exception !== undefined)
      throw new StoreError('STORE_QUERY_FAILED', answer.exception.slice(0, 500));
    return {
      columns: answer.meta,
      rows: answer.data,
      elapsedMs: (answer.statistics?.elapsed ?? 0) * 1000,
      rowsRead: answer.statistics?.rows_read ?? 0,
      bytesRead: answer.statistics?.bytes_read ?? 0,
    };
  } catch (error) {
    throw toStoreError(error);
  } finally {
    stopWatching();
  }
}
