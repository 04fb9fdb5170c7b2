import { useQuery } from '@tanstack/preact-query';
import type { ComponentChildren } from 'preact';
import { askSql } from '../api/client.ts';
import { toProblem } from '../api/problem.ts';
import { storedSpan } from '../data/red.ts';
import { formatCount } from '../format/value.ts';
import { changed } from '../state/location.ts';
import { shortTime } from '../state/time.ts';

/** Grey shapes where the answer will stand, so that nothing jumps when it comes. */
export function Loading({
  rows = 6,
  label = 'Loading',
}: {
  readonly rows?: number;
  readonly label?: string;
}) {
  return (
    <div class="loading" role="status" aria-label={label}>
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} class="bone" />
      ))}
    </div>
  );
}

/** What went wrong, its code and what to do about it. */
export function ProblemBox({ thrown, onRetry }: { readonly thrown: unknown; readonly onRetry?: () => void }) {
  const problem = toProblem(thrown);
  return (
    <div class="problem" role="alert">
      <strong>{problem.message}</strong>
      {problem.remedy !== '' && <p>{problem.remedy}</p>}
      <p class="quiet">
        {problem.code}
        {problem.status > 0 && ` · HTTP ${problem.status}`}
      </p>
      {onRetry !== undefined && <button onClick={onRetry}>Try again</button>}
    </div>
  );
}

export function Empty({
  title,
  children,
}: {
  readonly title: string;
  readonly children?: ComponentChildren;
}) {
  return (
    <div class="empty" role="status">
      <strong>{title}</strong>
      {children}
    </div>
  );
}

/** Says where requests are, when there are none in the range. */
export function NoRequests({ title = 'No requests in this time' }: { readonly title?: string }) {
  const stored = useQuery({
    queryKey: ['stored-span'],
    queryFn: ({ signal }) => askSql(storedSpan, signal),
    staleTime: 5_000,
  });
  const [row] = stored.data?.data ?? [];
  const count = Number(row?.['n'] ?? 0);
  if (row === undefined) return <Empty title={title} />;
  if (count === 0)
    return (
      <Empty title={title}>
        <p>
          Nothing is stored yet. An agent captures what it was told to: see Agents, and ask one of your
          services something.
        </p>
      </Empty>
    );
  const [firstMs, lastMs] = [Date.parse(String(row['first'])), Date.parse(String(row['last']))];
  return (
    <Empty title={title}>
      <p>
        {formatCount(count)} requests are stored, from {shortTime(firstMs)} to {shortTime(lastMs)}.
      </p>
      <a class="button" href={changed(aroundLast(firstMs, lastMs))}>
        Show the latest
      </a>
    </Empty>
  );
}

const MOST_MS = 900_000;

/** All that is stored, or the last quarter of an hour of it, with a little room on both sides. */
function aroundLast(firstMs: number, lastMs: number): { from: string; to: string } {
  const room = Math.max(1_000, Math.min(MOST_MS, lastMs - firstMs) * 0.02);
  const fromMs = Math.max(firstMs, lastMs - MOST_MS) - room;
  return { from: new Date(fromMs).toISOString(), to: new Date(lastMs + room).toISOString() };
}
