import { type MetricFamily, metrics } from '@tomte/query';
import type { Reading } from '../access/reading.ts';
import { isVisible } from './visible-metrics.ts';

interface Metadata {
  readonly type: MetricFamily['type'];
  readonly help: string;
  readonly unit: string;
}

/** What each metric is, as Prometheus tells it. */
export function metadataOf(
  reading: Reading,
  { metric, limit }: { readonly metric: string | undefined; readonly limit: number | undefined },
): Readonly<Record<string, readonly Metadata[]>> {
  const wanted = metrics.filter(
    (family) => isVisible(family, reading) && (metric === undefined || family.name === metric),
  );
  return Object.fromEntries(
    wanted.slice(0, limit).map(({ name, type, help, unit }) => [name, [{ type, help, unit }]]),
  );
}
