import type { Row } from '../api/answer.ts';
import { formatCount } from '../format/value.ts';

interface ColumnsProps {
  readonly rows: readonly Row[];
  readonly upper: string;
  readonly value: string;
  readonly title: string;
  readonly write: (value: number) => string;
}

/** How many lie in each range of values; the last has no end. */
export function Columns({ rows, upper, value, title, write }: ColumnsProps) {
  const most = Math.max(...rows.map((row) => Number(row[value])), 1);
  return (
    <figure class="columns">
      <figcaption>{title}</figcaption>
      <ol>
        {rows.map((row, index) => {
          const end = row[upper] === null ? '∞' : write(Number(row[upper]));
          const count = formatCount(Number(row[value]));
          return (
            <li key={index} title={`${count} up to ${end}`}>
              <span class="count">{count}</span>
              <span
                class="bar"
                aria-hidden="true"
                style={{ height: `${(Number(row[value]) / most) * 110}px` }}
              />
              <span class="end">{end}</span>
            </li>
          );
        })}
      </ol>
    </figure>
  );
}
