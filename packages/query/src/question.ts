import { type AppError, fail, type Outcome, succeed } from '@tomte/kit';
import { type Cursor, decodeCursor, encodeCursor, fingerprintOf, invalidCursor } from './cursor.ts';
import { type Filter, parseFilters } from './filter.ts';
import type { OutputColumns } from './output-column.ts';
import { parseExpression } from './filter-language/parse-expression.ts';
import { queryError, quoted } from './query-error.ts';
import { SqlParams } from './sql-params.ts';
import { parseRange, type TimeRange } from './time-range.ts';
import type { AnswerSource, AnyView, KeyPart, Order } from './view.ts';
import { parseParam } from './view-param.ts';

/** Text parameters of a question, as of a URL: each name with all its values. */
export type QuestionParameters = Readonly<Record<string, readonly string[]>>;

/** Names that every view understands; all others are its own parameters or filters on its record's columns. */
export const commonParameters = ['from', 'to', 'limit', 'cursor', 'order', 'filter'] as const;

/** A question to a view, parsed and checked. */
export interface Question {
  readonly view: AnyView;
  readonly range: TimeRange;
  readonly limitRows: number;
  readonly order: Order;
  readonly values: Readonly<Record<string, string | number>>;
  readonly filters: readonly Filter[];
  readonly after: readonly string[] | undefined;
  readonly fingerprint: string;
}

export interface CompiledQuestion {
  readonly sql: string;
  readonly params: Readonly<Record<string, string>>;
  readonly columns: OutputColumns;
  /** Rows of the answer at most; the statement fetches one more. */
  readonly limitRows: number;
}

/** Reads a question. Every parameter must be known: a misspelt filter would widen the answer without a word. */
export function parseQuestion(
  view: AnyView,
  parameters: QuestionParameters,
  nowNs: bigint,
): Outcome<Question, AppError> {
  const common = parseCommon(view, parameters, nowNs);
  if (!common.ok) return common;
  const values = parseValues(view, parameters, nowNs);
  if (!values.ok) return values;
  const filters = parseAllFilters(view, parameters, nowNs);
  if (!filters.ok) return filters;
  const question = { view, values: values.value, filters: filters.value, ...common.value };
  return continueFrom({ ...question, after: undefined, fingerprint: '' }, parameters);
}

/** Filters by columns, and what `filter` says. */
function parseAllFilters(
  view: AnyView,
  parameters: QuestionParameters,
  nowNs: bigint,
): Outcome<readonly Filter[], AppError> {
  const filters = parseFilters(view.record, filterParameters(view, parameters), nowNs);
  const text = parameters['filter']?.[0];
  if (!filters.ok || text === undefined || text.trim() === '') return filters;
  const expression = parseExpression(text, { record: view.record, nowNs });
  if (!expression.ok) return expression;
  return succeed([...filters.value, { name: '', operator: 'expression', expression: expression.value }]);
}

type Common = Pick<Question, 'range' | 'limitRows' | 'order'>;

function parseCommon(
  view: AnyView,
  parameters: QuestionParameters,
  nowNs: bigint,
): Outcome<Common, AppError> {
  for (const name of [...commonParameters, ...Object.keys(view.params)]) {
    const count = parameters[name]?.length ?? 0;
    if (count > 1)
      return fail(queryError('QUERY_PARAM_REPEATED', `${name} stands ${count} times`, 'Give it once.'));
  }
  const range = parseRange(parameters['from']?.[0], parameters['to']?.[0], nowNs);
  if (!range.ok) return range;
  const limit = parseLimit(view, parameters['limit']?.[0]);
  if (!limit.ok) return limit;
  const order = parameters['order']?.[0] ?? 'desc';
  if (order === 'desc' || (order === 'asc' && view.key !== undefined)) {
    return succeed({ range: range.value, limitRows: limit.value, order });
  }
  const remedy =
    view.key === undefined ? 'Leave it away: this view has an order of its own.' : 'Give asc or desc.';
  return fail(queryError('QUERY_PARAM_INVALID', `${quoted(order)} is no order here`, remedy));
}

function parseLimit(view: AnyView, text: string | undefined): Outcome<number, AppError> {
  if (text === undefined) return succeed(view.defaultLimitRows);
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= view.maxLimitRows) return succeed(value);
  const facts = `limit ${quoted(text)} is out of range`;
  return fail(
    queryError('QUERY_LIMIT_INVALID', facts, `Give a whole number from 1 to ${view.maxLimitRows}.`),
  );
}

function parseValues(
  view: AnyView,
  parameters: QuestionParameters,
  nowNs: bigint,
): Outcome<Question['values'], AppError> {
  const values: Record<string, string | number> = {};
  for (const [name, param] of Object.entries(view.params)) {
    const value = parseParam(name, param, parameters[name]?.[0], nowNs);
    if (!value.ok) return value;
    values[name] = value.value;
  }
  return succeed(values);
}

function filterParameters(view: AnyView, parameters: QuestionParameters): QuestionParameters {
  const known: readonly string[] = [...commonParameters, ...Object.keys(view.params)];
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => !known.includes(name)));
}

/** A cursor brings the range of the first page, so that `-15m` does not move between pages. */
function continueFrom(question: Question, parameters: QuestionParameters): Outcome<Question, AppError> {
  const rest = Object.entries(parameters).filter(([name]) => name !== 'cursor' && name !== 'limit');
  const fingerprint = fingerprintOf(
    JSON.stringify([question.view.name, rest.sort(([a], [b]) => (a < b ? -1 : 1))]),
  );
  const text = parameters['cursor']?.[0];
  if (text === undefined) return succeed({ ...question, fingerprint });
  if (question.view.key === undefined) return fail(invalidCursor(`${question.view.name} has no pages`));
  const cursor = decodeCursor(text);
  if (!cursor.ok) return cursor;
  if (cursor.value.fingerprint !== fingerprint)
    return fail(invalidCursor('the cursor is of another question'));
  if (!hasKeyTypes(cursor.value, question.view.key)) return fail(invalidCursor('the cursor cannot be read'));
  return succeed({ ...question, fingerprint, range: cursor.value.range, after: cursor.value.key });
}

function hasKeyTypes(cursor: Cursor, key: readonly KeyPart[]): boolean {
  if (cursor.key.length !== key.length) return false;
  return key.every((part, index) => part.type === 'String' || isWhole(cursor.key[index] ?? '', part.type));
}

function isWhole(text: string, type: 'Int64' | 'UInt64'): boolean {
  if (!/^\d{1,20}$/.test(text)) return false;
  return BigInt(text) <= (type === 'Int64' ? 9_223_372_036_854_775_807n : 18_446_744_073_709_551_615n);
}

/** SQL text and its server-side parameters; `range` may be narrower than asked, to look at the newest rows first. */
export function compileQuestion(
  question: Question,
  range: TimeRange = restOfRange(question),
): CompiledQuestion {
  const { view, filters, order, after, limitRows } = question;
  const params = new SqlParams();
  const input = {
    range,
    filters,
    order,
    after,
    params,
    fetchRows: limitRows + 1,
    values: question.values,
  };
  const sql = view.sql(input as never); // Proof: `parseValues` made the values from the view's own declaration.
  return { sql, params: params.values, columns: view.columns, limitRows };
}

/** A later page lies past the time of the last row (the first part of every key): fewer marks to read. */
export function restOfRange({ range, after, order }: Question): TimeRange {
  if (after === undefined) return range;
  const lastNs = BigInt(after[0] ?? '0');
  if (order === 'asc') return { ...range, fromNs: lastNs > range.fromNs ? lastNs : range.fromNs };
  return { ...range, toNs: lastNs < range.toNs ? lastNs + 1n : range.toNs };
}

/** The table that the answer comes from, and the time that it is about. */
export function sourceOf(question: Question): AnswerSource {
  const { view, range } = question;
  return view.source?.(question as never) ?? { table: view.record.table, range }; // Proof: as in `compileQuestion`.
}

/** The cursor after a page that ended with the row of this key. */
export function nextCursor(question: Question, key: readonly string[]): string {
  return encodeCursor({ range: question.range, key, fingerprint: question.fingerprint });
}

export function findView(all: readonly AnyView[], name: string): Outcome<AnyView, AppError> {
  const view = all.find((candidate) => candidate.name === name);
  if (view !== undefined) return succeed(view);
  const remedy = `Use one of ${all.map((candidate) => candidate.name).join(', ')}.`;
  return fail(queryError('QUERY_VIEW_UNKNOWN', `there is no view ${quoted(name)}`, remedy));
}
