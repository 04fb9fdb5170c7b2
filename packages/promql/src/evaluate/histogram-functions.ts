import { metricName, type Span } from '../ast.ts';
import type { Labels } from '../labels.ts';
import type { Environment, Place } from './environment.ts';
import { type Bucket, bucketFraction, bucketQuantile } from './histogram.ts';
import { mergeEqual } from './merge.ts';
import { isQuantile } from './quantile.ts';
import { at, emptySeries, isAnywhere, put, timeAt, type VectorSeries } from './value.ts';

const BUCKET_LABEL = 'le';

interface BucketSeries {
  readonly upperBound: number;
  readonly series: VectorSeries;
}

interface Histogram {
  readonly labels: Labels;
  readonly buckets: BucketSeries[];
}

/** The series that are one histogram: equal but for `le`. */
function histogramsOf(series: readonly VectorSeries[], span: Span, env: Environment): readonly Histogram[] {
  const found = new Map<string, Histogram>();
  for (const one of series) {
    const bound = one.labels.get(BUCKET_LABEL);
    const upperBound = parseBound(bound);
    if (upperBound === undefined) {
      const facts = `bucket label "le" is missing or has a malformed value of ${JSON.stringify(bound)}`;
      env.notes.warn(facts, span);
      continue;
    }
    const labels = one.labels.without([BUCKET_LABEL]);
    const histogram = found.get(labels.key) ?? { labels, buckets: [] };
    found.set(labels.key, histogram);
    histogram.buckets.push({ upperBound, series: one });
  }
  return [...found.values()];
}

function parseBound(text: string): number | undefined {
  if (/^\+?inf(?:inity)?$/i.test(text)) return Infinity;
  if (/^-inf(?:inity)?$/i.test(text)) return -Infinity;
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

function bucketsAt({ buckets }: Histogram, index: number): Bucket[] {
  return buckets
    .filter(({ series }) => series.present[index] === 1)
    .map(({ upperBound, series }) => ({ upperBound, count: at(series.values, index) }));
}

function eachPoint(
  histograms: readonly Histogram[],
  { points, env }: Place,
  valueOf: (buckets: Bucket[], index: number) => number,
): readonly VectorSeries[] {
  const results = histograms.map((histogram) => {
    env.budget.chargeValues(points.count);
    const result = emptySeries(histogram.labels.without([metricName]), points.count);
    for (let index = 0; index < points.count; index += 1) {
      const buckets = bucketsAt(histogram, index);
      if (buckets.length > 0) put(result, index, valueOf(buckets, index));
    }
    return result;
  });
  return mergeEqual(results.filter(isAnywhere));
}

interface Spans {
  readonly quantile: Span;
  readonly vector: Span;
}

export function histogramQuantile(
  quantiles: Float64Array,
  series: readonly VectorSeries[],
  place: Place,
  spans: Spans,
): readonly VectorSeries[] {
  const { points, env } = place;
  for (const quantile of new Set(quantiles)) {
    if (!isQuantile(quantile)) env.notes.invalidQuantile(quantile, spans.quantile);
  }
  return eachPoint(histogramsOf(series, spans.vector, env), place, (buckets, index) => {
    const { value, forced } = bucketQuantile(at(quantiles, index), buckets);
    if (forced !== undefined)
      env.notes.forcedMonotonicity(spans.vector, { timeMs: timeAt(points, index), ...forced });
    return value;
  });
}

export function histogramFraction(
  bounds: { readonly lower: Float64Array; readonly upper: Float64Array },
  series: readonly VectorSeries[],
  place: Place,
  span: Span,
): readonly VectorSeries[] {
  return eachPoint(histogramsOf(series, span, place.env), place, (buckets, index) =>
    bucketFraction(at(bounds.lower, index), at(bounds.upper, index), buckets),
  );
}
