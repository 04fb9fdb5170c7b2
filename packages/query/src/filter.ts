import { type AppError, fail, type Outcome, succeed } from '@tomte/kit';
import type { AnyRecord, Column } from '@tomte/model';
import {
  type ColumnParameter,
  isNullable,
  parseColumnValue,
  plainType,
  toMappedAddress,
} from './column-value.ts';
import { patternFault } from './filter-language/regex-pattern.ts';
import { queryError, quoted } from './query-error.ts';
import type { SqlParams } from './sql-params.ts';

export const filterOperators = [
  'eq',
  'ne',
  'in',
  'gt',
  'ge',
  'lt',
  'le',
  'prefix',
  'contains',
  'regex',
] as const;
export type FilterOperator = (typeof filterOperators)[number];

/** What a question asks of rows: a condition on a column, or what `filter=` says of the row as it is stored. */
export type Filter = ColumnFilter | ExpressionFilter;

export interface ExpressionFilter {
  /** Of no column. */
  readonly name: '';
  readonly operator: 'expression';
  readonly expression: FilterExpression;
}

/** Conditions on columns, joined. */
export type FilterExpression =
  | { readonly kind: 'all' | 'any'; readonly parts: readonly FilterExpression[] }
  | { readonly kind: 'not'; readonly part: FilterExpression }
  | { readonly kind: 'condition'; readonly condition: ColumnFilter };

/** One condition on a column of a record: `column[key].operator` in text. */
export interface ColumnFilter {
  readonly name: string;
  readonly column: Column;
  /** The key, for a column that is a map. */
  readonly mapKey: string | undefined;
  readonly operator: FilterOperator;
  readonly values: readonly ColumnParameter[];
  /** `null` was among the values: the unknown value of a nullable column. */
  readonly hasNull: boolean;
}

const MAX_FILTERS = 50;
const MAX_VALUES = 200;
const MAX_VALUE_CHARACTERS = 4_096;

/** `name[key].operator` → its parts. */
const FILTER_NAME = /^([a-z][a-z0-9_]*)(?:\[([^\]]{1,256})\])?(?:\.([a-z]+))?$/;

/** Reads conditions from parameters (name → values). A name repeated with `eq` means any of its values. */
export function parseFilters(
  record: AnyRecord,
  parameters: Readonly<Record<string, readonly string[]>>,
  nowNs: bigint,
): Outcome<readonly ColumnFilter[], AppError> {
  const entries = Object.entries(parameters);
  if (entries.length > MAX_FILTERS) return limitExceeded(`${entries.length} filters; at most ${MAX_FILTERS}`);
  const filters: ColumnFilter[] = [];
  for (const [name, texts] of entries) {
    const head = parseHead(record, name);
    if (!head.ok) return head;
    const filter = parseValues(head.value, texts, nowNs);
    if (!filter.ok) return filter;
    filters.push(filter.value);
  }
  return succeed(filters);
}

type FilterHead = Omit<ColumnFilter, 'values' | 'hasNull'>;

function parseHead(record: AnyRecord, text: string): Outcome<FilterHead, AppError> {
  const [, name = '', mapKey, operatorName = 'eq'] = FILTER_NAME.exec(text) ?? [];
  const column = Object.hasOwn(record.columns, name) ? record.columns[name] : undefined;
  if (column === undefined) return unknownColumn(record, text);
  const operator = filterOperators.find((known) => known === operatorName);
  if (operator === undefined || !operatorsOf(column).includes(operator))
    return wrongOperator(name, column, operatorName);
  if ((column.type === 'Map') !== (mapKey !== undefined)) return wrongKey(name, column);
  return succeed({ name, column, mapKey, operator });
}

function parseValues(
  head: FilterHead,
  texts: readonly string[],
  nowNs: bigint,
): Outcome<ColumnFilter, AppError> {
  const list = splitValues(head.operator, texts);
  if (!list.ok) return list;
  const values: ColumnParameter[] = [];
  for (const text of list.value) {
    if (isNullable(head.column) && text === 'null') continue;
    const value = parseFilterValue(head, text, nowNs);
    if (!value.ok) return value;
    values.push(value.value);
  }
  const hasNull = values.length < list.value.length;
  const takesNull = head.operator === 'eq' || head.operator === 'ne' || head.operator === 'in';
  if (hasNull && !takesNull) return wrongOperator(head.name, head.column, `${head.operator} with null`);
  return succeed({ ...head, values, hasNull });
}

/** `in` takes a list with commas; `eq` and `in` may be repeated, the others stand once. */
function splitValues(
  operator: FilterOperator,
  texts: readonly string[],
): Outcome<readonly string[], AppError> {
  const list = operator === 'in' ? texts.flatMap((text) => text.split(',')) : texts;
  if (list.length > MAX_VALUES) return limitExceeded(`${list.length} values; at most ${MAX_VALUES}`);
  if (list.some((text) => text.length > MAX_VALUE_CHARACTERS)) {
    return limitExceeded(`a value is longer than ${MAX_VALUE_CHARACTERS} characters`);
  }
  if (operator === 'in' || operator === 'eq' || list.length === 1) return succeed(list);
  const facts = `the operator ${operator} stands ${list.length} times on one column`;
  return fail(queryError('QUERY_PARAM_REPEATED', facts, 'Give it once; only eq and in may be repeated.'));
}

function parseFilterValue(head: FilterHead, text: string, nowNs: bigint): Outcome<ColumnParameter, AppError> {
  if (head.operator === 'prefix' && head.column.type === 'IPv6') return parseNetwork(text);
  const fault = head.operator === 'regex' ? patternFault(text) : undefined;
  if (fault !== undefined) {
    const facts = `${quoted(text)} is ${fault}`;
    return fail(queryError('QUERY_VALUE_INVALID', facts, 'Give a regular expression of RE2.'));
  }
  return parseColumnValue(head.name, head.column, text, nowNs);
}

function operatorsOf(column: Column): readonly FilterOperator[] {
  const type = plainType(column.type);
  if (type === 'String' || type === 'Map') return ['eq', 'ne', 'in', 'prefix', 'contains', 'regex'];
  if (type === 'Enum8') return ['eq', 'ne', 'in'];
  if (type === 'Bool') return ['eq', 'ne'];
  if (type === 'IPv6') return ['eq', 'ne', 'in', 'prefix'];
  return ['eq', 'ne', 'in', 'gt', 'ge', 'lt', 'le'];
}

/** The condition as SQL text, its values as parameters. `column` is ours: another expression to test. */
export function compileFilter(filter: Filter, params: SqlParams, column = `r.${filter.name}`): string {
  if (filter.operator === 'expression') return compileExpression(filter.expression, params);
  const target = filter.mapKey === undefined ? column : `${column}[${params.add(filter.mapKey, 'String')}]`;
  const places = filter.values.map((value) => place(value, params));
  const [first = 'NULL'] = places; // Only eq, ne and in stand without a value, with `hasNull`.
  switch (filter.operator) {
    case 'eq':
    case 'in':
      return equality(target, places, filter.hasNull);
    case 'ne':
      return inequality(filter, target, first);
    case 'prefix':
      return filter.column.type === 'IPv6'
        ? `isIPAddressInRange(toString(${target}), ${first})`
        : `startsWith(${target}, ${first})`;
    case 'contains':
      return `position(${target}, ${first}) > 0`;
    case 'regex':
      return `match(${target}, ${first})`;
    default:
      return `${target} ${comparisons[filter.operator]} ${first}`;
  }
}

/**
 * SQL of rows `r`. What compares with an unknown value is false, and its `not` true: SQL's third value would hide a row
 * from both.
 */
export function compileExpression(expression: FilterExpression, params: SqlParams): string {
  switch (expression.kind) {
    case 'condition':
      return compileFilter(expression.condition, params);
    case 'not':
      return `NOT ifNull(${compileExpression(expression.part, params)}, false)`;
    default: {
      const parts = expression.parts.map((part) => compileExpression(part, params));
      return `(${parts.join(expression.kind === 'all' ? ' AND ' : ' OR ')})`;
    }
  }
}

const comparisons = { gt: '>', ge: '>=', lt: '<', le: '<=' } as const;

function place(value: ColumnParameter, params: SqlParams): string {
  return value.type === 'DateTime64(9)'
    ? params.time(BigInt(value.text))
    : params.add(value.text, value.type);
}

function equality(target: string, places: readonly string[], hasNull: boolean): string {
  const parts = hasNull ? [`${target} IS NULL`] : [];
  if (places.length === 1) parts.push(`${target} = ${places[0]}`);
  if (places.length > 1) parts.push(`${target} IN (${places.join(', ')})`);
  return parts.length === 1 ? parts.join('') : `(${parts.join(' OR ')})`;
}

/** An unknown value differs from every known one: SQL's three-valued `!=` would hide those rows. */
function inequality(filter: ColumnFilter, target: string, first: string): string {
  if (filter.hasNull) return `${target} IS NOT NULL`;
  return isNullable(filter.column) ? `(${target} IS NULL OR ${target} != ${first})` : `${target} != ${first}`;
}

/** `prefix` on an address takes a network in CIDR notation. */
function parseNetwork(text: string): Outcome<ColumnParameter, AppError> {
  const [base = '', lengthText = ''] = text.split('/');
  const mapped = toMappedAddress(base);
  const shift = base.includes(':') ? 0 : 96;
  const length = /^\d{1,3}$/.test(lengthText) ? Number(lengthText) + shift : 129;
  if (mapped !== undefined && length <= 128) return succeed({ type: 'String', text: `${mapped}/${length}` });
  const facts = `${quoted(text)} is no network`;
  return fail(queryError('QUERY_VALUE_INVALID', facts, 'Give it in CIDR notation, such as 10.0.0.0/8.'));
}

function unknownColumn(record: AnyRecord, text: string): Outcome<never, AppError> {
  const facts = `${quoted(text)} names no column of ${record.table}`;
  const remedy = `Its columns are ${Object.keys(record.columns).join(', ')}.`;
  return fail(queryError('QUERY_COLUMN_UNKNOWN', facts, remedy));
}

function wrongOperator(name: string, column: Column, operator: string): Outcome<never, AppError> {
  const facts = `${name} (${column.type}) has no operator ${quoted(operator)}`;
  return fail(queryError('QUERY_OPERATOR_INVALID', facts, `Use one of ${operatorsOf(column).join(', ')}.`));
}

function wrongKey(name: string, column: Column): Outcome<never, AppError> {
  const isMap = column.type === 'Map';
  const facts = isMap ? `${name} is a map and no key was given` : `${name} is no map and a key was given`;
  const remedy = isMap ? `Name the key: ${name}[key]=value.` : 'Leave the key away.';
  return fail(queryError('QUERY_OPERATOR_INVALID', facts, remedy));
}

function limitExceeded(facts: string): Outcome<never, AppError> {
  return fail(queryError('QUERY_FILTER_LIMIT', facts, 'Ask for less at once.'));
}
