import { columnWidths, type Cell, type TableColumn } from './table.ts';

const GAP_COLUMNS = 2;
const LEAST_FLEXIBLE = 8;

export interface FittedTable<Column extends TableColumn> {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** Columns that say something and found no room. */
  readonly leftOut: readonly string[];
}

/** Leaves out the columns in which no row says anything, then the last ones, until the rest fits. */
export function fitColumns<Column extends TableColumn>(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  limit: number | undefined,
): FittedTable<Column> {
  const widths = columnWidths(columns, rows, undefined);
  const speaking = columns
    .map((_, index) => index)
    .filter((index) => rows.length === 0 || rows.some((row) => row[index]?.text !== '-'));
  const kept: number[] = [];
  let used = -GAP_COLUMNS;
  for (const index of speaking) {
    const width = widths[index] ?? 0;
    used += GAP_COLUMNS + (columns[index]?.isFlexible === true ? Math.min(width, LEAST_FLEXIBLE) : width);
    if (limit !== undefined && used > limit && kept.length > 0) break;
    kept.push(index);
  }
  const pick = <T>(of: readonly T[]): readonly T[] => of.filter((_, index) => kept.includes(index));
  return {
    columns: pick(columns),
    rows: rows.map(pick),
    leftOut: speaking.filter((index) => !kept.includes(index)).map((index) => columns[index]?.title ?? ''),
  };
}
