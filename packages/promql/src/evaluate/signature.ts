import { type Matching, metricName } from '../ast.ts';
import type { Labels } from '../labels.ts';
import type { VectorSeries } from './value.ts';

/** The labels by which two sides find one another. */
export function matchedLabels({ on, labels: names }: Matching, labels: Labels): Labels {
  return on ? labels.keep(names) : labels.without([metricName, ...names]);
}

export function bySignature(
  matching: Matching,
  series: readonly VectorSeries[],
): ReadonlyMap<string, readonly VectorSeries[]> {
  const groups = new Map<string, VectorSeries[]>();
  for (const one of series) {
    const { key } = matchedLabels(matching, one.labels);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return groups;
}
