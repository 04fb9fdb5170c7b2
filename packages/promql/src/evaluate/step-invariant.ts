import type { Expr } from '../ast.ts';
import { withoutParens } from '../ast.ts';

/** Their answer depends on the time of evaluation whatever their arguments are. */
const timeDependent: ReadonlySet<string> = new Set([
  ...['days_in_month', 'day_of_month', 'day_of_week', 'day_of_year', 'hour', 'minute', 'month', 'year'],
  ...['predict_linear', 'time', 'timestamp'],
]);

/** Whether the answer is the same at every point, since `@` fixes the time of all that it looks at. */
export function isStepInvariant(expr: Expr): boolean {
  switch (expr.kind) {
    case 'number':
    case 'string':
      return true;
    case 'selector':
      return expr.at !== undefined;
    case 'matrix':
      return expr.selector.at !== undefined;
    case 'subquery':
      return expr.at !== undefined;
    case 'paren':
    case 'unary':
      return isStepInvariant(expr.expr);
    case 'aggregate':
      return isStepInvariant(expr.expr); // As Prometheus: not even a parameter that changes counts.
    case 'binary':
      return isStepInvariant(expr.lhs) && isStepInvariant(expr.rhs);
    case 'call':
      return isInvariantCall(expr);
  }
}

function isInvariantCall({ name, args }: Extract<Expr, { kind: 'call' }>): boolean {
  const isOfFixed = args.every(isStepInvariant);
  if (name === 'timestamp') return isOfFixed && args.every((arg) => withoutParens(arg).kind === 'selector');
  return isOfFixed && !timeDependent.has(name);
}
