import type { OutputColumn } from '@tomte/query';
import type { ComponentChildren } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { Row } from '../api/answer.ts';
import { formatValue } from '../format/value.ts';
import { sortRows } from './sort-rows.ts';

export interface TableColumn {
  readonly name: string;
  readonly title: string;
  readonly shape?: OutputColumn | undefined;
  /** Instead of the formatted value. */
  readonly cell?: (row: Row) => ComponentChildren;
  /** Cannot be sorted by. */
  readonly isPlain?: boolean;
  /** Takes what room is left, and cuts what does not fit. */
  readonly isWide?: boolean;
}

interface TableProps {
  /** What the table is, for those who do not see it. */
  readonly label: string;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly Row[];
  readonly hrefOf?: (row: Row) => string | undefined;
  /** `name` or `-name`; without it rows stand as they came. */
  readonly sort?: string | undefined;
  readonly onSort?: (sort: string) => void;
}

/** A browser draws this many rows at once without a pause. */
const ROWS_AT_ONCE = 200;

export function Table({ label, columns, rows, hrefOf, sort, onSort }: TableProps) {
  const [shownCount, setShownCount] = useState(ROWS_AT_ONCE);
  const sorted = useMemo(() => sortRows(rows, sort), [rows, sort]);
  const shown = sorted.slice(0, shownCount);
  return (
    <div class="table-frame" role="region" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <HeadCell key={column.name} {...{ column, sort, onSort }} />
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((row, index) => (
            <BodyRow key={index} {...{ row, columns }} href={hrefOf?.(row)} />
          ))}
        </tbody>
      </table>
      {rows.length > shownCount && (
        <button class="more" onClick={() => setShownCount(shownCount + ROWS_AT_ONCE)}>
          Show {Math.min(ROWS_AT_ONCE, rows.length - shownCount)} more of {rows.length} rows
        </button>
      )}
    </div>
  );
}

const isNumeric = ({ shape }: TableColumn): boolean =>
  shape?.json === 'number' && shape.semantic !== 'status_code';

interface HeadCellProps {
  readonly column: TableColumn;
  readonly sort: string | undefined;
  readonly onSort: ((sort: string) => void) | undefined;
}

function HeadCell({ column, sort, onSort }: HeadCellProps) {
  const { name, title, shape } = column;
  const kind = `${isNumeric(column) ? 'number' : ''}${column.isWide === true ? ' wide' : ''}`;
  if (onSort === undefined || column.isPlain === true)
    return (
      <th class={kind} scope="col" title={shape?.meaning}>
        {title}
      </th>
    );
  const direction = sort === name ? 'ascending' : sort === `-${name}` ? 'descending' : undefined;
  const next =
    direction === 'descending' || (direction === undefined && !isNumeric(column)) ? name : `-${name}`;
  return (
    <th class={kind} scope="col" aria-sort={direction ?? 'none'}>
      <button class="sort" title={shape?.meaning} onClick={() => onSort(next)}>
        {title}
        <span aria-hidden="true" class="arrow">
          {direction === 'ascending' ? '↑' : direction === 'descending' ? '↓' : ''}
        </span>
      </button>
    </th>
  );
}

interface BodyRowProps {
  readonly row: Row;
  readonly columns: readonly TableColumn[];
  readonly href: string | undefined;
}

/** The first cell holds the link; a click anywhere in the row follows it. */
function BodyRow({ row, columns, href }: BodyRowProps) {
  const follow = (event: MouseEvent): void => {
    const isOnControl = event.target instanceof Element && event.target.closest('a, button') !== null;
    if (href === undefined || isOnControl || String(getSelection()) !== '') return;
    if (event.ctrlKey || event.metaKey) window.open(href, '_blank', 'noopener');
    else location.hash = href;
  };
  return (
    <tr class={href === undefined ? undefined : 'linked'} onClick={follow}>
      {columns.map((column, index) => {
        const content = column.cell?.(row) ?? formatValue(row[column.name], column.shape);
        const kind = `${isNumeric(column) ? 'number' : ''}${column.isWide === true ? ' wide' : ''}`;
        return (
          <td
            key={column.name}
            class={kind}
            title={typeof content === 'string' && column.isWide === true ? content : undefined}
          >
            {index === 0 && href !== undefined ? <a href={href}>{content}</a> : content}
          </td>
        );
      })}
    </tr>
  );
}
