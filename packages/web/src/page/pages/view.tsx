import type { ViewDescription } from '../api/answer.ts';
import { useView, useViews } from '../api/use-answer.ts';
import { type Condition, readCondition, writeCondition } from '../data/where.ts';
import { FilterBar } from '../parts/filter-bar.tsx';
import { Panel } from '../parts/panel.tsx';
import { ParameterForm } from '../parts/parameter-form.tsx';
import { Empty, Loading, ProblemBox } from '../parts/states.tsx';
import { ViewChart } from '../parts/view-chart.tsx';
import { viewParameters } from '../parts/view-link.ts';
import { ViewTable } from '../parts/view-table.tsx';
import { changed, go, linkTo, type Query, usePlace } from '../state/location.ts';
import { useRange } from '../state/range.tsx';

/** Any view by its declaration: parameters, conditions, chart, table, links to others. */
export function View() {
  const { data, error } = useViews();
  const name = usePlace().query.get('name') ?? '';
  if (error !== null) return <ProblemBox thrown={error} />;
  if (data === undefined) return <Loading />;
  const view = data.find((one) => one.name === name);
  if (view !== undefined) return <Known key={name} view={view} />;
  return (
    <Empty title={`There is no view “${name}”`}>
      <a class="button" href={linkTo('views')}>
        All views
      </a>
    </Empty>
  );
}

function Known({ view }: { readonly view: ViewDescription }) {
  const range = useRange();
  const { query } = usePlace();
  const given = viewParameters(query);
  const missing = Object.entries(view.params).filter(
    ([name, param]) => param.type === 'text' && param.isRequired === true && (given[name]?.[0] ?? '') === '',
  );
  const conditions = Object.entries(given)
    .filter(([name]) => !Object.hasOwn(view.params, name))
    .flatMap(([name, values]) => values.flatMap((value) => readCondition(`${name}=${value}`) ?? []));
  return (
    <>
      <header class="page-head">
        <h1>{view.title}</h1>
        <p class="quiet">{view.meaning}</p>
      </header>
      {Object.keys(view.params).length > 0 && <ParameterForm view={view} given={given} />}
      <FilterBar
        columns={filterColumns(view)}
        conditions={conditions}
        onChange={(next) => go(changed(conditionQuery(conditions, next)))}
      />
      {missing.length > 0 ? (
        <Empty title={`Give ${missing.map(([name]) => name).join(' and ')}`}>
          {missing.map(([name, { meaning }]) => (
            <p key={name}>{meaning}</p>
          ))}
        </Empty>
      ) : (
        <Answered view={view} range={range} parameters={given} sort={query.get('sort') ?? undefined} />
      )}
    </>
  );
}

interface AnsweredProps {
  readonly view: ViewDescription;
  readonly range: ReturnType<typeof useRange>;
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  readonly sort: string | undefined;
}

function Answered({ view, range, parameters, sort }: AnsweredProps) {
  const answer = useView(view.name, parameters, range);
  return (
    <Panel
      title={
        <>
          {answer.data?.row_count ?? ''} rows <small>from {answer.data?.source ?? view.record}</small>
        </>
      }
      query={answer}
      loadingRows={8}
    >
      {({ data }) =>
        data.length === 0 ? (
          <Empty title="No rows in this time" />
        ) : (
          <>
            <ViewChart view={view} rows={data} range={range} />
            <ViewTable
              view={view}
              rows={data}
              sort={sort}
              onSort={(next) => go(changed({ sort: next }), 'replace')}
            />
          </>
        )
      }
    </Panel>
  );
}

/** What can be filtered on: columns of the record, described where the answer has them too. */
function filterColumns({ filters, columns }: ViewDescription): ViewDescription['columns'] {
  const unknown = { semantic: 'text', json: 'string', meaning: '' } as const;
  return Object.fromEntries(filters.map((name) => [name, columns[name] ?? unknown]));
}

/** The address with the new conditions in place of the old ones. */
function conditionQuery(before: readonly Condition[], after: readonly Condition[]): Query {
  const query: Record<string, string[] | undefined> = {};
  const split = (condition: Condition): readonly [string, string] => {
    const stored = writeCondition(condition);
    const at = stored.indexOf('=', stored.indexOf(']') + 1);
    return [`p.${stored.slice(0, at)}`, stored.slice(at + 1)];
  };
  for (const condition of before) query[split(condition)[0]] = undefined;
  for (const condition of after) {
    const [name, value] = split(condition);
    query[name] = [...(query[name] ?? []), value];
  }
  return query;
}
