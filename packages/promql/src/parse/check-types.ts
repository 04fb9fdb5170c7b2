import { type Aggregate, type Binary, type Call, type Expr, isComparison, isSetOperator } from '../ast.ts';
import { signatureOf, type ValueType } from '../function-signatures.ts';
import { testOf } from '../matcher.ts';
import { parseError } from '../promql-error.ts';

const names: Readonly<Record<ValueType, string>> = {
  scalar: 'scalar',
  string: 'string',
  vector: 'instant vector',
  matrix: 'range vector',
};

export function nameOfType(type: ValueType): string {
  return names[type];
}

/** The type of an expression that `checkTypes` has passed. */
export function typeOf(expr: Expr): ValueType {
  switch (expr.kind) {
    case 'number':
      return 'scalar';
    case 'string':
      return 'string';
    case 'selector':
    case 'aggregate':
      return 'vector';
    case 'matrix':
    case 'subquery':
      return 'matrix';
    case 'paren':
    case 'unary':
      return typeOf(expr.expr);
    case 'binary':
      return typeOf(expr.lhs) === 'scalar' && typeOf(expr.rhs) === 'scalar' ? 'scalar' : 'vector';
    case 'call':
      return signatureOf(expr.name)?.returns ?? 'vector';
  }
}

/** Throws PROMQL_PARSE where an operation gets what it cannot work on. */
export function checkTypes(expr: Expr, text: string): void {
  switch (expr.kind) {
    case 'number':
    case 'string':
      return;
    case 'selector':
      return checkSelector(expr, text);
    case 'matrix':
      return checkTypes(expr.selector, text);
    case 'paren':
      return checkTypes(expr.expr, text);
    case 'subquery':
      checkTypes(expr.expr, text);
      if (typeOf(expr.expr) === 'vector') return;
      throw parseError(
        text,
        expr.span.from,
        `subquery is only allowed on instant vector, got ${typeOf(expr.expr)} instead`,
      );
    case 'unary':
      checkTypes(expr.expr, text);
      if (typeOf(expr.expr) === 'scalar' || typeOf(expr.expr) === 'vector') return;
      throw parseError(
        text,
        expr.span.from,
        `unary expression only allowed on expressions of type scalar or instant vector, got "${names[typeOf(expr.expr)]}"`,
      );
    case 'aggregate':
      return checkAggregate(expr, text);
    case 'binary':
      return checkBinary(expr, text);
    case 'call':
      return checkCall(expr, text);
  }
}

function checkSelector(expr: Extract<Expr, { kind: 'selector' }>, text: string): void {
  if (expr.name !== '' || expr.matchers.some((matcher) => !testOf(matcher)(''))) return;
  throw parseError(text, expr.span.from, 'vector selector must contain at least one non-empty matcher');
}

function expectType(expr: Expr, wanted: ValueType, context: string, text: string): void {
  checkTypes(expr, text);
  const got = typeOf(expr);
  if (got === wanted) return;
  throw parseError(text, expr.span.from, `expected type ${names[wanted]} in ${context}, got ${names[got]}`);
}

function checkAggregate(expr: Aggregate, text: string): void {
  expectType(expr.expr, 'vector', 'aggregation expression', text);
  if (expr.param === undefined) return;
  const wanted = expr.operator === 'count_values' ? 'string' : 'scalar';
  expectType(expr.param, wanted, 'aggregation parameter', text);
}

function checkBinary(expr: Binary, text: string): void {
  const { lhs, rhs, matching } = expr;
  for (const side of [lhs, rhs]) {
    checkTypes(side, text);
    if (typeOf(side) === 'scalar' || typeOf(side) === 'vector') continue;
    const facts = 'binary expression must contain only scalar and instant vector types';
    throw parseError(text, side.span.from, facts);
  }
  const problem = problemOf(expr);
  if (problem !== undefined) throw parseError(text, expr.operatorSpan.from, problem);
  const isWithScalar = typeOf(lhs) === 'scalar' || typeOf(rhs) === 'scalar';
  const both = matching.labels.find((label) => matching.on && matching.include.includes(label));
  if (both !== undefined) {
    const facts = `label ${JSON.stringify(both)} must not occur in ON and GROUP clause at once`;
    throw parseError(text, expr.operatorSpan.from, facts);
  }
  if (isWithScalar && matching.labels.length > 0) {
    throw parseError(text, expr.span.from, 'vector matching only allowed between instant vectors');
  }
}

function problemOf({ operator, lhs, rhs, matching, returnBool }: Binary): string | undefined {
  const types = [typeOf(lhs), typeOf(rhs)];
  if (returnBool && !isComparison(operator)) return 'bool modifier can only be used on comparison operators';
  if (isComparison(operator) && !returnBool && types.every((type) => type === 'scalar')) {
    return 'comparisons between scalars must use BOOL modifier';
  }
  if (!isSetOperator(operator)) return undefined;
  if (types.includes('scalar')) return `set operator "${operator}" not allowed in binary scalar expression`;
  const isGrouped = matching.cardinality === 'many-to-one' || matching.cardinality === 'one-to-many';
  return isGrouped ? `no grouping allowed for "${operator}" operation` : undefined;
}

function checkCall({ name, args, span }: Call, text: string): void {
  const signature = signatureOf(name);
  if (signature === undefined) return;
  const { args: types, variadic } = signature;
  const least = variadic === 0 ? types.length : types.length - 1;
  const most = variadic < 0 ? Infinity : least + variadic;
  if (args.length < least || args.length > most) {
    const how = variadic === 0 ? '' : args.length < least ? 'at least ' : 'at most ';
    const count = args.length < least ? least : most;
    const facts = `expected ${how}${count} argument(s) in call to "${name}", got ${args.length}`;
    throw parseError(text, span.from, facts);
  }
  for (const [index, arg] of args.entries()) {
    const wanted = types[Math.min(index, types.length - 1)];
    if (wanted !== undefined) expectType(arg, wanted, `call to function "${name}"`, text);
  }
}
