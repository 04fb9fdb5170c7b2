import { namespacedTables } from '@tomte/model';
import { type MetricFamily, metricNames, type MetricName } from '@tomte/query';
import type { Reading } from '../access/reading.ts';

const namespaced: ReadonlySet<string> = new Set(namespacedTables);

/** Metrics of the agents and of loss are for readers of all namespaces: to others they are not there. */
export function isVisible({ record }: MetricFamily, { seesAllNamespaces }: Reading): boolean {
  return seesAllNamespaces || namespaced.has(record.table);
}

export function visibleNames(reading: Reading): readonly MetricName[] {
  return metricNames.filter(({ family }) => isVisible(family, reading));
}
