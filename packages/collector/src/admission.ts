import { tableNames } from '@tomte/model';
import type { TableName } from '@tomte/model';
import {
  columnPlans,
  Compression,
  crc32c,
  expandBlocks,
  inspectBlocks,
  MAX_BATCH_ROWS,
  NackReason,
} from '@tomte/wire';
import type { Batch, BlockFaultCode } from '@tomte/wire';

export interface Refusal {
  readonly kind: 'refusal';
  readonly reason: NackReason;
  readonly detail: string;
  /** Another version of the collector may take it. */
  readonly retryable: boolean;
}

export interface Admitted {
  readonly kind: 'admitted';
  readonly table: TableName;
  readonly firstTimeNs: bigint;
  readonly lastTimeNs: bigint;
  readonly columns: string;
  /** Expanded. */
  readonly blocks: Uint8Array;
}

export interface AdmissionContext {
  readonly spoolId: bigint;
  /** The agent's hash of each table that it knows. */
  readonly schemaHashes: ReadonlyMap<string, string>;
  readonly maxBatchBytes: number;
}

/** What else is wrong with a block is malformed. */
const reasonOfFault: Partial<Record<BlockFaultCode, NackReason>> = {
  BLOCK_COLUMN_MISMATCH: NackReason.SCHEMA,
  BLOCK_BATCH_MISMATCH: NackReason.FOREIGN,
};

function refuse(reason: NackReason, detail: string, retryable = false): Refusal {
  return { kind: 'refusal', reason, detail, retryable };
}

/**
 * Looks at every byte of a batch before it may go to the database: sizes, checksum, and that the blocks
 * are what the header says. Pure; the time is linear in the bytes.
 */
export function admit(batch: Batch, context: AdmissionContext): Admitted | Refusal {
  const { payload } = batch;
  const blockBytes = blockBytesOf(batch);
  if (blockBytes > context.maxBatchBytes || batch.rows > MAX_BATCH_ROWS) {
    return refuse(NackReason.OVERSIZED, `${blockBytes} bytes, ${batch.rows} rows`);
  }
  if (!Number.isSafeInteger(batch.seq) || batch.seq < 1 || batch.rows < 1) {
    return refuse(NackReason.MALFORMED, `number ${batch.seq}, ${batch.rows} rows`);
  }
  if (crc32c(payload) !== batch.payloadCrc32c) return refuse(NackReason.CHECKSUM, 'the checksum is wrong');
  const table = tableNames.find((name) => name === batch.table);
  const theirHash = context.schemaHashes.get(batch.table);
  if (table === undefined) {
    // An agent that names its schema is newer than we are; one that does not is wrong.
    return refuse(NackReason.UNKNOWN_TABLE, `no table ${batch.table.slice(0, 64)}`, theirHash !== undefined);
  }
  const expected = {
    spoolId: context.spoolId,
    batchSeq: BigInt(batch.seq),
    rows: batch.rows,
    day: batch.day,
  };
  const blocks = expandBlocks({ compression: batch.compression, blockBytes, payload });
  if (blocks === undefined)
    return refuse(NackReason.MALFORMED, `no ${blockBytes} bytes can be expanded from it`);
  const inspected = inspectBlocks(blocks, columnPlans[table], { expected });
  if (!inspected.ok) {
    const reason = reasonOfFault[inspected.error.code] ?? NackReason.MALFORMED;
    const isOtherSchema = reason === NackReason.SCHEMA && theirHash !== columnPlans[table].hash;
    return refuse(reason, inspected.error.message, isOtherSchema);
  }
  const { firstTimeNs, lastTimeNs, columns } = inspected.value;
  return { kind: 'admitted', table, firstTimeNs, lastTimeNs, columns: columns.join(' '), blocks };
}

/** What the batch takes in memory here, by its own word: more cannot be expanded from it. */
export function blockBytesOf({ compression, blockBytes, payload }: Batch): number {
  return compression === Compression.NONE ? payload.length : Math.max(blockBytes, payload.length);
}
