import type { OutputColumn } from '@tomte/query';
import type { Row } from '../api/answer.ts';
import { useViews } from '../api/use-answer.ts';
import { formatValue } from '../format/value.ts';
import { linkOf } from './value-link.ts';

interface FactsProps {
  readonly title: string;
  readonly row: Row;
  readonly names: readonly string[];
}

/** Values of a row with their names; what is empty is left out, the meaning of each is its tooltip. */
export function Facts({ title, row, names }: FactsProps) {
  const columns = useViews().data?.find(({ name }) => name === 'requests')?.columns ?? {};
  const known = names.filter((name) => row[name] !== '' && row[name] !== null && row[name] !== undefined);
  return (
    <section class="box">
      <h2>{title}</h2>
      {known.length === 0 ? (
        <p class="quiet">Nothing is known of it.</p>
      ) : (
        <dl class="facts">
          {known.map((name) => (
            <div key={name}>
              <dt title={columns[name]?.meaning}>{name}</dt>
              <dd>{shown(name, row, columns[name])}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

function shown(name: string, row: Row, column: OutputColumn | undefined) {
  const words = formatValue(row[name], column);
  const href = linkOf(name, row[name], column);
  return href === undefined ? words : <a href={href}>{words}</a>;
}
