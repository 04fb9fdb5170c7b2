import type { LabelMatcher } from './ast.ts';
import type { Labels } from './labels.ts';

/** The samples of one series, times in milliseconds since the epoch, ascending. */
export interface Series {
  readonly labels: Labels;
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
}

/** What a query needs of one selector. */
export interface Selection {
  readonly matchers: readonly LabelMatcher[];
  /** Samples after this time. */
  readonly fromMs: number;
  /** Samples up to and at this time. */
  readonly toMs: number;
  readonly hints: SelectHints;
}

/** What the samples are for; a source may leave out what cannot change the answer. */
export interface SelectHints {
  /** The function over a range, such as `rate`; empty where the present sample counts. */
  readonly func: string;
  /** Length of the function's range; 0 where the present sample counts. */
  readonly rangeMs: number;
  /** Between two evaluations; 0 where there is one. */
  readonly stepMs: number;
}

/** Where samples come from. Rejects with an AppError. */
export interface SampleSource {
  select(selection: Selection): Promise<readonly Series[]>;
}
