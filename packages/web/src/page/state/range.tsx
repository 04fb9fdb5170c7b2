import { createContext } from 'preact';
import type { ComponentChildren } from 'preact';
import { useContext, useEffect, useMemo, useState } from 'preact/hooks';
import { usePlace } from './location.ts';
import { isRelative, type Span, spanOf } from './time.ts';

/** The time that all parts of the page are about, the same for each until it is looked at anew. */
export interface Range extends Span {
  /** For the API: RFC 3339 in UTC. */
  readonly from: string;
  readonly to: string;
  readonly isLive: boolean;
  /** Seconds between two looks; 0 when only on demand. */
  readonly everySeconds: number;
  readonly refresh: () => void;
}

const RangeContext = createContext<Range | undefined>(undefined);

export function RangeProvider({ children }: { readonly children: ComponentChildren }) {
  const { query } = usePlace();
  const [from, to, every] = [query.get('from'), query.get('to'), query.get('every')];
  const everySeconds = Math.min(3_600, Math.max(0, Number(every ?? '0') || 0));
  const [nowMs, setNowMs] = useState(() => Date.now());
  const refresh = (): void => setNowMs(Date.now());
  useEffect(refresh, [from, to]);
  useEffect(() => {
    if (everySeconds === 0) return undefined;
    const timer = setInterval(() => {
      if (!document.hidden) refresh();
    }, everySeconds * 1_000);
    return () => clearInterval(timer);
  }, [everySeconds]);
  const range = useMemo(() => {
    const span = spanOf(from, to, nowMs);
    return {
      ...span,
      from: new Date(span.fromMs).toISOString(),
      to: new Date(span.toMs).toISOString(),
      isLive: isRelative(to),
      everySeconds,
      refresh,
    };
  }, [from, to, nowMs, everySeconds]);
  return <RangeContext.Provider value={range}>{children}</RangeContext.Provider>;
}

export function useRange(): Range {
  const range = useContext(RangeContext);
  if (range === undefined) throw new Error('outside of a RangeProvider');
  return range;
}
