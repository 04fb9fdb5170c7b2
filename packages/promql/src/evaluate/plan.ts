import type { Expr, Subquery, VectorSelector } from '../ast.ts';
import { MAX_SELECTORS, MAX_SUBQUERY_DEPTH, MAX_SUBQUERY_POINTS } from '../limits.ts';
import { limitError } from '../promql-error.ts';
import type { Selection } from '../samples.ts';
import { type Environment, fixedTime } from './environment.ts';
import { type Points, timeAt } from './value.ts';

export interface PlannedSelection extends Selection {
  readonly selector: VectorSelector;
}

export type Times = Pick<Environment, 'startMs' | 'endMs' | 'lookbackMs' | 'subqueryStepMs'>;

/** The samples that an expression needs, selector by selector. Throws PROMQL_LIMIT. */
export function planSelections(expr: Expr, points: Points, times: Times): readonly PlannedSelection[] {
  const planned: PlannedSelection[] = [];
  collect(expr, { points, times, depth: 0, func: '' }, planned);
  if (planned.length <= MAX_SELECTORS) return planned;
  throw limitError(`the query has more than ${MAX_SELECTORS} selectors`);
}

interface Place {
  readonly points: Points;
  readonly times: Times;
  readonly depth: number;
  /** The function around. */
  readonly func: string;
}

function collect(expr: Expr, place: Place, planned: PlannedSelection[]): void {
  switch (expr.kind) {
    case 'number':
    case 'string':
      return;
    case 'selector':
      planned.push(selectionOf(expr, 0, place));
      return;
    case 'matrix':
      planned.push(selectionOf(expr.selector, expr.rangeMs, place));
      return;
    case 'subquery':
      return collectSubquery(expr, place, planned);
    case 'paren':
    case 'unary':
      return collect(expr.expr, place, planned);
    case 'binary':
      collect(expr.lhs, place, planned);
      return collect(expr.rhs, place, planned);
    case 'aggregate':
      if (expr.param !== undefined) collect(expr.param, place, planned);
      return collect(expr.expr, place, planned);
    case 'call':
      for (const arg of expr.args) collect(arg, { ...place, func: expr.name }, planned);
  }
}

function collectSubquery(expr: Subquery, place: Place, planned: PlannedSelection[]): void {
  if (place.depth === MAX_SUBQUERY_DEPTH) {
    throw limitError(`subqueries stand inside one another more than ${MAX_SUBQUERY_DEPTH} deep`);
  }
  const points = subqueryPoints(expr, place.points, place.times);
  if (points.count > 0) collect(expr.expr, { ...place, points, depth: place.depth + 1, func: '' }, planned);
}

function selectionOf(
  selector: VectorSelector,
  rangeMs: number,
  { points, times, func }: Place,
): PlannedSelection {
  const fixedMs = fixedTime(selector.at, times);
  const firstMs = (fixedMs ?? points.startMs) - selector.offsetMs;
  const lastMs = (fixedMs ?? timeAt(points, points.count - 1)) - selector.offsetMs;
  const backMs = rangeMs === 0 ? times.lookbackMs : rangeMs;
  const stepMs = points.count === 1 || fixedMs !== undefined ? 0 : points.stepMs;
  return {
    selector,
    matchers: selector.matchers,
    fromMs: firstMs - backMs,
    toMs: lastMs,
    hints: { func, rangeMs, stepMs },
  };
}

/** The points of a subquery lie on multiples of its step, after the start of the first range. Throws PROMQL_LIMIT. */
export function subqueryPoints(expr: Subquery, outer: Points, times: Times): Points {
  const fixedMs = fixedTime(expr.at, times);
  const stepMs = expr.stepMs === 0 ? times.subqueryStepMs : expr.stepMs;
  const afterMs = (fixedMs ?? outer.startMs) - expr.offsetMs - expr.rangeMs;
  const lastMs = (fixedMs ?? timeAt(outer, outer.count - 1)) - expr.offsetMs;
  const aligned = stepMs * Math.trunc(afterMs / stepMs);
  const startMs = aligned <= afterMs ? aligned + stepMs : aligned;
  const count = Math.max(0, Math.floor((lastMs - startMs) / stepMs) + 1);
  if (count > MAX_SUBQUERY_POINTS) {
    throw limitError(`a subquery is evaluated at more than ${MAX_SUBQUERY_POINTS} points`);
  }
  return { startMs, stepMs, count };
}
