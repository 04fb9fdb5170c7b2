import type { AnyRecord } from '@tomte/model';
import type { SqlParams } from '../sql-params.ts';
import type { TimeRange } from '../time-range.ts';

export interface MetricLabel {
  /** SQL of a row `r`. */
  readonly sql: string;
  readonly meaning: string;
}

/**
 * What a sample is. `accumulated`: the sum of what came since the start of the hour. `latest`: the last value within
 * one step of the grid. `presence`: 1 where there was a row within the step, 0 for an hour after the last one.
 */
export type MetricKind = 'accumulated' | 'latest' | 'presence';

/** A metric of Prometheus that is made from rows: the single source of its name, labels and documentation. */
export interface MetricFamily {
  /** By OpenTelemetry's names in Prometheus' form, or `tomte_…`. */
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly unit: string;
  readonly record: AnyRecord;
  readonly kind: MetricKind;
  readonly labels: Readonly<Record<string, MetricLabel>>;
  /** SQL conditions on a row `r`. */
  readonly where?: readonly string[];
  /** One that looks at other rows of the range too. */
  readonly whereInRange?: (range: TimeRange, params: SqlParams) => string;
  /** A request that was seen at both ends counts once. */
  readonly once?: boolean;
  /** SQL of the rows of one step; of a histogram, the column of durations in nanoseconds. */
  readonly value: string;
}

/** One name of a family: of a histogram there are three. */
export interface MetricName {
  readonly name: string;
  readonly family: MetricFamily;
  readonly part: 'value' | 'bucket' | 'sum' | 'count';
}

export function namesOf(family: MetricFamily): readonly MetricName[] {
  if (family.type !== 'histogram') return [{ name: family.name, family, part: 'value' }];
  return (['bucket', 'sum', 'count'] as const).map((part) => ({
    name: `${family.name}_${part}`,
    family,
    part,
  }));
}
