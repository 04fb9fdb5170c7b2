import { executionError } from '../promql-error.ts';
import { at, put, type VectorSeries } from './value.ts';

const DUPLICATE = 'vector cannot contain metrics with the same labelset';

/** Series that have become equal are one, where no point has a value of both: that is an error. */
export function mergeEqual(series: readonly VectorSeries[]): readonly VectorSeries[] {
  const byKey = new Map<string, VectorSeries>();
  for (const one of series) {
    const known = byKey.get(one.labels.key);
    byKey.set(one.labels.key, known === undefined ? one : joined(known, one));
  }
  return byKey.size === series.length ? series : [...byKey.values()];
}

function joined(first: VectorSeries, second: VectorSeries): VectorSeries {
  const values = first.values.slice();
  const all: VectorSeries = { labels: first.labels, values, present: first.present.slice() };
  for (let index = 0; index < values.length; index += 1) {
    if (second.present[index] !== 1) continue;
    if (all.present[index] === 1) throw executionError(DUPLICATE);
    put(all, index, at(second.values, index));
  }
  return all;
}
