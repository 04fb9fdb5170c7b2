import { median } from './statistics.ts';

/** Two measurements of one pair, near each other in time. */
export interface Pair<T> {
  readonly base: T;
  readonly changed: T;
}

/** Median over the pairs of changed ÷ base: what disturbs one pair alone does not move it. */
export function medianRatio<T>(pairs: readonly Pair<T>[], figure: (arm: T) => number): number {
  return median(pairs.map((pair) => figure(pair.changed) / figure(pair.base)));
}

/** Every other round runs backwards: a drift of the machine hits both ends alike. */
export function orderOf<Name>(names: readonly Name[], round: number): readonly Name[] {
  return round % 2 === 0 ? names : names.toReversed();
}
