import { cutTo, widthOf } from './neutral-text.ts';

export interface TableColumn {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** Gives way when the terminal is too narrow. */
  readonly isFlexible?: boolean;
}

export interface Cell {
  /** Neutral text, without colours. */
  readonly text: string;
  /** SGR parameters, such as `31`; undefined for none. */
  readonly color?: string | undefined;
}

export interface TableStyle {
  readonly hasColor: boolean;
  readonly widthColumns: number | undefined;
}

const GAP = '  ';
const LEAST_FLEXIBLE = 8;

/** Aligned lines with a head; each ends in a line feed. */
export function toTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly Cell[])[],
  style: TableStyle,
): string {
  const widths = columnWidths(columns, rows, style.widthColumns);
  const head = columns.map((column) => ({ text: column.title, color: '1' }));
  return tableLines(columns, [head, ...rows], widths, style);
}

/** Widths that a stream of rows keeps, so that its lines stay aligned. */
export function columnWidths(
  columns: readonly TableColumn[],
  rows: readonly (readonly Cell[])[],
  limit: number | undefined,
): readonly number[] {
  const widths = columns.map((column, index) =>
    rows.reduce((most, row) => Math.max(most, widthOf(row[index]?.text ?? '')), widthOf(column.title)),
  );
  if (limit === undefined) return widths;
  const total = widths.reduce((sum, width) => sum + width, 0) + GAP.length * (widths.length - 1);
  let excess = total - limit;
  return widths.map((width, index) => {
    if (excess <= 0 || columns[index]?.isFlexible !== true) return width;
    const cut = Math.min(excess, Math.max(0, width - LEAST_FLEXIBLE));
    excess -= cut;
    return width - cut;
  });
}

export function tableLines(
  columns: readonly TableColumn[],
  rows: readonly (readonly Cell[])[],
  widths: readonly number[],
  style: TableStyle,
): string {
  return rows
    .map((row) => {
      const cells = columns.map((column, index) =>
        paint(row[index], column, widths[index] ?? 0, style.hasColor),
      );
      return `${cells.join(GAP).trimEnd()}\n`;
    })
    .join('');
}

function paint(cell: Cell | undefined, column: TableColumn, width: number, hasColor: boolean): string {
  const text = cutTo(cell?.text ?? '', width);
  const space = ' '.repeat(Math.max(0, width - widthOf(text)));
  const shown = hasColor && cell?.color !== undefined ? `\x1b[${cell.color}m${text}\x1b[0m` : text;
  return column.align === 'right' ? space + shown : shown + space;
}
