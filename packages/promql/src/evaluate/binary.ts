import { type Binary, isSetOperator } from '../ast.ts';
import { combineOf, dropsName } from './combine.ts';
import type { Environment, Place } from './environment.ts';
import { mergeEqual } from './merge.ts';
import { evaluateSet } from './set-operators.ts';
import {
  at,
  emptySeries,
  isAnywhere,
  put,
  type ScalarValue,
  type Value,
  type VectorSeries,
  type VectorValue,
} from './value.ts';
import { matchVectors } from './vector-matching.ts';

export function evaluateBinary(expr: Binary, lhs: Value, rhs: Value, place: Place): Value {
  if (lhs.kind === 'string' || rhs.kind === 'string') throw new Error('a text is no operand');
  if (lhs.kind === 'scalar') {
    return rhs.kind === 'scalar'
      ? twoScalars(expr, lhs, rhs)
      : withScalar(expr, { vector: rhs, scalar: lhs, isLeft: true }, place.env);
  }
  if (rhs.kind === 'scalar') return withScalar(expr, { vector: lhs, scalar: rhs, isLeft: false }, place.env);
  if (isSetOperator(expr.operator)) {
    return {
      kind: 'vector',
      series: mergeEqual(evaluateSet(expr.operator, expr.matching, lhs.series, rhs.series)),
    };
  }
  return { kind: 'vector', series: mergeEqual(matchVectors(expr, lhs.series, rhs.series, place)) };
}

function twoScalars(expr: Binary, lhs: ScalarValue, rhs: ScalarValue): ScalarValue {
  const combine = combineOf(expr);
  return {
    kind: 'scalar',
    values: lhs.values.map((left, index) => combine(left, at(rhs.values, index)) ?? NaN),
  };
}

interface OneVector {
  readonly vector: VectorValue;
  readonly scalar: ScalarValue;
  readonly isLeft: boolean;
}

function withScalar(expr: Binary, { vector, scalar, isLeft }: OneVector, env: Environment): VectorValue {
  const combine = combineOf(expr);
  const isFilter = !dropsName(expr);
  const series: VectorSeries[] = [];
  for (const one of vector.series) {
    const count = one.values.length;
    env.budget.chargeValues(count);
    const result = emptySeries(isFilter ? one.labels : one.labels.withoutName(), count);
    for (let index = 0; index < count; index += 1) {
      if (one.present[index] !== 1) continue;
      const value = at(one.values, index);
      const other = at(scalar.values, index);
      const combined = isLeft ? combine(other, value) : combine(value, other);
      if (combined !== undefined) put(result, index, isFilter ? value : combined);
    }
    if (isAnywhere(result)) series.push(result);
  }
  return { kind: 'vector', series: mergeEqual(series) };
}
