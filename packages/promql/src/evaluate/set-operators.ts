import type { Matching, SetOperator } from '../ast.ts';
import { bySignature, matchedLabels } from './signature.ts';
import { isAnywhere, type VectorSeries } from './value.ts';

export function evaluateSet(
  operator: SetOperator,
  matching: Matching,
  left: readonly VectorSeries[],
  right: readonly VectorSeries[],
): readonly VectorSeries[] {
  if (operator === 'or') return [...left, ...filtered(matching, right, left, false)];
  return filtered(matching, left, right, operator === 'and');
}

/** The points of `series` at which some partner of the same signature is there, or none is. */
function filtered(
  matching: Matching,
  series: readonly VectorSeries[],
  partners: readonly VectorSeries[],
  wantsPartner: boolean,
): readonly VectorSeries[] {
  const groups = bySignature(matching, partners);
  return series
    .map((one) => {
      const group = groups.get(matchedLabels(matching, one.labels).key) ?? [];
      const present = one.present.map((isThere, index) =>
        isThere === 1 && group.some((partner) => partner.present[index] === 1) === wantsPartner ? 1 : 0,
      );
      return { ...one, present };
    })
    .filter(isAnywhere);
}
