import type { SyntaxNode } from '@lezer/common';
import { type AppError, fail, type Outcome, succeed } from '@tomte/kit';
import type { AnyRecord } from '@tomte/model';
import { type FilterExpression, type FilterOperator, parseFilters } from '../filter.ts';
import { filterParser } from '../gen/filter-parser.ts';
import { quoted } from '../query-error.ts';
import { PositionedError, positionIn } from './positioned-error.ts';

const MAX_TEXT_CHARACTERS = 4_096;
const MAX_CONDITIONS = 100;
const MAX_DEPTH = 30;

/** What the conditions are about, and when now is. */
export interface ExpressionContext {
  readonly record: AnyRecord;
  readonly nowNs: bigint;
}

/** Reads a filter such as `status_code >= 500 and not path startswith "/health"`. Errors say their place in it. */
export function parseExpression(
  text: string,
  context: ExpressionContext,
): Outcome<FilterExpression, AppError> {
  if (text.length > MAX_TEXT_CHARACTERS)
    return limit(text, MAX_TEXT_CHARACTERS, `the filter has more than ${MAX_TEXT_CHARACTERS} characters`);
  const tree = filterParser.parse(text);
  const fault = firstFault(tree.topNode);
  if (fault !== undefined) return syntax(text, fault);
  const root = tree.topNode.firstChild;
  if (root === null) return syntax(text, 0);
  return new Reader(text, context).read(root, 1);
}

/** Where the parser first had to guess. */
function firstFault(top: SyntaxNode): number | undefined {
  const cursor = top.cursor();
  do if (cursor.type.isError) return cursor.from;
  while (cursor.next());
  return undefined;
}

class Reader {
  readonly #text: string;
  readonly #context: ExpressionContext;
  #conditionCount = 0;

  constructor(text: string, context: ExpressionContext) {
    this.#text = text;
    this.#context = context;
  }

  read(node: SyntaxNode, depth: number): Outcome<FilterExpression, AppError> {
    if (depth > MAX_DEPTH)
      return limit(this.#text, node.from, `the filter is nested more than ${MAX_DEPTH} deep`);
    const parts = expressionsOf(node);
    switch (node.name) {
      case 'Or':
        return this.#join('any', node, depth);
      case 'And':
        return this.#join('all', node, depth);
      case 'Not': {
        const part = this.#only(parts, node, depth);
        return part.ok ? succeed({ kind: 'not', part: part.value }) : part;
      }
      case 'Group':
        return this.#only(parts, node, depth);
      default:
        return this.#comparison(node);
    }
  }

  #only(parts: readonly SyntaxNode[], node: SyntaxNode, depth: number): Outcome<FilterExpression, AppError> {
    const [part] = parts;
    return part === undefined ? syntax(this.#text, node.from) : this.read(part, depth + 1);
  }

  /** A chain of the same word is one list, however long: its tree leans to the left. */
  #join(kind: 'all' | 'any', node: SyntaxNode, depth: number): Outcome<FilterExpression, AppError> {
    const parts: FilterExpression[] = [];
    for (const part of chainOf(node)) {
      const read = this.read(part, depth + 1);
      if (!read.ok) return read;
      parts.push(read.value);
    }
    return succeed({ kind, parts });
  }

  #comparison(node: SyntaxNode): Outcome<FilterExpression, AppError> {
    this.#conditionCount += 1;
    if (this.#conditionCount > MAX_CONDITIONS)
      return limit(this.#text, node.from, `the filter has more than ${MAX_CONDITIONS} conditions`);
    const [field, operator, ...values] = childrenOf(node);
    if (field === undefined || operator === undefined) return syntax(this.#text, node.from);
    const said = this.#slice(operator).toLowerCase().replaceAll(/\s+/g, ' ');
    const [name, isNegated] = operators[said] ?? ['eq', false];
    const texts = values
      .flatMap((value) => (value.name === 'List' ? childrenOf(value) : [value]))
      .map((value) => this.#valueOf(value));
    const column = this.#fieldOf(field);
    const key = name === 'in' ? 'eq' : name; // `in` of an address splits at commas.
    const parsed = parseFilters(this.#context.record, { [`${column}.${key}`]: texts }, this.#context.nowNs);
    if (!parsed.ok)
      return this.#placed(
        parsed.error,
        parsed.error.code === 'QUERY_COLUMN_UNKNOWN' ? field : operator,
        values[0],
      );
    const [condition] = parsed.value;
    if (condition === undefined) return syntax(this.#text, node.from);
    const positive: FilterExpression = { kind: 'condition', condition };
    return succeed(isNegated ? { kind: 'not', part: positive } : positive);
  }

  /** The same error with its place: of the value where the value is at fault. */
  #placed(error: AppError, node: SyntaxNode, value: SyntaxNode | undefined): Outcome<never, AppError> {
    const isOfValue = error.code === 'QUERY_VALUE_INVALID' || error.code === 'QUERY_TIME_INVALID';
    const position = positionIn(this.#text, (isOfValue ? value : undefined)?.from ?? node.from);
    const facts = `column ${position.column} of the filter: ${error.message}`;
    return fail(new PositionedError(error.code, facts, { remedy: error.remedy ?? '', position }));
  }

  /** `request_headers["user-agent"]` → `request_headers[user-agent]`. */
  #fieldOf(field: SyntaxNode): string {
    const [name, key] = childrenOf(field);
    const named = name === undefined ? '' : this.#slice(name);
    return key === undefined ? named : `${named}[${this.#valueOf(key)}]`;
  }

  #valueOf(node: SyntaxNode): string {
    const text = this.#slice(node);
    return node.name === 'String' ? text.slice(1, -1).replaceAll(/\\(["'\\])/g, '$1') : text;
  }

  #slice(node: SyntaxNode): string {
    return this.#text.slice(node.from, node.to);
  }
}

/** Operators as they are written → as `column.operator` names them, and whether the opposite is meant. */
const operators: Readonly<Record<string, readonly [FilterOperator, boolean]>> = {
  '=': ['eq', false],
  '!=': ['ne', false],
  '>': ['gt', false],
  '>=': ['ge', false],
  '<': ['lt', false],
  '<=': ['le', false],
  '=~': ['regex', false],
  '!~': ['regex', true],
  contains: ['contains', false],
  startswith: ['prefix', false],
  in: ['in', false],
  'not in': ['in', true],
};

/** Without brackets, commas and other signs, which have names of one character. */
function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling)
    if (/^[A-Z]/.test(child.name)) children.push(child);
  return children;
}

const expressionsOf = childrenOf;

function chainOf(node: SyntaxNode): readonly SyntaxNode[] {
  const parts: SyntaxNode[] = [];
  let left: SyntaxNode | undefined = node;
  while (left !== undefined && left.name === node.name) {
    const [first, second]: readonly SyntaxNode[] = expressionsOf(left);
    if (second !== undefined) parts.unshift(second);
    left = first;
  }
  return left === undefined ? parts : [left, ...parts];
}

function syntax(text: string, offset: number): Outcome<never, AppError> {
  const position = positionIn(text, offset);
  const rest = text.slice(offset).trim();
  const facts =
    rest === ''
      ? `column ${position.column} of the filter: it ends too early`
      : `column ${position.column} of the filter: ${quoted(rest.slice(0, 20))} is not expected here`;
  const remedy =
    'Write COLUMN OPERATOR VALUE (= != > >= < <= =~ !~ contains startswith, or in (…)), joined by and, or, not and ' +
    'parentheses; quote what is no single word: status_code >= 500 and path startswith "/cart".';
  return fail(new PositionedError('QUERY_FILTER_SYNTAX', facts, { remedy, position }));
}

function limit(text: string, offset: number, facts: string): Outcome<never, AppError> {
  const position = positionIn(text, offset);
  return fail(
    new PositionedError('QUERY_FILTER_LIMIT', facts, { remedy: 'Ask for less at once.', position }),
  );
}
