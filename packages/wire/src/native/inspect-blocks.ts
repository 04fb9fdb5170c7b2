import { fail, succeed } from '@tomte/kit';
import type { Outcome } from '@tomte/kit';
import { BlockCursor } from './block-cursor.ts';
import { blockFault } from './block-fault.ts';
import type { BlockFault } from './block-fault.ts';
import { dayOf } from './column-plan.ts';
import type { ColumnPlan, PlannedColumn } from './column-plan.ts';
import { inspectColumn } from './inspect-column.ts';
import { MAX_STRING_BYTES } from './string-column.ts';

export interface BlockInspectionLimits {
  readonly maxRows: number;
  readonly maxBlocks: number;
  readonly maxStringBytes: number;
}

export const defaultInspectionLimits: BlockInspectionLimits = {
  maxRows: 1_000_000,
  maxBlocks: 64,
  maxStringBytes: MAX_STRING_BYTES,
};

/** What the batch's header says; each is compared with the rows themselves. */
export interface ExpectedBatch {
  readonly spoolId: bigint;
  readonly batchSeq: bigint;
  readonly rows: number;
  /** UTC day of every row, days since the Unix epoch. */
  readonly day: number;
}

export interface InspectedBlocks {
  readonly rows: number;
  readonly blocks: number;
  readonly firstTimeNs: bigint;
  readonly lastTimeNs: bigint;
  /**
   * Names of the columns, in the order of the blocks: an agent older than the collector lacks some of the
   * plan's, and the table's defaults fill them. Equal in all blocks of the payload.
   */
  readonly columns: readonly string[];
}

interface Inspection {
  readonly cursor: BlockCursor;
  readonly plan: ColumnPlan;
  readonly limits: BlockInspectionLimits;
  readonly expected: ExpectedBatch;
}

interface BlockRange {
  readonly rows: number;
  readonly first: bigint;
  readonly last: bigint;
  readonly columns: readonly string[];
}

const MAX_NAME_BYTES = 128;

/** The next column of the plan with the name and type that stand at the cursor; columns in between are left out. */
function nextPlanned(
  inspection: Inspection,
  from: number,
): { column: PlannedColumn; index: number } | undefined {
  const name = inspection.cursor.name(MAX_NAME_BYTES);
  const type = inspection.cursor.name(MAX_NAME_BYTES);
  const { columns } = inspection.plan;
  for (let index = from; index < columns.length; index += 1) {
    const column = columns[index];
    if (column?.name === name) return column?.type === type && column ? { column, index } : undefined;
  }
  return undefined;
}

/** The columns without which rows cannot be told apart, placed or taken back. */
function lacksNeeded(plan: ColumnPlan, columns: readonly string[]): boolean {
  return ![plan.timeColumn, 'agent_id', 'spool_id', 'batch_seq'].every((name) => columns.includes(name));
}

function checkBatchColumn(inspection: Inspection, name: string, place: { start: number; rows: number }) {
  const { spoolId, batchSeq } = inspection.expected;
  const value = name === 'spool_id' ? spoolId : batchSeq;
  if (inspection.cursor.isConstant(place.start, place.rows, value)) return undefined;
  return blockFault('BLOCK_BATCH_MISMATCH', name);
}

function inspectOneBlock(inspection: Inspection): Outcome<BlockRange, BlockFault> {
  const { cursor, plan, limits } = inspection;
  const columnCount = cursor.varUint();
  const rows = cursor.varUint();
  if (cursor.isPastEnd) return fail(blockFault('BLOCK_TRUNCATED', 'counts'));
  if (columnCount > plan.columns.length)
    return fail(blockFault('BLOCK_COLUMN_MISMATCH', `${columnCount} columns`));
  if (rows === 0) return fail(blockFault('BLOCK_EMPTY', plan.table));
  if (rows > limits.maxRows) return fail(blockFault('BLOCK_TOO_LARGE', `${rows} rows`));
  const columns: string[] = [];
  let range = { first: 0n, last: 0n };
  let planIndex = 0;
  for (let count = 0; count < columnCount; count += 1) {
    const planned = nextPlanned(inspection, planIndex);
    if (cursor.isPastEnd) return fail(blockFault('BLOCK_TRUNCATED', 'column header'));
    if (planned === undefined)
      return fail(blockFault('BLOCK_COLUMN_MISMATCH', `column ${count} of ${plan.table}`));
    const { column } = planned;
    const start = cursor.at;
    const fault = inspectColumn(cursor, column, { rows, maxStringBytes: limits.maxStringBytes });
    if (fault !== undefined) return fail(fault);
    if (cursor.isPastEnd) return fail(blockFault('BLOCK_TRUNCATED', column.name));
    if (column.name === plan.timeColumn) range = cursor.signedRange(start, rows);
    if (column.name === 'spool_id' || column.name === 'batch_seq') {
      const mismatch = checkBatchColumn(inspection, column.name, { start, rows });
      if (mismatch !== undefined) return fail(mismatch);
    }
    columns.push(column.name);
    planIndex = planned.index + 1;
  }
  if (lacksNeeded(plan, columns))
    return fail(blockFault('BLOCK_COLUMN_MISMATCH', 'a needed column is absent'));
  return succeed({ rows, ...range, columns });
}

function merge(before: BlockRange | undefined, block: BlockRange): BlockRange | undefined {
  if (before === undefined) return block;
  const hasSameColumns =
    before.columns.length === block.columns.length &&
    before.columns.every((name, index) => name === block.columns[index]);
  if (!hasSameColumns) return undefined;
  return {
    rows: before.rows + block.rows,
    first: block.first < before.first ? block.first : before.first,
    last: block.last > before.last ? block.last : before.last,
    columns: before.columns,
  };
}

function checkTotals(total: BlockRange, expected: ExpectedBatch): BlockFault | undefined {
  if (total.rows !== expected.rows) {
    return blockFault('BLOCK_ROWS_MISMATCH', `${total.rows} instead of ${expected.rows}`);
  }
  if (dayOf(total.first) !== expected.day || dayOf(total.last) !== expected.day) {
    return blockFault('BLOCK_TIME_MISMATCH', `rows outside of day ${expected.day}`);
  }
  return undefined;
}

/**
 * Checks bytes from the network before they go to the database: one or more Native blocks of the plan's
 * table, consumed to the last byte. Never throws; the time is linear in the bytes, the memory constant.
 */
export function inspectBlocks(
  bytes: Uint8Array,
  plan: ColumnPlan,
  options: { readonly expected: ExpectedBatch; readonly limits?: BlockInspectionLimits },
): Outcome<InspectedBlocks, BlockFault> {
  const limits = options.limits ?? defaultInspectionLimits;
  const inspection = { cursor: new BlockCursor(bytes), plan, limits, expected: options.expected };
  let total: BlockRange | undefined;
  let blocks = 0;
  while (!inspection.cursor.isAtEnd) {
    const block = inspectOneBlock(inspection);
    if (!block.ok) return block;
    blocks += 1;
    total = merge(total, block.value);
    if (total === undefined)
      return fail(blockFault('BLOCK_COLUMN_MISMATCH', 'blocks with different columns'));
    if (blocks > limits.maxBlocks || total.rows > limits.maxRows) {
      return fail(blockFault('BLOCK_TOO_LARGE', `${blocks} blocks, ${total.rows} rows`));
    }
  }
  if (total === undefined) return fail(blockFault('BLOCK_EMPTY', plan.table));
  const fault = checkTotals(total, options.expected);
  if (fault !== undefined) return fail(fault);
  return succeed({
    rows: total.rows,
    blocks,
    firstTimeNs: total.first,
    lastTimeNs: total.last,
    columns: total.columns,
  });
}
