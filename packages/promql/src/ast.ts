/** Where a part stands in the text: offsets in characters, the end exclusive. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export type MatchOperator = '=' | '!=' | '=~' | '!~';

export interface LabelMatcher {
  readonly name: string;
  readonly operator: MatchOperator;
  readonly value: string;
}

/** The time of an `@` modifier: the start or end of the query, or milliseconds since the epoch. */
export type At = 'start' | 'end' | number;

interface Shift {
  readonly offsetMs: number;
  readonly at?: At;
}

export interface NumberLiteral {
  readonly kind: 'number';
  readonly value: number;
  /** Written as a duration, such as `5m`. */
  readonly isDuration: boolean;
  readonly span: Span;
}

export interface StringLiteral {
  readonly kind: 'string';
  readonly value: string;
  readonly span: Span;
}

export interface VectorSelector extends Shift {
  readonly kind: 'selector';
  /** As it stands before the braces; empty when these alone choose. */
  readonly name: string;
  /** The name's own matcher is among them. */
  readonly matchers: readonly LabelMatcher[];
  readonly span: Span;
}

export interface MatrixSelector {
  readonly kind: 'matrix';
  readonly selector: VectorSelector;
  readonly rangeMs: number;
  readonly span: Span;
}

export interface Subquery extends Shift {
  readonly kind: 'subquery';
  readonly expr: Expr;
  readonly rangeMs: number;
  /** 0 means the default. */
  readonly stepMs: number;
  readonly span: Span;
}

export interface Paren {
  readonly kind: 'paren';
  readonly expr: Expr;
  readonly span: Span;
}

export interface Unary {
  readonly kind: 'unary';
  readonly operator: '+' | '-';
  readonly expr: Expr;
  readonly span: Span;
}

export const comparisons = ['==', '!=', '<', '<=', '>', '>='] as const;
export const arithmetics = ['+', '-', '*', '/', '%', '^', 'atan2'] as const;
export const setOperators = ['and', 'or', 'unless'] as const;
export type Comparison = (typeof comparisons)[number];
export type Arithmetic = (typeof arithmetics)[number];
export type SetOperator = (typeof setOperators)[number];
export type BinaryOperator = Comparison | Arithmetic | SetOperator;

export interface Matching {
  readonly cardinality: 'one-to-one' | 'many-to-one' | 'one-to-many' | 'many-to-many';
  readonly on: boolean;
  readonly labels: readonly string[];
  /** Labels taken over from the one side. */
  readonly include: readonly string[];
}

export interface Binary {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly lhs: Expr;
  readonly rhs: Expr;
  readonly returnBool: boolean;
  readonly matching: Matching;
  readonly operatorSpan: Span;
  readonly span: Span;
}

export const aggregators = [
  'sum',
  'avg',
  'count',
  'min',
  'max',
  'group',
  'stddev',
  'stdvar',
  'topk',
  'bottomk',
  'count_values',
  'quantile',
] as const;
export type Aggregator = (typeof aggregators)[number];

export interface Aggregate {
  readonly kind: 'aggregate';
  readonly operator: Aggregator;
  readonly expr: Expr;
  readonly param?: Expr;
  readonly grouping: readonly string[];
  readonly without: boolean;
  readonly span: Span;
}

export interface Call {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly Expr[];
  readonly span: Span;
}

export type Expr =
  | NumberLiteral
  | StringLiteral
  | VectorSelector
  | MatrixSelector
  | Subquery
  | Paren
  | Unary
  | Binary
  | Aggregate
  | Call;

export const metricName = '__name__';

export function isComparison(operator: BinaryOperator): operator is Comparison {
  return (comparisons as readonly string[]).includes(operator);
}

export function isSetOperator(operator: BinaryOperator): operator is SetOperator {
  return (setOperators as readonly string[]).includes(operator);
}

export function withoutParens(expr: Expr): Expr {
  return expr.kind === 'paren' ? withoutParens(expr.expr) : expr;
}
