import type { AnyRecord } from '@tomte/model';
import { compileFilter, type Filter } from '../filter.ts';
import type { OutputColumn, OutputColumns } from '../output-column.ts';
import type { SqlParams } from '../sql-params.ts';
import type { ViewInput } from '../view.ts';
import type { ViewParams } from '../view-param.ts';
import { conditions, joinConditions } from '../where.ts';

/** A column by which rows are put together: what it shows, from a row `r`. */
export interface GroupColumn extends OutputColumn {
  readonly sql: string;
}
export type GroupColumns = Readonly<Record<string, GroupColumn>>;

export type Ends = Readonly<Record<string, readonly string[]>>;

export interface GroupedShape {
  readonly record: AnyRecord;
  readonly groups: GroupColumns;
  /** What a filter on a column means of a group that has it twice: either of these; `ne` neither. */
  readonly ends?: Ends;
  /** What is computed of each group, each with its alias. */
  readonly measures: readonly string[];
  readonly joins?: readonly string[];
  /** Further conditions on the rows. */
  readonly where?: readonly string[];
  /** Conditions on the groups. */
  readonly having?: readonly string[];
  readonly orderBy: string;
}

/**
 * One row a group. A filter on a column that is shown means what is shown, which is not always the row's own; any other
 * one means the rows.
 */
export function groupedSql(shape: GroupedShape, input: ViewInput<ViewParams>): string {
  const { record, groups } = shape;
  const { params, filters, range } = input;
  const endsOf = ({ name }: Filter): readonly string[] =>
    shape.ends?.[name] ?? (Object.hasOwn(groups, name) ? [name] : []);
  const isShown = (filter: Filter): boolean => endsOf(filter).length > 0;
  const rows = filters.filter((filter) => !isShown(filter));
  const where = [...conditions(record, range, rows, params), ...(shape.where ?? [])];
  const having = [
    ...filters.filter(isShown).map((filter) => anyOf(filter, endsOf(filter), params)),
    ...(shape.having ?? []),
  ];
  const names = Object.keys(groups);
  const shown = Object.entries(groups).map(([name, { sql }]) => `${sql} AS ${name}`);
  return [
    `SELECT\n  ${[...shown, ...shape.measures].join(',\n  ')}`,
    `FROM ${record.table} AS r`,
    ...(shape.joins ?? []),
    `WHERE ${joinConditions(where)}`,
    `GROUP BY ${names.join(', ')}`,
    ...(having.length === 0 ? [] : [`HAVING ${joinConditions(having)}`]),
    `ORDER BY ${shape.orderBy}, ${names.join(', ')}`,
    `LIMIT ${params.add(input.fetchRows, 'UInt64')}`,
  ].join('\n');
}

/** The filter on any of these columns of the answer. */
export function anyOf(filter: Filter, names: readonly string[], params: SqlParams): string {
  const each = names.map((name) => compileFilter(filter, params, name));
  return each.length === 1 ? each.join('') : `(${each.join(filter.operator === 'ne' ? ' AND ' : ' OR ')})`;
}

/** The columns as an answer describes them. */
export function describeGroups(groups: GroupColumns): OutputColumns {
  return Object.fromEntries(Object.entries(groups).map(([name, { sql: _, ...column }]) => [name, column]));
}
