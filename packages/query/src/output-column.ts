import type { AnyRecord, Column, SemanticType, Unit } from '@tomte/model';

/** One column of an answer: enough for a front end to format, align, sum and link it. */
export interface OutputColumn {
  readonly semantic: SemanticType;
  /** JSON type of the value; `null` may stand for an unknown value of any of them. */
  readonly json: 'string' | 'number' | 'boolean' | 'object';
  readonly unit?: Unit;
  readonly meaning: string;
}

export type OutputColumns = Readonly<Record<string, OutputColumn>>;

/**
 * How a stored column is shown: times as RFC 3339 with nanoseconds (ClickHouse's `iso` setting),
 * identifiers of 64 bits as strings, v4-mapped addresses as IPv4, the epoch of "not known" as null.
 */
export function projectColumn(name: string, column: Column): string {
  const nullTime = name === 'process_start_time' || name === 'valid_to';
  if (nullTime) return `nullIf(r.${name}, toDateTime64(0, 9, 'UTC')) AS ${name}`;
  if (column.type === 'Array(IPv6)')
    return `arrayMap(one -> replaceOne(toString(one), '::ffff:', ''), r.${name}) AS ${name}`;
  if (column.type === 'IPv6') return `replaceOne(toString(r.${name}), '::ffff:', '') AS ${name}`;
  if (isTextualNumber(column)) return `toString(r.${name}) AS ${name}`;
  return `r.${name} AS ${name}`;
}

function isTextualNumber(column: Column): boolean {
  return column.type === 'UInt64' && column.semantic === 'identifier';
}

export function describeColumn(column: Column): OutputColumn {
  const { semantic, meaning, unit } = column;
  return { semantic, json: jsonTypeOf(column), meaning, ...(unit === undefined ? {} : { unit }) };
}

function jsonTypeOf(column: Column): OutputColumn['json'] {
  if (column.type === 'Bool') return 'boolean';
  if (column.type === 'Map' || column.type.startsWith('Array')) return 'object';
  const isNumber = /Int/.test(column.type) && !isTextualNumber(column);
  return isNumber ? 'number' : 'string';
}

export function describeRecord(record: AnyRecord): OutputColumns {
  return Object.fromEntries(
    Object.entries(record.columns).map(([name, column]) => [name, describeColumn(column)]),
  );
}
