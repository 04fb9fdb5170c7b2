import type { Annotations } from '../annotations.ts';
import type { At, VectorSelector } from '../ast.ts';
import type { Series } from '../samples.ts';
import type { Budget } from './budget.ts';
import type { Points } from './value.ts';

/** What the evaluation of one query shares. */
export interface Environment {
  readonly startMs: number;
  readonly endMs: number;
  readonly lookbackMs: number;
  readonly subqueryStepMs: number;
  readonly budget: Budget;
  readonly notes: Annotations;
  /** The samples of each selector, fetched before. */
  readonly seriesOf: (selector: VectorSelector) => readonly Series[];
  /** Called between parts of the work: lets others have the processor, and rejects when the asker is gone. */
  readonly breathe: () => Promise<void>;
}

/** The fixed time of an `@` modifier, undefined where there is none. */
export function fixedTime(
  at: At | undefined,
  { startMs, endMs }: Pick<Environment, 'startMs' | 'endMs'>,
): number | undefined {
  if (at === 'start') return startMs;
  return at === 'end' ? endMs : at;
}

/** Where a part of an expression is evaluated. */
export interface Place {
  readonly points: Points;
  readonly env: Environment;
}
