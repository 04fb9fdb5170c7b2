import type { SyntaxNode } from '@lezer/common';
import {
  arithmetics,
  type Binary,
  type BinaryOperator,
  comparisons,
  type Expr,
  isSetOperator,
  type Matching,
  setOperators,
} from '../ast.ts';
import { parseError, placeOf, promqlError } from '../promql-error.ts';
import { childNamed, childrenOf, groupingOf, spanOf, textOf } from './syntax.ts';

const operators: readonly string[] = [...comparisons, ...arithmetics, ...setOperators];

export function convertBinary(
  node: SyntaxNode,
  text: string,
  convert: (node: SyntaxNode, text: string) => Expr,
): Expr {
  const children = childrenOf(node);
  const [left, operatorNode] = children;
  const right = children.at(-1);
  if (left === undefined || operatorNode === undefined || right === undefined) {
    throw parseError(text, node.from, 'unexpected operation');
  }
  const operator = textOf(operatorNode, text).toLowerCase();
  if (!isOperator(operator) || childNamed(node, 'FillModifier') !== undefined) {
    const facts = `${placeOf(text, operatorNode.from)}: parse error: ${isOperator(operator) ? 'fill' : operator} is experimental in Prometheus and not there`;
    throw promqlError('PROMQL_NOT_SUPPORTED', facts, 'Use what Prometheus has without a feature flag.');
  }
  const binary: Binary = {
    kind: 'binary',
    operator,
    lhs: convert(left, text),
    rhs: convert(right, text),
    returnBool: childNamed(node, 'BoolModifier') !== undefined,
    matching: matchingOf(node, text, operator),
    operatorSpan: spanOf(operatorNode),
    span: spanOf(node),
  };
  return operator === '^' ? powerBeforeSign(binary, text) : binary;
}

function isOperator(text: string): text is BinaryOperator {
  return operators.includes(text);
}

/** `-1 ^ 2` is `-(1 ^ 2)`: the grammar takes the sign for a part of the number. */
function powerBeforeSign(power: Binary, text: string): Expr {
  const { lhs } = power;
  if (lhs.kind === 'number' && /^[+-]/.test(text.slice(lhs.span.from, lhs.span.to))) {
    const operator = text[lhs.span.from] === '-' ? '-' : '+';
    const bare = { ...lhs, value: operator === '-' ? -lhs.value : lhs.value };
    return { kind: 'unary', operator, expr: { ...power, lhs: bare }, span: power.span };
  }
  if (lhs.kind !== 'unary') return power;
  return { ...lhs, expr: { ...power, lhs: lhs.expr }, span: power.span };
}

function matchingOf(node: SyntaxNode, text: string, operator: BinaryOperator): Matching {
  const clause = childNamed(node, 'MatchingModifierClause');
  const plain = isSetOperator(operator) ? 'many-to-many' : 'one-to-one';
  if (clause === undefined) return { cardinality: plain, on: false, labels: [], include: [] };
  const [labels, include] = childrenOf(clause).filter((child) => child.name === 'GroupingLabels');
  const isLeft = childNamed(clause, 'GroupLeft') !== undefined;
  const isRight = childNamed(clause, 'GroupRight') !== undefined;
  return {
    cardinality: isLeft ? 'many-to-one' : isRight ? 'one-to-many' : plain,
    on: childNamed(clause, 'On') !== undefined,
    labels: labels === undefined ? [] : groupingOf(labels, text),
    include: include === undefined ? [] : groupingOf(include, text),
  };
}
