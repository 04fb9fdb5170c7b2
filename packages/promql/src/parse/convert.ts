import type { SyntaxNode } from '@lezer/common';
import { type Aggregate, aggregators, type Aggregator, type At, type Expr } from '../ast.ts';
import { experimentalNames, signatureOf } from '../function-signatures.ts';
import { parseError, placeOf, promqlError } from '../promql-error.ts';
import { convertBinary } from './convert-binary.ts';
import { convertSelector } from './convert-selector.ts';
import { durationMs, isDuration, parseNumber, unquote } from './literals.ts';
import { childNamed, childrenOf, groupingOf, spanOf, textOf } from './syntax.ts';

type Converter = (node: SyntaxNode, text: string) => Expr;

const converters: Readonly<Record<string, Converter>> = {
  NumberDurationLiteral: convertNumber,
  StringLiteral: (node, text) => ({ kind: 'string', value: stringOf(node, text), span: spanOf(node) }),
  VectorSelector: convertSelector,
  ParenExpr: (node, text) => ({ kind: 'paren', expr: only(node, text), span: spanOf(node) }),
  UnaryExpr: convertUnary,
  BinaryExpr: (node, text) => convertBinary(node, text, convert),
  AggregateExpr: convertAggregate,
  FunctionCall: convertCall,
  MatrixSelector: convertMatrix,
  SubqueryExpr: convertSubquery,
  OffsetExpr: convertOffset,
  StepInvariantExpr: convertAt,
};

/** What the grammar's tree means. Throws AppError. */
export function convert(node: SyntaxNode, text: string): Expr {
  const converter = converters[node.name];
  if (converter !== undefined) return converter(node, text);
  if (node.name === 'AnchoredExpr' || node.name === 'SmoothedExpr') {
    throw experimental(node, text, `the modifier ${node.name === 'AnchoredExpr' ? 'anchored' : 'smoothed'}`);
  }
  throw parseError(text, node.from, `unexpected ${textOf(node, text)}`);
}

function experimental(node: SyntaxNode, text: string, what: string): Error {
  const facts = `${placeOf(text, node.from)}: parse error: ${what} is experimental in Prometheus and not there`;
  return promqlError('PROMQL_NOT_SUPPORTED', facts, 'Use what Prometheus has without a feature flag.');
}

function stringOf(node: SyntaxNode, text: string): string {
  const value = unquote(textOf(node, text));
  if (value === undefined)
    throw parseError(text, node.from, 'unterminated string or unknown escape sequence');
  return value;
}

function convertNumber(node: SyntaxNode, text: string): Expr {
  const literal = textOf(node, text);
  const value = parseNumber(literal);
  const bare = literal.replace(/^[+-]\s*/, '');
  if (Number.isNaN(value) && bare.toLowerCase() !== 'nan') {
    throw parseError(text, node.from, `bad number or duration syntax: ${JSON.stringify(literal)}`);
  }
  return { kind: 'number', value, isDuration: isDuration(bare), span: spanOf(node) };
}

function only(node: SyntaxNode, text: string): Expr {
  const [child] = childrenOf(node);
  if (child === undefined) throw parseError(text, node.from, 'no expression found in input');
  return convert(child, text);
}

function convertUnary(node: SyntaxNode, text: string): Expr {
  const [sign, operand] = childrenOf(node);
  if (sign === undefined || operand === undefined) throw parseError(text, node.from, 'unexpected sign');
  return negated(textOf(sign, text) === '-' ? '-' : '+', convert(operand, text), spanOf(node));
}

/** The sign of a number becomes part of it, as in Prometheus. */
function negated(operator: '+' | '-', expr: Expr, span: Expr['span']): Expr {
  if (expr.kind !== 'number') return { kind: 'unary', operator, expr, span };
  return { ...expr, value: operator === '-' ? -expr.value : expr.value, span };
}

function convertAggregate(node: SyntaxNode, text: string): Aggregate {
  const [operatorNode] = childrenOf(node);
  const name = operatorNode === undefined ? '' : textOf(operatorNode, text).toLowerCase();
  if (experimentalNames.has(name)) throw experimental(node, text, `${name}()`);
  if (!isAggregator(name)) throw parseError(text, node.from, `unknown aggregation ${JSON.stringify(name)}`);
  const body = childNamed(node, 'FunctionCallBody');
  const args = body === undefined ? [] : childrenOf(body).map((child) => convert(child, text));
  const modifier = childNamed(node, 'AggregateModifier');
  const labels = modifier === undefined ? undefined : childNamed(modifier, 'GroupingLabels');
  const isWithParam = ['topk', 'bottomk', 'count_values', 'quantile'].includes(name);
  const [first, second] = args;
  const expr = isWithParam ? second : first;
  const wanted = isWithParam ? 2 : 1;
  if (args.length === 0) throw parseError(text, node.from, 'no arguments for aggregate expression provided');
  if (args.length !== wanted || expr === undefined) {
    const facts = `wrong number of arguments for aggregate expression provided, expected ${wanted}, got ${args.length}`;
    throw parseError(text, node.from, facts);
  }
  return {
    kind: 'aggregate',
    operator: name,
    expr,
    ...(isWithParam && first !== undefined ? { param: first } : {}),
    grouping: labels === undefined ? [] : groupingOf(labels, text),
    without: modifier !== undefined && childNamed(modifier, 'Without') !== undefined,
    span: spanOf(node),
  };
}

function isAggregator(name: string): name is Aggregator {
  return (aggregators as readonly string[]).includes(name);
}

function convertCall(node: SyntaxNode, text: string): Expr {
  const [identifier, body] = childrenOf(node);
  const name = identifier === undefined ? '' : textOf(identifier, text);
  if (experimentalNames.has(name)) throw experimental(node, text, `${name}()`);
  if (signatureOf(name) === undefined) {
    throw parseError(text, node.from, `unknown function with name ${JSON.stringify(name)}`);
  }
  const args = body === undefined ? [] : childrenOf(body).map((child) => convert(child, text));
  return { kind: 'call', name, args, span: spanOf(node) };
}

function convertMatrix(node: SyntaxNode, text: string): Expr {
  const [inner, duration] = childrenOf(node);
  if (inner === undefined || duration === undefined) throw parseError(text, node.from, 'unexpected range');
  const rangeMs = positiveDuration(duration, text);
  return onInnermost(convert(inner, text), (expr) => {
    if (expr.kind !== 'selector')
      throw parseError(text, node.from, 'ranges only allowed for vector selectors');
    if (expr.offsetMs !== 0 || expr.at !== undefined) {
      const modifier = expr.at === undefined ? 'offset' : '@';
      throw parseError(text, node.from, `no ${modifier} modifiers allowed before range`);
    }
    return { kind: 'matrix', selector: expr, rangeMs, span: { from: expr.span.from, to: node.to } };
  });
}

function convertSubquery(node: SyntaxNode, text: string): Expr {
  const [inner, range, step] = childrenOf(node);
  if (inner === undefined || range === undefined) throw parseError(text, node.from, 'unexpected subquery');
  const rangeMs = positiveDuration(range, text);
  const stepMs = step === undefined ? 0 : positiveDuration(step, text);
  return onInnermost(convert(inner, text), (expr) => ({
    kind: 'subquery',
    expr,
    rangeMs,
    stepMs,
    offsetMs: 0,
    span: { from: expr.span.from, to: node.to },
  }));
}

function convertOffset(node: SyntaxNode, text: string): Expr {
  const [inner, ...rest] = childrenOf(node);
  const duration = rest.at(-1);
  if (inner === undefined || duration === undefined) throw parseError(text, node.from, 'unexpected offset');
  const offsetMs = durationOf(duration, text);
  return onInnermost(convert(inner, text), (expr) =>
    onShifted(expr, node.to, (shifted) => {
      if (shifted === undefined) {
        const facts =
          'offset modifier must be preceded by an instant vector selector or range vector selector or a subquery';
        throw parseError(text, expr.span.from, facts);
      }
      if (shifted.offsetMs !== 0)
        throw parseError(text, expr.span.from, 'offset may not be set multiple times');
      return { offsetMs };
    }),
  );
}

function convertAt(node: SyntaxNode, text: string): Expr {
  const [inner, ...rest] = childrenOf(node);
  const time = rest.find((child) =>
    ['NumberDurationLiteral', 'AtModifierPreprocessors'].includes(child.name),
  );
  if (inner === undefined || time === undefined) throw parseError(text, node.from, 'unexpected @');
  const at = timeOf(time, text);
  return onInnermost(convert(inner, text), (expr) =>
    onShifted(expr, node.to, (shifted) => {
      if (shifted === undefined) {
        const facts =
          '@ modifier must be preceded by an instant vector selector or range vector selector or a subquery';
        throw parseError(text, expr.span.from, facts);
      }
      if (shifted.at !== undefined) {
        throw parseError(text, expr.span.from, '@ <timestamp> may not be set multiple times');
      }
      return { at };
    }),
  );
}

function timeOf(node: SyntaxNode, text: string): At {
  const literal = textOf(node, text);
  if (node.name === 'AtModifierPreprocessors') return literal.startsWith('start') ? 'start' : 'end';
  const seconds = parseNumber(literal);
  if (Number.isFinite(seconds) && Math.abs(seconds) < 9e15) return Math.round(seconds * 1_000);
  throw parseError(text, node.from, `timestamp out of bounds for @ modifier: ${literal}`);
}

/** What follows binds to the last operand: the grammar's tree may have it around the whole operation. */
function onInnermost(expr: Expr, change: (expr: Expr) => Expr): Expr {
  if (expr.kind === 'binary') {
    const rhs = onInnermost(expr.rhs, change);
    return { ...expr, rhs, span: { from: expr.span.from, to: rhs.span.to } };
  }
  if (expr.kind === 'unary') {
    const inner = onInnermost(expr.expr, change);
    return { ...expr, expr: inner, span: { from: expr.span.from, to: inner.span.to } };
  }
  return change(expr);
}

interface Shifted {
  readonly offsetMs: number;
  readonly at?: At;
}

function onShifted(expr: Expr, to: number, change: (shifted: Shifted | undefined) => Partial<Shifted>): Expr {
  const span = { from: expr.span.from, to };
  if (expr.kind === 'matrix') {
    return { ...expr, selector: { ...expr.selector, ...change(expr.selector) }, span };
  }
  if (expr.kind === 'selector' || expr.kind === 'subquery') return { ...expr, ...change(expr), span };
  change(undefined);
  return expr;
}

function durationOf(node: SyntaxNode, text: string): number {
  const literal = textOf(node, text).replaceAll(/\s/g, '');
  const bare = literal.replace(/^[+-]/, '').toLowerCase();
  const isPlain = isDuration(bare) || /^(?:0x[\da-f]+|[\d_]*\.?[\d_]+(?:e[+-]?[\d_]+)?|inf|nan)$/.test(bare);
  if (!isPlain) throw experimental(node, text, 'arithmetic in durations');
  const milliseconds = isDuration(bare)
    ? durationMs(bare) * (literal.startsWith('-') ? -1 : 1)
    : Math.round(parseNumber(literal) * 1_000);
  if (Number.isFinite(milliseconds) && Math.abs(milliseconds) < 9.2e15) return milliseconds;
  throw parseError(text, node.from, 'duration out of range');
}

function positiveDuration(node: SyntaxNode, text: string): number {
  const milliseconds = durationOf(node, text);
  if (milliseconds > 0) return milliseconds;
  throw parseError(text, node.from, 'duration must be greater than 0');
}
