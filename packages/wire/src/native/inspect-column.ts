import type { BlockCursor } from './block-cursor.ts';
import { blockFault } from './block-fault.ts';
import type { BlockFault } from './block-fault.ts';
import type { BlockType, PlannedColumn } from './column-plan.ts';
import { MAX_MAP_ENTRIES } from './map-column.ts';

const fixedBytes: Readonly<Partial<Record<BlockType, number>>> = {
  UInt8: 1,
  UInt16: 2,
  UInt32: 4,
  UInt64: 8,
  Int32: 4,
  'DateTime64(9)': 8,
  IPv6: 16,
};

function inspectBytesUpTo(
  cursor: BlockCursor,
  rows: number,
  check: { name: string; max: number },
): BlockFault | undefined {
  const start = cursor.skip(rows);
  if (cursor.isPastEnd || cursor.largestByte(start, rows) <= check.max) return undefined;
  return blockFault('BLOCK_VALUE_INVALID', check.name);
}

function inspectNullable(
  cursor: BlockCursor,
  rows: number,
  column: { name: string; size: number },
): BlockFault | undefined {
  const fault = inspectBytesUpTo(cursor, rows, { name: column.name, max: 1 });
  cursor.skip(rows * column.size);
  return fault;
}

function inspectStrings(
  cursor: BlockCursor,
  count: number,
  check: { name: string; max: number },
): BlockFault | undefined {
  const longest = cursor.skipStrings(count, check.max);
  return longest > check.max ? blockFault('BLOCK_TOO_LARGE', `a string of ${check.name}`) : undefined;
}

function inspectMap(
  cursor: BlockCursor,
  rows: number,
  check: { name: string; max: number },
): BlockFault | undefined {
  const start = cursor.skip(rows * 8);
  if (cursor.isPastEnd) return undefined;
  const entries = cursor.mapEntries(start, rows, MAX_MAP_ENTRIES);
  if (entries === undefined) return blockFault('BLOCK_VALUE_INVALID', check.name);
  return inspectStrings(cursor, entries, check) ?? inspectStrings(cursor, entries, check);
}

/**
 * Walks over the values of one column and checks what the server would not: numbers of enums, flags,
 * offsets, lengths. Running past the end is left for the caller to see on the cursor.
 */
export function inspectColumn(
  cursor: BlockCursor,
  column: PlannedColumn,
  size: { readonly rows: number; readonly maxStringBytes: number },
): BlockFault | undefined {
  const { rows } = size;
  const { name } = column;
  switch (column.type) {
    case 'String':
      return inspectStrings(cursor, rows, { name, max: size.maxStringBytes });
    case 'Map(String, String)':
      return inspectMap(cursor, rows, { name, max: size.maxStringBytes });
    case 'Bool':
      return inspectBytesUpTo(cursor, rows, { name, max: 1 });
    case 'Int8':
      return inspectBytesUpTo(cursor, rows, { name, max: (column.values?.length ?? 128) - 1 });
    case 'Nullable(UInt16)':
      return inspectNullable(cursor, rows, { name, size: 2 });
    case 'Nullable(UInt32)':
      return inspectNullable(cursor, rows, { name, size: 4 });
    case 'Nullable(UInt64)':
      return inspectNullable(cursor, rows, { name, size: 8 });
    default:
      cursor.skip(rows * (fixedBytes[column.type] ?? 0));
      return undefined;
  }
}
