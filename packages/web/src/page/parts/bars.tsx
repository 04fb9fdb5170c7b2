import type { Row } from '../api/answer.ts';

interface BarsProps {
  readonly rows: readonly Row[];
  readonly label: string;
  readonly value: string;
  readonly title: string;
  readonly write: (value: number) => string;
}

const MAX_BARS = 10;

/** The largest values, side by side. */
export function Bars({ rows, label, value, title, write }: BarsProps) {
  const known = rows.filter((row) => typeof row[value] === 'number');
  const shown = known.toSorted((a, b) => Number(b[value]) - Number(a[value])).slice(0, MAX_BARS);
  const most = Math.max(...shown.map((row) => Number(row[value])), 0);
  if (most <= 0) return null;
  return (
    <figure class="bars">
      <figcaption>{title}</figcaption>
      <ol>
        {shown.map((row, index) => (
          <li key={index}>
            <span class="name">{String(row[label] ?? '') || '(unknown)'}</span>
            <span class="bar" aria-hidden="true">
              <span style={{ width: `${(Math.max(0, Number(row[value])) / most) * 100}%` }} />
            </span>
            <span class="number">{write(Number(row[value]))}</span>
          </li>
        ))}
      </ol>
      {known.length > MAX_BARS && (
        <p class="quiet">
          The {MAX_BARS} largest of {known.length}.
        </p>
      )}
    </figure>
  );
}
