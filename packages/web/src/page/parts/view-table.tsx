import type { Row, ViewDescription } from '../api/answer.ts';
import { formatRatio, formatValue } from '../format/value.ts';
import { Status } from './status.tsx';
import { Table, type TableColumn } from './table.tsx';
import { linkOf } from './value-link.ts';
import { hrefOfLink, hrefOfRow, titleOfColumn } from './view-link.ts';

interface ViewTableProps {
  readonly view: ViewDescription;
  readonly rows: readonly Row[];
  readonly sort?: string | undefined;
  readonly onSort?: (sort: string) => void;
}

/** The rows of any view, each value by what its column declares; what is empty in all rows has no column. */
export function ViewTable({ view, rows, sort, onSort }: ViewTableProps) {
  const names = Object.keys(view.columns).filter(
    (name) => name !== 'id' && rows.some((row) => isTold(row[name])),
  );
  const isLinked = rows.some((row) => hrefOfRow(view, row) !== undefined);
  const columns = names.map((name, index) => columnOf(name, view, isLinked && index === 0));
  return (
    <Table
      label={view.title}
      columns={columns}
      rows={rows}
      sort={sort}
      {...(onSort === undefined ? {} : { onSort })}
      hrefOf={(row) => hrefOfRow(view, row)}
    />
  );
}

function isTold(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

const MAX_CHARACTERS = 120;

/** Where the row itself leads somewhere, its first cell holds that link and no other. */
function columnOf(name: string, view: ViewDescription, isRowLink: boolean): TableColumn {
  const shape = view.columns[name];
  const links = (view.links ?? []).filter(({ column }) => column === name);
  return {
    name,
    title: titleOfColumn(name, view.columns),
    shape,
    cell: (row) => {
      if (name === 'status_code' && 'outcome' in row) return <Status row={row} />;
      const value = row[name];
      const words =
        shape?.semantic === 'ratio' && typeof value === 'number'
          ? formatRatio(value)
          : formatValue(value, shape);
      const cut = words.length > MAX_CHARACTERS ? `${words.slice(0, MAX_CHARACTERS)}…` : words;
      const hrefs = links.map((link) => ({ title: link.title, href: hrefOfLink(link, row) }));
      const [first] = hrefs;
      const href = first?.href ?? linkOf(name, value, shape);
      if (!isTold(value) || href === undefined || isRowLink)
        return <span title={cut === words ? undefined : words}>{cut}</span>;
      return (
        <>
          <a href={href} title={first?.title}>
            {cut}
          </a>
          {hrefs
            .slice(1)
            .map(
              (other) =>
                other.href !== undefined && <MoreLink key={other.title} {...other} href={other.href} />,
            )}
        </>
      );
    },
  };
}

function MoreLink({ title, href }: { readonly title: string; readonly href: string }) {
  return (
    <a class="more-link" href={href} title={title} aria-label={title}>
      ›
    </a>
  );
}
