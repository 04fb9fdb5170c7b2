import { type Aggregate, type Binary, type Expr, isSetOperator, type Unary } from '../ast.ts';
import { evaluateAggregate } from './aggregate.ts';
import { evaluateBinary } from './binary.ts';
import { evaluateCall } from './call.ts';
import type { Environment } from './environment.ts';
import { subqueryPoints } from './plan.ts';
import { evaluateSelector } from './select.ts';
import { isStepInvariant } from './step-invariant.ts';
import { at, type Points, type Value } from './value.ts';
import { mapValues } from './vector-functions.ts';

/** The value of an expression at every point; a range alone has none (`query.ts` answers it). Rejects with AppError. */
export async function evaluate(expr: Expr, points: Points, env: Environment): Promise<Value> {
  await env.breathe();
  if (points.count > 1 && isStepInvariant(expr)) {
    return everywhere(await evaluate(expr, { ...points, count: 1 }, env), points, env);
  }
  switch (expr.kind) {
    case 'number':
      env.budget.chargeValues(points.count);
      return { kind: 'scalar', values: new Float64Array(points.count).fill(expr.value) };
    case 'string':
      return { kind: 'string', value: expr.value };
    case 'selector':
      return { kind: 'vector', series: evaluateSelector(expr, points, env) };
    case 'paren':
      return evaluate(expr.expr, points, env);
    case 'unary':
      return evaluateUnary(expr, points, env);
    case 'binary':
      return evaluateOperation(expr, points, env);
    case 'aggregate':
      return evaluateGroups(expr, points, env);
    case 'call':
      return evaluateCall(expr, {
        points,
        env,
        evaluate: (inner, innerPoints) => evaluate(inner, innerPoints, env),
        subqueryPoints: (subquery) => subqueryPoints(subquery, points, env),
      });
    case 'matrix':
    case 'subquery':
      throw new Error('a range has no value at a point');
  }
}

/** The value at one point, at all points. */
function everywhere(value: Value, { count }: Points, env: Environment): Value {
  if (value.kind === 'string') return value;
  const spread = (values: Float64Array): Float64Array => new Float64Array(count).fill(at(values, 0));
  if (value.kind === 'scalar') return { kind: 'scalar', values: spread(value.values) };
  env.budget.chargeValues(count * value.series.length);
  const series = value.series.map(({ labels, values, present }) => ({
    labels,
    values: spread(values),
    present: new Uint8Array(count).fill(present[0] ?? 0),
  }));
  return { kind: 'vector', series };
}

async function evaluateUnary({ operator, expr }: Unary, points: Points, env: Environment): Promise<Value> {
  const value = await evaluate(expr, points, env);
  if (operator === '+' || value.kind === 'string') return value;
  if (value.kind === 'scalar') return { kind: 'scalar', values: value.values.map((number) => -number) };
  return { kind: 'vector', series: mapValues(value.series, env, (number) => -number) };
}

async function evaluateOperation(expr: Binary, points: Points, env: Environment): Promise<Value> {
  const lhs = await evaluate(expr.lhs, points, env);
  const rhs = await evaluate(expr.rhs, points, env);
  if (isSetOperator(expr.operator)) env.budget.chargeValues(points.count);
  return evaluateBinary(expr, lhs, rhs, { points, env });
}

async function evaluateGroups(expr: Aggregate, points: Points, env: Environment): Promise<Value> {
  const param = expr.param === undefined ? undefined : await evaluate(expr.param, points, env);
  const value = await evaluate(expr.expr, points, env);
  const series = value.kind === 'vector' ? value.series : [];
  return { kind: 'vector', series: evaluateAggregate(expr, series, param, { points, env }) };
}
