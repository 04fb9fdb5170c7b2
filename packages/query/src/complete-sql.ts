import { type AppError, fail, type Outcome, succeed } from '@tomte/kit';
import type { AnyRecord, Column } from '@tomte/model';
import { plainType } from './column-value.ts';
import { queryError, quoted } from './query-error.ts';
import type { Statement } from './request-by-id.ts';
import { SqlParams } from './sql-params.ts';
import type { TimeRange } from './time-range.ts';

/** A field whose values are asked for, and how they begin. */
export interface Completion {
  readonly record: AnyRecord;
  readonly name: string;
  readonly column: Column;
  /** Of a map: the key whose values are asked for; without it its keys are. */
  readonly mapKey: string | undefined;
  readonly prefix: string;
  readonly range: TimeRange;
  readonly limitRows: number;
}

const FIELD = /^([a-z][a-z0-9_]*)(?:\[([^\]]{1,256})\])?$/;
const MAX_PREFIX_CHARACTERS = 256;
/** Columns with a value of their own for nearly each row have nothing to suggest. */
const unlike: ReadonlySet<string> = new Set(['UInt64', 'DateTime64(9)']);

export function parseCompletion(
  record: AnyRecord,
  { field, prefix }: { readonly field: string; readonly prefix: string },
): Outcome<Pick<Completion, 'record' | 'name' | 'column' | 'mapKey' | 'prefix'>, AppError> {
  const [, name = '', mapKey] = FIELD.exec(field) ?? [];
  const column = Object.hasOwn(record.columns, name) ? record.columns[name] : undefined;
  const remedy = `Its columns are ${Object.keys(record.columns).join(', ')}.`;
  if (column === undefined)
    return fail(
      queryError('QUERY_COLUMN_UNKNOWN', `${quoted(field)} names no column of ${record.table}`, remedy),
    );
  const isKeyed = mapKey !== undefined && column.type !== 'Map';
  if (isKeyed || unlike.has(plainType(column.type)) || column.type.startsWith('Array'))
    return fail(
      queryError('QUERY_OPERATOR_INVALID', `${quoted(field)} has no values to suggest`, 'Ask for a name.'),
    );
  if (prefix.length > MAX_PREFIX_CHARACTERS)
    return fail(
      queryError(
        'QUERY_FILTER_LIMIT',
        `a prefix of more than ${MAX_PREFIX_CHARACTERS} characters`,
        'Give less.',
      ),
    );
  return succeed({ record, name, column, mapKey, prefix });
}

/** The most frequent values that begin so, with the number of their rows: columns `value`, `row_count`. */
export function compileCompletion(completion: Completion): Statement {
  const { record, prefix, range, limitRows } = completion;
  const params = new SqlParams();
  const value = valueSql(completion, params);
  const sql = [
    'SELECT',
    `  ${value} AS value,`,
    '  count() AS row_count',
    `FROM ${record.table} AS r`,
    `WHERE r.${record.timeColumn} >= ${params.time(range.fromNs)}`,
    `  AND r.${record.timeColumn} < ${params.time(range.toNs)}`,
    "  AND value != ''",
    ...(prefix === '' ? [] : [`  AND startsWith(lower(value), lower(${params.add(prefix, 'String')}))`]),
    'GROUP BY value',
    'ORDER BY row_count DESC, value',
    `LIMIT ${params.add(limitRows, 'UInt64')}`,
  ].join('\n');
  return { sql, params: params.values };
}

function valueSql({ name, column, mapKey }: Completion, params: SqlParams): string {
  const type = plainType(column.type);
  if (type === 'Map')
    return mapKey === undefined
      ? `arrayJoin(mapKeys(r.${name}))`
      : `r.${name}[${params.add(mapKey, 'String')}]`;
  if (type === 'String') return `r.${name}`;
  if (type === 'IPv6') return `replaceOne(toString(r.${name}), '::ffff:', '')`;
  return `ifNull(toString(r.${name}), '')`;
}
