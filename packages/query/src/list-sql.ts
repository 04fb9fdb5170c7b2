import type { AnyRecord } from '@tomte/model';
import { projectColumn } from './output-column.ts';
import type { KeyPart, ViewInput } from './view.ts';
import type { ViewParams } from './view-param.ts';
import { conditions, joinConditions, keySelect, orderBy, pageConditions } from './where.ts';

export interface ListShape {
  readonly record: AnyRecord;
  readonly key: readonly KeyPart[];
  /** Expressions before the record's own columns, each with its alias. */
  readonly extra?: readonly string[];
  /** Rows of the table replace one another. */
  readonly isReplacing?: boolean;
  /** Further conditions. */
  readonly where?: readonly string[];
}

/** Rows of a record as they are stored, one page. */
export function listSql(shape: ListShape, input: ViewInput<ViewParams>): string {
  const { record, key } = shape;
  const columns = Object.entries(record.columns).map(([name, column]) => projectColumn(name, column));
  const where = joinConditions([
    ...conditions(record, input.range, input.filters, input.params),
    ...pageConditions(key, input.after, input.order, input.params),
    ...(shape.where ?? []),
  ]);
  return [
    `SELECT\n  ${[...(shape.extra ?? []), ...columns, keySelect(key)].join(',\n  ')}`,
    `FROM ${record.table} AS r${shape.isReplacing === true ? ' FINAL' : ''}`,
    `WHERE ${where}`,
    `ORDER BY ${orderBy(key, input.order)}`,
    `LIMIT ${input.params.add(input.fetchRows, 'UInt64')}`,
  ].join('\n');
}
