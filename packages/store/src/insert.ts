import { Readable } from 'node:stream';
import type { ClickHouseSettings } from '@clickhouse/client';
import { records, type TableName } from '@tomte/model';
import { clickhouseNumber, toStoreError } from './clickhouse-error.ts';
import type { StoreClients } from './connection.ts';
import { StoreError } from './errors.ts';

/** Payload of one batch, as sealed by an agent and inspected by the collector. */
export interface InsertBatch {
  /** Native blocks. */
  readonly payload: Uint8Array;
  readonly rows: number;
}

export interface InsertOptions {
  /** Unique to this attempt; `isQueryRunning` and `killQuery` take it. */
  readonly queryId: string;
  /** The same for each attempt of the same set of batches, never for another set. */
  readonly token: string;
  /** Then the answer is `unknown`; default 60,000. */
  readonly timeoutMs?: number;
}

export type InsertResult =
  | { readonly kind: 'committed' }
  /** The server has read the rows and will never take them: quarantine. Nothing of it is stored. */
  | { readonly kind: 'refused'; readonly error: StoreError }
  /** It may or may not be stored, now or in a moment: count before sending again. */
  | { readonly kind: 'unknown'; readonly error: StoreError };

/**
 * Bounds of one insert. The server squashes all blocks of a request into one part as long as neither of
 * its `min_insert_block_size_*` is reached, and only one part is atomic; so both are set out of reach, and
 * these bounds keep the memory in check (the server holds the columns about twice).
 */
export const MAX_INSERT_BYTES = 64 * 2 ** 20;
export const MAX_INSERT_ROWS = 1_000_000;

const OUT_OF_REACH = '1000000000000';

const insertSettings: ClickHouseSettings = {
  async_insert: 0,
  insert_deduplicate: 1,
  max_insert_threads: '1',
  max_insert_block_size: OUT_OF_REACH,
  min_insert_block_size_rows: OUT_OF_REACH,
  min_insert_block_size_bytes: OUT_OF_REACH,
  max_partitions_per_insert_block: '1',
  throw_on_max_partitions_per_insert_block: true,
  input_format_parallel_parsing: 0,
  wait_end_of_query: 1,
};

/**
 * A block of another table must not pass as one that lacks most columns. Only where the table computes what older
 * agents still send is that passed over: the blocks were inspected before.
 */
function skipsUnknown(table: TableName): 0 | 1 {
  return Object.values(records[table].columns).some((column) => 'computed' in column) ? 1 : 0;
}

/** Errors about the rows themselves: the same bytes fail for ever. */
const refusals: ReadonlySet<number> = new Set([
  6, 8, 10, 16, 20, 27, 33, 34, 41, 50, 53, 69, 70, 72, 117, 131, 349, 432, 691,
]);

function toFailure(thrown: unknown): InsertResult {
  const error = toStoreError(thrown);
  const number = clickhouseNumber(thrown);
  if (number !== undefined && refusals.has(number)) {
    return {
      kind: 'refused',
      error: new StoreError('STORE_INSERT_REFUSED', error.message, { cause: thrown, clickhouseCode: number }),
    };
  }
  const options = number === undefined ? { cause: thrown } : { cause: thrown, clickhouseCode: number };
  return { kind: 'unknown', error: new StoreError('STORE_INSERT_UNKNOWN', error.message, options) };
}

function isTooLarge(batches: readonly InsertBatch[]): boolean {
  const bytes = batches.reduce((total, batch) => total + batch.payload.length, 0);
  const rows = batches.reduce((total, batch) => total + batch.rows, 0);
  return bytes > MAX_INSERT_BYTES || rows > MAX_INSERT_ROWS;
}

/**
 * One synchronous insert of batches of one table and one day: all of it becomes one part, or nothing does.
 * Throws only when the bounds are broken, which is the caller's defect.
 */
export async function insertBatches(
  clients: StoreClients,
  target: { readonly table: TableName; readonly batches: readonly InsertBatch[] },
  options: InsertOptions,
): Promise<InsertResult> {
  if (isTooLarge(target.batches))
    throw new Error(`insert of ${target.batches.length} batches is over its bounds`);
  const timeout = AbortSignal.timeout(options.timeoutMs ?? 60_000);
  try {
    const { stream } = await clients.admin.exec({
      query: `INSERT INTO ${target.table} FORMAT Native`,
      values: Readable.from(target.batches.map((batch) => batch.payload)),
      query_id: options.queryId,
      abort_signal: timeout,
      clickhouse_settings: {
        ...insertSettings,
        input_format_skip_unknown_fields: skipsUnknown(target.table),
        insert_deduplication_token: options.token,
      },
    });
    for await (const chunk of stream) void chunk;
    return { kind: 'committed' };
  } catch (error) {
    return toFailure(error);
  }
}
