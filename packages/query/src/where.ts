import type { AnyRecord } from '@tomte/model';
import { compileFilter, type Filter } from './filter.ts';
import type { SqlParams } from './sql-params.ts';
import type { TimeRange } from './time-range.ts';
import type { KeyPart, Order } from './view.ts';

/**
 * The range on the record's time column and the filters, as lines of a WHERE joined by AND. Columns
 * are named `r.column` throughout: a bare name would mean an alias of the SELECT where there is one.
 */
export function conditions(
  record: AnyRecord,
  range: TimeRange,
  filters: readonly Filter[],
  params: SqlParams,
): readonly string[] {
  return [
    `r.${record.timeColumn} >= ${params.time(range.fromNs)}`,
    `r.${record.timeColumn} < ${params.time(range.toNs)}`,
    ...filters.map((filter) => compileFilter(filter, params)),
  ];
}

export function joinConditions(lines: readonly string[]): string {
  return lines.join('\n  AND ');
}

/** Only rows past the last one of the page before; keys compare as tuples. */
export function pageConditions(
  key: readonly KeyPart[],
  after: readonly string[] | undefined,
  order: Order,
  params: SqlParams,
): readonly string[] {
  if (after === undefined) return [];
  const left = key.map((part) => part.sql).join(', ');
  const right = key.map((part, index) => params.add(after[index] ?? '', part.type)).join(', ');
  return [`(${left}) ${order === 'desc' ? '<' : '>'} (${right})`];
}

export function orderBy(key: readonly KeyPart[], order: Order): string {
  return key.map((part) => `${part.sql} ${order === 'desc' ? 'DESC' : 'ASC'}`).join(', ');
}

/** Name of the helping column with the row's key; it is not part of an answer. */
export const keyColumn = '_key';

export function keySelect(key: readonly KeyPart[]): string {
  return `[${key.map((part) => (part.type === 'String' ? part.sql : `toString(${part.sql})`)).join(', ')}] AS ${keyColumn}`;
}
