import type { Filter } from './filter.ts';
import type { TimeRange } from './time-range.ts';

/** When a view reads sums by the minute instead of the rows. */
export interface RollupChoice {
  /** Length of the range from which `auto` means the rollup. */
  readonly fromNs: bigint;
  /** What the rollup can filter by. */
  readonly columns: ReadonlySet<string>;
}

/** The parameter `source` of a view that has a rollup. */
export function sourceParam(from: string) {
  return {
    type: 'choice',
    choices: ['auto', 'raw', 'rollup'],
    default: 'auto',
    meaning:
      'raw: from each request. rollup: from sums by the minute, in whole minutes, where no filter asks for more. ' +
      `auto: rollup for ranges from ${from} on. The answer says which it was.`,
  } as const;
}

export function usesRollup(
  input: {
    readonly values: { readonly source: string };
    readonly range: TimeRange;
    readonly filters: readonly Filter[];
  },
  { fromNs, columns }: RollupChoice,
): boolean {
  const { values, range, filters } = input;
  const isPossible = filters.every((filter) => columns.has(filter.name));
  if (!isPossible || values.source === 'raw') return false;
  return values.source === 'rollup' || range.toNs - range.fromNs >= fromNs;
}
