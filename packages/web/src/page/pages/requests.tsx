import { useInfiniteQuery } from '@tanstack/preact-query';
import { useMemo } from 'preact/hooks';
import type { ViewDescription } from '../api/answer.ts';
import { askView } from '../api/client.ts';
import { useSql, useViews } from '../api/use-answer.ts';
import { facetsOf, volumeOf } from '../data/facets.ts';
import { type Condition, readCondition, toParameters, writeCondition } from '../data/where.ts';
import { CompletenessBadge } from '../parts/completeness.tsx';
import { Facets } from '../parts/facets.tsx';
import { FilterBar } from '../parts/filter-bar.tsx';
import { Icon } from '../parts/icon.tsx';
import { LiveList } from '../parts/live-list.tsx';
import { RequestTable } from '../parts/request-table.tsx';
import { Empty, Loading, NoRequests, ProblemBox } from '../parts/states.tsx';
import { VolumeChart } from '../parts/volume-chart.tsx';
import { changed, go, usePlace } from '../state/location.ts';
import { useRange } from '../state/range.tsx';

/** Every request one by one, the newest first. */
export function Requests() {
  const views = useViews();
  const view = views.data?.find(({ name }) => name === 'requests');
  if (views.error !== null) return <ProblemBox thrown={views.error} />;
  return view === undefined ? <Loading rows={12} /> : <Explorer view={view} />;
}

const PAGE_ROWS = 100;

function Explorer({ view }: { readonly view: ViewDescription }) {
  const { query } = usePlace();
  const texts = query.getAll('f');
  const conditions = useMemo(() => texts.flatMap((text) => readCondition(text) ?? []), [texts.join('\n')]);
  const isLive = query.get('live') === '1';
  const change = (next: readonly Condition[]): void => go(changed({ f: next.map(writeCondition) }));
  return (
    <>
      <div class="filter-row">
        <FilterBar columns={view.columns} conditions={conditions} onChange={change} />
        <button
          class={`live${isLive ? ' on' : ''}`}
          aria-pressed={isLive}
          onClick={() => go(changed({ live: isLive ? undefined : '1' }))}
        >
          <Icon name="play" /> Live
        </button>
      </div>
      <div class="explorer">
        <Aside {...{ view, conditions }} onChange={change} />
        <div class="list">
          {isLive ? (
            <LiveList conditions={conditions} />
          ) : (
            <>
              <Volume {...{ view, conditions }} />
              <List conditions={conditions} />
            </>
          )}
        </div>
      </div>
    </>
  );
}

interface PartProps {
  readonly view: ViewDescription;
  readonly conditions: readonly Condition[];
}

function Aside({
  view,
  conditions,
  onChange,
}: PartProps & { readonly onChange: (next: readonly Condition[]) => void }) {
  const range = useRange();
  const { data } = useSql(
    useMemo(() => facetsOf(range, conditions, view.columns), [range, conditions, view]),
  );
  if (data === undefined) return <div class="facets" />;
  return <Facets rows={data.data} conditions={conditions} onChange={onChange} />;
}

function Volume({ view, conditions }: PartProps) {
  const range = useRange();
  const { question, stepSeconds } = useMemo(
    () => volumeOf(range, conditions, view.columns),
    [range, conditions, view],
  );
  const { data } = useSql(question);
  if (data === undefined || data.data.length === 0) return null;
  return (
    <section class="panel-box volume">
      <VolumeChart rows={data.data} range={range} stepSeconds={stepSeconds} />
    </section>
  );
}

function List({ conditions }: { readonly conditions: readonly Condition[] }) {
  const range = useRange();
  const asked = { ...toParameters(conditions), from: range.from, to: range.to, limit: PAGE_ROWS };
  const list = useInfiniteQuery({
    queryKey: ['requests', asked],
    queryFn: ({ signal, pageParam }) => askView('requests', { ...asked, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined, // Proof: the first page has no cursor.
    getNextPageParam: ({ next_cursor: cursor }) => cursor ?? undefined,
  });
  const rows = list.data?.pages.flatMap(({ data }) => data) ?? [];
  const last = list.data?.pages.at(-1);
  return (
    <section class="panel-box" aria-busy={list.isFetching}>
      <header>
        <h2>
          Requests <small>the newest first</small>
        </h2>
        <CompletenessBadge completeness={last?.completeness} />
      </header>
      {list.error !== null && <ProblemBox thrown={list.error} onRetry={() => void list.refetch()} />}
      {list.error === null && last === undefined && <Loading rows={12} />}
      {last !== undefined && rows.length === 0 && <Nothing isFiltered={conditions.length > 0} />}
      {rows.length > 0 && <RequestTable rows={rows} />}
      {list.hasNextPage && (
        <button class="more" disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {list.isFetchingNextPage ? 'Asking …' : `Show ${PAGE_ROWS} older`}
        </button>
      )}
    </section>
  );
}

function Nothing({ isFiltered }: { readonly isFiltered: boolean }) {
  if (!isFiltered) return <NoRequests />;
  return (
    <Empty title="No request in this time fulfils all conditions">
      <a class="button" href={changed({ f: undefined })}>
        Without conditions
      </a>
    </Empty>
  );
}
