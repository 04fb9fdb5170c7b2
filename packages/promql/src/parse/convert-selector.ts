import type { SyntaxNode } from '@lezer/common';
import { AppError } from '@tomte/kit';
import { type LabelMatcher, type MatchOperator, metricName, type VectorSelector } from '../ast.ts';
import { parseError } from '../promql-error.ts';
import { compileRegex } from '../regex.ts';
import { unquote } from './literals.ts';
import { childNamed, childrenOf, spanOf, textOf } from './syntax.ts';

const operators: readonly string[] = ['=', '!=', '=~', '!~'] satisfies readonly MatchOperator[];

/** `name{label="value"}`, `{"name", label="value"}`. Throws AppError. */
export function convertSelector(node: SyntaxNode, text: string): VectorSelector {
  const identifier = childNamed(node, 'Identifier');
  const braces = childNamed(node, 'LabelMatchers');
  const written = braces === undefined ? [] : childrenOf(braces).map((child) => convertMatcher(child, text));
  const quotedNames = written.filter((matcher) => matcher.isBareName);
  const name = identifier === undefined ? (quotedNames[0]?.value ?? '') : textOf(identifier, text);
  const others = written.filter((matcher) => !matcher.isBareName);
  const second =
    quotedNames[identifier === undefined ? 1 : 0] ?? (name === '' ? undefined : others.find(isName));
  if (second !== undefined) {
    const facts = `metric name must not be set twice: ${JSON.stringify(name)} or ${JSON.stringify(second.value)}`;
    throw parseError(text, node.from, facts);
  }
  const own: readonly LabelMatcher[] = name === '' ? [] : [{ name: metricName, operator: '=', value: name }];
  const matchers = [...others.map(({ isBareName: _, ...matcher }) => matcher), ...own];
  return {
    kind: 'selector',
    name: identifier === undefined ? '' : name,
    matchers,
    offsetMs: 0,
    span: spanOf(node),
  };
}

function isName(matcher: LabelMatcher): boolean {
  return matcher.name === metricName;
}

interface WrittenMatcher extends LabelMatcher {
  /** A quoted text alone in the braces names the metric. */
  readonly isBareName: boolean;
}

function convertMatcher(node: SyntaxNode, text: string): WrittenMatcher {
  if (node.name === 'QuotedLabelName') {
    return { name: metricName, operator: '=', value: unquoted(node, text), isBareName: true };
  }
  const [label, operatorNode, valueNode] = childrenOf(node);
  const operator = operatorNode === undefined ? '' : textOf(operatorNode, text);
  if (label === undefined || valueNode === undefined || !isOperator(operator)) {
    throw parseError(text, node.from, 'unexpected matcher');
  }
  const name = label.name === 'LabelName' ? textOf(label, text) : unquoted(label, text);
  const value = unquoted(valueNode, text);
  if (operator === '=~' || operator === '!~') checkRegex(value, valueNode, text);
  return { name, operator, value, isBareName: false };
}

function isOperator(text: string): text is MatchOperator {
  return operators.includes(text);
}

function unquoted(node: SyntaxNode, text: string): string {
  const value = unquote(textOf(node, text));
  if (value === undefined)
    throw parseError(text, node.from, 'unterminated string or unknown escape sequence');
  return value;
}

function checkRegex(pattern: string, node: SyntaxNode, text: string): void {
  try {
    compileRegex(pattern);
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown;
    throw parseError(text, node.from, thrown instanceof Error ? thrown.message : String(thrown));
  }
}
