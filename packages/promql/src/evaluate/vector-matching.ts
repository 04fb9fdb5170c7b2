import type { Binary } from '../ast.ts';
import type { Labels } from '../labels.ts';
import { executionError } from '../promql-error.ts';
import { combineOf, dropsName } from './combine.ts';
import type { Place } from './environment.ts';
import { bySignature, matchedLabels } from './signature.ts';
import { at, emptySeries, isAnywhere, type Points, put, type VectorSeries } from './value.ts';

/** Pairs the series of two vectors by their labels. Throws PROMQL_EXECUTION where a partner is not the only one. */
export function matchVectors(
  expr: Binary,
  left: readonly VectorSeries[],
  right: readonly VectorSeries[],
  { points, env }: Place,
): readonly VectorSeries[] {
  const isSwapped = expr.matching.cardinality === 'one-to-many';
  const [many, one] = isSwapped ? [right, left] : [left, right];
  const partners = bySignature(expr.matching, one);
  const isManyThere = presentAnywhere(many, points);
  for (const [, group] of partners) requireOne(group, isManyThere, expr, isSwapped);
  const taken = new Map<string, Uint8Array>();
  const results: VectorSeries[] = [];
  for (const own of many) {
    const { key } = matchedLabels(expr.matching, own.labels);
    for (const partner of partners.get(key) ?? []) {
      const labels = resultLabels(own.labels, partner.labels, expr);
      env.budget.chargeValues(points.count);
      const isOneToOne = expr.matching.cardinality === 'one-to-one';
      const takenKey = isOneToOne ? key : `${key}\u{1}${labels.key}`;
      const takenAt = taken.get(takenKey) ?? new Uint8Array(points.count);
      taken.set(takenKey, takenAt);
      const result = combinePair(expr, { own, partner, labels, takenAt, isSwapped });
      if (isAnywhere(result)) results.push(result);
    }
  }
  return results;
}

interface Pair {
  readonly own: VectorSeries;
  readonly partner: VectorSeries;
  readonly labels: Labels;
  /** Points at which another series has already found this partner. */
  readonly takenAt: Uint8Array;
  readonly isSwapped: boolean;
}

function combinePair(expr: Binary, { own, partner, labels, takenAt, isSwapped }: Pair): VectorSeries {
  const combine = combineOf(expr);
  const result = emptySeries(labels, own.values.length);
  for (let index = 0; index < own.values.length; index += 1) {
    if (own.present[index] !== 1 || partner.present[index] !== 1) continue;
    if (takenAt[index] === 1) throw executionError(severalMatches(expr));
    takenAt[index] = 1;
    const ownValue = at(own.values, index);
    const partnerValue = at(partner.values, index);
    const value = isSwapped ? combine(partnerValue, ownValue) : combine(ownValue, partnerValue);
    if (value !== undefined) put(result, index, value);
  }
  return result;
}

function severalMatches({ matching }: Binary): string {
  return matching.cardinality === 'one-to-one'
    ? 'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)'
    : 'multiple matches for labels: grouping labels must ensure unique matches';
}

function presentAnywhere(series: readonly VectorSeries[], { count }: Points): Uint8Array {
  const present = new Uint8Array(count);
  for (const one of series) {
    for (let index = 0; index < count; index += 1) if (one.present[index] === 1) present[index] = 1;
  }
  return present;
}

function requireOne(
  group: readonly VectorSeries[],
  isManyThere: Uint8Array,
  expr: Binary,
  isSwapped: boolean,
): void {
  if (group.length < 2) return;
  for (const [index, isThere] of isManyThere.entries()) {
    if (isThere !== 1) continue;
    const found = group.filter(({ present }) => present[index] === 1).map(({ labels }) => labels);
    const [first, second] = found;
    if (first === undefined || second === undefined) continue;
    const texts = [first.toText(), second.toText()].sort().join(', ');
    const labels = matchedLabels(expr.matching, first).toText();
    throw executionError(
      `found duplicate series for the match group ${labels} on the ${isSwapped ? 'left' : 'right'} hand-side of the operation: ` +
        `[${texts}];many-to-many matching not allowed: matching labels must be unique on one side`,
    );
  }
}

/** Of the many side, with the included labels of the one side. */
function resultLabels(own: Labels, partner: Labels, expr: Binary): Labels {
  const { matching } = expr;
  let labels = dropsName(expr) ? own.withoutName() : own;
  if (matching.cardinality === 'one-to-one') {
    labels = matching.on ? labels.keep(matching.labels) : labels.without(matching.labels);
  }
  for (const name of matching.include) labels = labels.with(name, partner.get(name));
  return labels;
}
