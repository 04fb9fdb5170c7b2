import { sketchLevels } from '@tomte/model';
import type { RowCondition } from '@tomte/model';

/** How one rollup of a minute is made. */
export interface MinuteRollup {
  readonly table: string;
  /** In the order of `select`; what a row is of comes first, up to `version`. */
  readonly columns: readonly string[];
  /** Parameters: minute (seconds), version. */
  readonly select: (also?: RowCondition) => string;
}

export function insertMinute({ table, columns, select }: MinuteRollup): string {
  return `INSERT INTO ${table} (${columns.join(', ')})\n${select()}`;
}

/** Rows of the slice {slice} of {slices}: exchanges by their key, both ends of each in the same. */
const isInSlice: RowCondition = (row) => `${row}.pair_key % {slices:UInt32} = {slice:UInt32}`;

export function insertSlice({ columns, select }: MinuteRollup): string {
  return `INSERT INTO slices (${columns.join(', ')})\n${select(isInSlice)}`;
}

/** The slices as one minute. */
export function insertMerged({ table, columns }: MinuteRollup): string {
  const keys = columns.slice(0, columns.indexOf('version') + 1);
  const values = columns.slice(keys.length).map(mergeOf);
  return [
    `INSERT INTO ${table} (${columns.join(', ')})`,
    `SELECT ${[...keys, ...values].join(', ')}`,
    `FROM slices GROUP BY ${keys.join(', ')}`,
  ].join('\n');
}

function mergeOf(column: string): string {
  if (column === 'duration_sketch') return `quantilesDDMergeState(${sketchLevels})(${column})`;
  if (column === 'duration_buckets') return `sumForEach(${column})`;
  if (column.endsWith('_min')) return `min(${column})`;
  if (column.endsWith('_max_ns')) return `max(${column})`;
  if (/_(?:count|sum|sum_ns)$/.test(column)) return `sum(${column})`;
  throw new Error(`${column}: its name does not say how slices are merged`);
}
