import type { AnyRecord } from '@tomte/model';
import { describeColumn, type OutputColumn, type OutputColumns } from '../output-column.ts';

/** What a view shows of a stored column, as the record describes it. */
export function storedColumn(record: AnyRecord, name: string): OutputColumn {
  const column = record.columns[name];
  if (column === undefined) throw new TypeError(`${record.table} has no column ${name}`);
  return describeColumn(column);
}

export function storedColumns(record: AnyRecord, names: readonly string[]): OutputColumns {
  return Object.fromEntries(names.map((name) => [name, storedColumn(record, name)]));
}

export const count = (meaning: string): OutputColumn => ({
  semantic: 'count',
  json: 'number',
  unit: '1',
  meaning,
});
export const ratio = (meaning: string): OutputColumn => ({
  semantic: 'ratio',
  json: 'number',
  unit: '1',
  meaning,
});
export const bytes = (meaning: string): OutputColumn => ({
  semantic: 'bytes',
  json: 'number',
  unit: 'By',
  meaning,
});
export const duration = (meaning: string): OutputColumn => ({
  semantic: 'duration',
  json: 'number',
  unit: 'ns',
  meaning,
});
export const time = (meaning: string): OutputColumn => ({ semantic: 'time', json: 'string', meaning });
export const named = (semantic: OutputColumn['semantic'], meaning: string): OutputColumn => ({
  semantic,
  json: 'string',
  meaning,
});
