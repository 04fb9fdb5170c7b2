import type { Killer } from './killer.ts';
import type { Report } from './report.ts';

/** What every feed is given. */
export interface FeedContext {
  readonly kills: number;
  readonly killer: Killer;
  readonly report: Report;
  /** A folder of its own; removed by the caller. */
  readonly directory: string;
  readonly signal: AbortSignal;
}

export interface FeedResult {
  /** For the summary. */
  readonly facts: readonly (readonly [string, string | number])[];
}
