import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { AppError, fail, type Outcome, succeed } from '@tomte/kit';
import type { Expr } from '../ast.ts';
import { MAX_NESTING, MAX_QUERY_CHARS } from '../limits.ts';
import { limitError, parseError } from '../promql-error.ts';
import { checkTypes } from './check-types.ts';
import { convert } from './convert.ts';

const strict = parser.configure({ strict: true });

/** An expression, its types checked, or where the text goes wrong (PROMQL_PARSE, PROMQL_NOT_SUPPORTED, PROMQL_LIMIT). */
export function parsePromql(text: string): Outcome<Expr, AppError> {
  try {
    const expr = convert(syntaxOf(text), text);
    checkTypes(expr, text);
    return succeed(expr);
  } catch (thrown) {
    if (thrown instanceof AppError) return fail(thrown);
    throw thrown;
  }
}

function syntaxOf(text: string): SyntaxNode {
  if (text.length > MAX_QUERY_CHARS)
    throw limitError(`the query is longer than ${MAX_QUERY_CHARS} characters`);
  if (nestingOf(text) > MAX_NESTING) throw limitError(`the query nests deeper than ${MAX_NESTING} levels`);
  if (text.trim() === '') throw parseError(text, 0, 'no expression found in input');
  try {
    const top = strict.parse(text).topNode.firstChild;
    const expr = top?.name === 'LineComment' ? siblingAfterComments(top) : top;
    if (expr !== null && expr !== undefined) return expr;
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    const offset = Number(/\d+/.exec(thrown.message)?.[0] ?? 0);
    throw parseError(text, offset, unexpected(text, offset));
  }
  throw parseError(text, 0, 'no expression found in input');
}

function siblingAfterComments(node: SyntaxNode): SyntaxNode | null {
  const next = node.nextSibling;
  return next?.name === 'LineComment' ? siblingAfterComments(next) : next;
}

function unexpected(text: string, offset: number): string {
  const rest = text.slice(offset).trimStart();
  if (rest === '') return 'unexpected end of input';
  return `unexpected ${JSON.stringify(/^(?:\w+|.)/su.exec(rest)?.[0] ?? rest)}`;
}

/** Brackets and signs in a row, the two ways to nest; what stands in quotes counts too, which only errs to the safe side. */
function nestingOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const character of text) {
    if ('([{'.includes(character)) depth += 1;
    else if (')]}'.includes(character)) depth -= 1;
    if (depth > deepest) deepest = depth;
  }
  const signs = text.match(/(?:[+-]\s*)+/g) ?? [];
  return Math.max(deepest, ...signs.map((run) => run.replaceAll(/\s/g, '').length));
}
