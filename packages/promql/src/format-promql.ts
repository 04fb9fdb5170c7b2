import type { Aggregate, Binary, Expr, Subquery, VectorSelector } from './ast.ts';
import { metricName } from './ast.ts';
import { formatPlain } from './format-float.ts';

/** A part that is longer is written over several lines, as Prometheus does. */
const MAX_LINE_CHARS = 100;
const INDENT = '  ';

/** The expression in Prometheus' own form, broken into lines where it is long. */
export function formatPromql(expr: Expr, level = 0): string {
  const indent = INDENT.repeat(level);
  const line = lineOf(expr);
  if (expr.kind === 'unary') return `${indent}${expr.operator}${formatPromql(expr.expr, level).trim()}`;
  if (expr.kind === 'subquery') {
    return line.length > MAX_LINE_CHARS ? `${formatPromql(expr.expr, level)}${rangeOf(expr)}` : line;
  }
  if (line.length <= MAX_LINE_CHARS) return `${indent}${line}`;
  switch (expr.kind) {
    case 'aggregate': {
      const parts = [...(expr.param === undefined ? [] : [expr.param]), expr.expr];
      const inner = parts.map((part) => formatPromql(part, level + 1)).join(',\n');
      return `${indent}${headOf(expr)}(\n${inner}\n${indent})`;
    }
    case 'call':
      return `${indent}${expr.name}(\n${expr.args.map((arg) => formatPromql(arg, level + 1)).join(',\n')}\n${indent})`;
    case 'paren':
      return `${indent}(\n${formatPromql(expr.expr, level + 1)}\n${indent})`;
    case 'binary': {
      const [left, right] = [formatPromql(expr.lhs, level + 1), formatPromql(expr.rhs, level + 1)];
      return `${left}\n${indent}${operatorOf(expr)}\n${right}`;
    }
    default:
      return `${indent}${line}`;
  }
}

function lineOf(expr: Expr): string {
  switch (expr.kind) {
    case 'number':
      if (!expr.isDuration) return formatPlain(expr.value);
      return `${expr.value < 0 ? '-' : ''}${durationText(Math.abs(expr.value) * 1_000)}`;
    case 'string':
      return JSON.stringify(expr.value);
    case 'selector':
      return `${selectorText(expr)}${shiftOf(expr)}`;
    case 'matrix':
      return `${selectorText(expr.selector)}[${durationText(expr.rangeMs)}]${shiftOf(expr.selector)}`;
    case 'subquery':
      return `${lineOf(expr.expr)}${rangeOf(expr)}`;
    case 'paren':
      return `(${lineOf(expr.expr)})`;
    case 'unary':
      return `${expr.operator}${lineOf(expr.expr)}`;
    case 'binary':
      return `${lineOf(expr.lhs)} ${operatorOf(expr)} ${lineOf(expr.rhs)}`;
    case 'aggregate':
      return `${headOf(expr)}(${[...(expr.param === undefined ? [] : [expr.param]), expr.expr].map(lineOf).join(', ')})`;
    case 'call':
      return `${expr.name}(${expr.args.map(lineOf).join(', ')})`;
  }
}

function selectorText({ name, matchers }: VectorSelector): string {
  const texts = matchers
    .filter((matcher) => matcher.name !== metricName || matcher.operator !== '=' || matcher.value !== name)
    .map((matcher) => `${labelText(matcher.name)}${matcher.operator}${JSON.stringify(matcher.value)}`)
    .sort();
  return `${name}${texts.length === 0 ? '' : `{${texts.join(',')}}`}`;
}

function labelText(name: string): string {
  return /^[a-zA-Z_]\w*$/.test(name) ? name : JSON.stringify(name);
}

function labelsText(names: readonly string[]): string {
  return `(${names.map(labelText).join(', ')})`;
}

function shiftOf({ at, offsetMs }: Pick<VectorSelector, 'at' | 'offsetMs'>): string {
  const time = typeof at === 'number' ? (at / 1_000).toFixed(3) : `${at}()`;
  const offset = `${offsetMs < 0 ? '-' : ''}${durationText(Math.abs(offsetMs))}`;
  return `${at === undefined ? '' : ` @ ${time}`}${offsetMs === 0 ? '' : ` offset ${offset}`}`;
}

function rangeOf(expr: Subquery): string {
  const step = expr.stepMs === 0 ? '' : durationText(expr.stepMs);
  return `[${durationText(expr.rangeMs)}:${step}]${shiftOf(expr)}`;
}

function headOf({ operator, without, grouping }: Aggregate): string {
  if (without) return `${operator} without ${labelsText(grouping)} `;
  return grouping.length === 0 ? operator : `${operator} by ${labelsText(grouping)} `;
}

function operatorOf({ operator, returnBool, matching }: Binary): string {
  const { cardinality, on, labels, include } = matching;
  const isGrouped = cardinality === 'many-to-one' || cardinality === 'one-to-many';
  const matched =
    labels.length > 0 || on || isGrouped ? ` ${on ? 'on' : 'ignoring'} ${labelsText(labels)}` : '';
  const side = cardinality === 'many-to-one' ? 'left' : 'right';
  const grouped = isGrouped ? ` group_${side} ${labelsText(include)}` : '';
  return `${operator}${returnBool ? ' bool' : ''}${matched}${grouped}`;
}

/** Years and weeks only where nothing is left of them. */
const units = [
  ['y', 31_536_000_000, true],
  ['w', 604_800_000, true],
  ['d', 86_400_000, false],
  ['h', 3_600_000, false],
  ['m', 60_000, false],
  ['s', 1_000, false],
  ['ms', 1, false],
] as const;

function durationText(milliseconds: number): string {
  let rest = Math.trunc(milliseconds);
  if (rest === 0) return '0s';
  let text = '';
  for (const [unit, length, isExact] of units) {
    if (isExact && rest % length !== 0) continue;
    const count = Math.floor(rest / length);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * length;
  }
  return text;
}
