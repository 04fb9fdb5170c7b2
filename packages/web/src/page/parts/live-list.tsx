import { useEffect, useState } from 'preact/hooks';
import type { Completeness, Row } from '../api/answer.ts';
import { followRequests } from '../api/follow.ts';
import { type Condition, toParameters } from '../data/where.ts';
import { formatCount } from '../format/value.ts';
import { CompletenessBadge } from './completeness.tsx';
import { RequestTable } from './request-table.tsx';
import { Empty, ProblemBox } from './states.tsx';

/** Rows that are kept in sight; older ones are found in the list. */
const MAX_ROWS = 200;

interface LiveState {
  readonly rows: readonly Row[];
  readonly seenCount: number;
  readonly droppedCount: number;
  readonly completeness: Completeness | undefined;
  readonly problem: unknown;
}
const nothing: LiveState = {
  rows: [],
  seenCount: 0,
  droppedCount: 0,
  completeness: undefined,
  problem: undefined,
};

/** Requests as they are stored, the newest first. While it is paused nothing is asked. */
export function LiveList({ conditions }: { readonly conditions: readonly Condition[] }) {
  const [isPaused, setPaused] = useState(false);
  const state = useFollowed(conditions, isPaused);
  const { rows, seenCount, droppedCount, completeness, problem } = state;
  return (
    <section class="panel-box">
      <header>
        <h2>
          Requests as they are stored{' '}
          <small role="status">
            {formatCount(seenCount)} seen
            {droppedCount > 0 && `, ${formatCount(droppedCount)} more than could be told`}
          </small>
        </h2>
        <button onClick={() => setPaused(!isPaused)}>{isPaused ? 'Go on' : 'Pause'}</button>
        <CompletenessBadge completeness={completeness} />
      </header>
      {problem !== undefined && <ProblemBox thrown={problem} />}
      {rows.length > 0 && <RequestTable rows={rows} />}
      {rows.length === 0 && problem === undefined && (
        <Empty title={isPaused ? 'Paused' : 'Waiting for the next request'} />
      )}
    </section>
  );
}

function useFollowed(conditions: readonly Condition[], isPaused: boolean): LiveState {
  const [state, setState] = useState(nothing);
  const asked = JSON.stringify(conditions);
  useEffect(() => setState(nothing), [asked]);
  useEffect(() => {
    if (isPaused) return undefined;
    const gone = new AbortController();
    const told = {
      onRows: (found: readonly Row[], droppedCount: number): void =>
        setState((before) => ({
          ...before,
          rows: [...found.toReversed(), ...before.rows].slice(0, MAX_ROWS),
          seenCount: before.seenCount + found.length,
          droppedCount,
        })),
      onCompleteness: (completeness: Completeness): void =>
        setState((before) => ({ ...before, completeness })),
    };
    followRequests(toParameters(conditions), told, gone.signal).catch((problem: unknown) => {
      if (!gone.signal.aborted) setState((before) => ({ ...before, problem }));
    });
    return () => gone.abort();
  }, [asked, isPaused]);
  return state;
}
