import type { UseQueryResult } from '@tanstack/preact-query';
import type { ComponentChildren } from 'preact';
import type { Completeness } from '../api/answer.ts';
import { CompletenessBadge } from './completeness.tsx';
import { Loading, ProblemBox } from './states.tsx';

interface PanelProps<T extends { readonly completeness: Completeness }> {
  readonly title?: ComponentChildren;
  readonly query: Pick<UseQueryResult<T>, 'data' | 'error' | 'isFetching' | 'isPlaceholderData' | 'refetch'>;
  readonly aside?: ComponentChildren;
  readonly loadingRows?: number;
  readonly children: (answer: T) => ComponentChildren;
}

/** One answer in each of its states: asked for, refused, whole, partial, and old while a newer one is on its way. */
export function Panel<T extends { readonly completeness: Completeness }>(props: PanelProps<T>) {
  const { title, query, aside, loadingRows, children } = props;
  const { data, error } = query;
  const isOld = query.isFetching && query.isPlaceholderData;
  return (
    <section class={`panel-box${isOld ? ' old' : ''}`} aria-busy={query.isFetching}>
      <header>
        {title !== undefined && <h2>{title}</h2>}
        {aside}
        <CompletenessBadge completeness={data?.completeness} />
      </header>
      {error !== null && <ProblemBox thrown={error} onRetry={() => void query.refetch()} />}
      {error === null && data === undefined && (
        <Loading {...(loadingRows === undefined ? {} : { rows: loadingRows })} />
      )}
      {error === null && data !== undefined && children(data)}
    </section>
  );
}
