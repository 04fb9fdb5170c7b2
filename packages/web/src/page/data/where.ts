import type { OutputColumn, OutputColumns } from '@tomte/query';

/** One condition on a column, as the API's parameters have it: `column=value` or `column.op=value`. */
export interface Condition {
  /** Column, with its key for maps: `request_headers[accept]`. */
  readonly column: string;
  readonly operator: Operator;
  readonly value: string;
}

export const operators = {
  eq: '=',
  ne: '≠',
  gt: '>',
  ge: '≥',
  lt: '<',
  le: '≤',
  prefix: 'starts with',
  contains: 'contains',
} as const;
export type Operator = keyof typeof operators;

const isOperator = (text: string): text is Operator => Object.hasOwn(operators, text);

const COLUMN = '[a-z][a-z0-9_]*(?:\\[[^\\]=]{1,100}\\])?';
const STORED = new RegExp(`^(${COLUMN})(?:\\.([a-z]+))?=(.*)$`, 's');

/** As it stands in the address: `status_code.ge=500`. Undefined when it cannot be read. */
export function readCondition(text: string): Condition | undefined {
  const [, column = '', operator = 'eq', value = ''] = STORED.exec(text) ?? [];
  return column !== '' && isOperator(operator) ? { column, operator, value } : undefined;
}

export function writeCondition({ column, operator, value }: Condition): string {
  return `${column}${operator === 'eq' ? '' : `.${operator}`}=${value}`;
}

const TYPED = new RegExp(`^\\s*(${COLUMN})\\s*(>=|<=|!=|=~|\\^=|~|>|<|=|:)\\s*(.*?)\\s*$`, 's');
const typedOperators: Readonly<Record<string, Operator>> = {
  '=': 'eq',
  ':': 'eq',
  '!=': 'ne',
  '>': 'gt',
  '>=': 'ge',
  '<': 'lt',
  '<=': 'le',
  '^=': 'prefix',
  '~': 'contains',
  '=~': 'contains',
};

/** As a person types it: `status_code >= 500`, `path ~ cart`, `host ^= api.`. A word alone is looked for in the path. */
export function parseTyped(text: string): Condition | undefined {
  const [, column, sign = '', value = ''] = TYPED.exec(text) ?? [];
  if (column !== undefined) return { column, operator: typedOperators[sign] ?? 'eq', value: unquoted(value) };
  const word = text.trim();
  return word === '' ? undefined : { column: 'path', operator: 'contains', value: unquoted(word) };
}

function unquoted(text: string): string {
  return /^"(.*)"$/s.exec(text)?.[1] ?? text;
}

/** The condition for people. */
export function titleOf({ column, operator, value }: Condition): string {
  return `${column} ${operators[operator]} ${value === '' ? '(empty)' : value}`;
}

/** For the API: a column that stands more than once with `eq` takes any of the values. */
export function toParameters(conditions: readonly Condition[]): Record<string, readonly string[]> {
  const parameters: Record<string, readonly string[]> = {};
  for (const { column, operator, value } of conditions) {
    const name = operator === 'eq' ? column : `${column}.${operator}`;
    parameters[name] = [...(parameters[name] ?? []), value];
  }
  return parameters;
}

/** Collects the values of a statement: they never become part of its text. */
export class SqlValues {
  readonly values: Record<string, string> = {};

  add(value: string | number, type: string): string {
    const name = `p${Object.keys(this.values).length}`;
    this.values[name] = String(value);
    return `{${name}:${type}}`;
  }
}

/** The same conditions as SQL on rows `r`: equal ones of a column joined by OR, all others by AND. */
export function toSql(
  conditions: readonly Condition[],
  columns: OutputColumns,
  values: SqlValues,
): readonly string[] {
  const equal = Map.groupBy(
    conditions.filter(({ operator }) => operator === 'eq'),
    ({ column }) => column,
  );
  const alternatives = [...equal.values()].map(
    (same) => `(${same.map((one) => comparison(one, columns, values)).join(' OR ')})`,
  );
  const others = conditions.filter(({ operator }) => operator !== 'eq');
  return [...alternatives, ...others.map((one) => comparison(one, columns, values))];
}

const comparisons = { eq: '=', ne: '!=', gt: '>', ge: '>=', lt: '<', le: '<=' } as const;

function comparison(
  { column, operator, value }: Condition,
  columns: OutputColumns,
  values: SqlValues,
): string {
  const [, name = '', key] = /^([a-z0-9_]+)(?:\[(.*)\])?$/s.exec(column) ?? [];
  const shape = Object.hasOwn(columns, name) ? columns[name] : undefined;
  if (shape === undefined) return 'true'; // The API says of the same condition that the column is unknown.
  const target = key === undefined ? expressionOf(name, shape) : `r.${name}[${values.add(key, 'String')}]`;
  if (value === 'null') return `${target} IS ${operator === 'ne' ? 'NOT ' : ''}NULL`;
  const type = key === undefined ? typeOf(shape) : 'String';
  const place = values.add(type === 'Float64' ? toNumber(value, shape) : value, type);
  if (operator === 'prefix') return `startsWith(${target}, ${place})`;
  if (operator === 'contains') return `position(${target}, ${place}) > 0`;
  const compared = `${target} ${comparisons[operator]} ${place}`;
  return operator === 'ne' ? `(${target} IS NULL OR ${compared})` : compared;
}

function expressionOf(name: string, { json, semantic }: OutputColumn): string {
  if (semantic === 'address') return `replaceOne(toString(r.${name}), '::ffff:', '')`;
  return json === 'string' ? `toString(r.${name})` : `r.${name}`;
}

function typeOf({ json }: OutputColumn): string {
  if (json === 'number') return 'Float64';
  return json === 'boolean' ? 'Bool' : 'String';
}

const NS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 6e10,
  min: 6e10,
  h: 3.6e12,
};
const BYTES: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 1_024,
  MiB: 1_048_576,
  GiB: 1_073_741_824,
};

/** `250ms`, `10KiB` and plain numbers, as the API takes them. */
function toNumber(text: string, { semantic }: OutputColumn): string {
  const [, digits = '', unit = ''] = /^([\d.]+)\s*([a-zA-Zµ]*)$/.exec(text.trim()) ?? [];
  const factor = unit === '' ? 1 : (semantic === 'bytes' ? BYTES : NS)[unit];
  return digits === '' || factor === undefined ? text : String(Number(digits) * factor);
}
