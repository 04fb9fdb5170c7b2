import { type Binary, isComparison, isSetOperator } from '../ast.ts';
import { arithmetic, comparison } from './operators.ts';

/** What an operator makes of two numbers; undefined where a comparison filters. */
export type Combine = (left: number, right: number) => number | undefined;

export function combineOf({ operator, returnBool }: Binary): Combine {
  if (isComparison(operator)) {
    const compare = comparison[operator];
    if (returnBool) return (left, right) => (compare(left, right) ? 1 : 0);
    return (left, right) => (compare(left, right) ? left : undefined);
  }
  if (isSetOperator(operator)) throw new Error(`${operator} does not work on numbers`);
  return arithmetic[operator];
}

/** Arithmetic and `bool` make another metric; a comparison that filters does not. */
export function dropsName({ operator, returnBool }: Binary): boolean {
  return returnBool || !isComparison(operator);
}
