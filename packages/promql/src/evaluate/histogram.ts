import type { MonotonicityForced } from '../annotations.ts';

export interface Bucket {
  readonly upperBound: number;
  /** Of all observations up to the bound. */
  count: number;
}

/** Relative difference of two counts that is an error of rounding. */
const SMALL_DELTA = 1e-12;

export interface BucketAnswer {
  readonly value: number;
  readonly forced?: Omit<MonotonicityForced, 'timeMs'>;
}

/** Sorted, equal bounds added up; undefined where there is no bucket for everything. */
function prepare(buckets: Bucket[]): Bucket[] | undefined {
  buckets.sort((a, b) => a.upperBound - b.upperBound || 0);
  if (buckets.at(-1)?.upperBound !== Infinity) return undefined;
  const distinct: Bucket[] = [];
  for (const bucket of buckets) {
    const last = distinct.at(-1);
    if (last?.upperBound === bucket.upperBound) last.count += bucket.count;
    else distinct.push({ ...bucket });
  }
  return distinct;
}

export function bucketQuantile(quantile: number, unsorted: Bucket[]): BucketAnswer {
  if (Number.isNaN(quantile)) return { value: NaN };
  if (quantile < 0) return { value: -Infinity };
  if (quantile > 1) return { value: Infinity };
  const buckets = prepare(unsorted);
  if (buckets === undefined) return { value: NaN };
  const forced = makeMonotonic(buckets);
  const value = buckets.length < 2 ? NaN : quantileIn(quantile, buckets);
  return forced === undefined ? { value } : { value, forced };
}

function quantileIn(quantile: number, buckets: readonly Bucket[]): number {
  const last = buckets.length - 1;
  const observations = countOf(buckets, last);
  if (observations === 0) return NaN;
  const rank = quantile * observations;
  const found = buckets.findIndex(({ count }, index) => index === last || count >= rank);
  if (found === last) return boundOf(buckets, last - 1);
  if (found === 0 && boundOf(buckets, 0) <= 0) return boundOf(buckets, 0);
  const start = found === 0 ? 0 : boundOf(buckets, found - 1);
  const below = found === 0 ? 0 : countOf(buckets, found - 1);
  const share = (rank - below) / (countOf(buckets, found) - below);
  return start + (boundOf(buckets, found) - start) * share;
}

function countOf(buckets: readonly Bucket[], index: number): number {
  return buckets[index]?.count ?? NaN;
}

function boundOf(buckets: readonly Bucket[], index: number): number {
  return buckets[index]?.upperBound ?? NaN;
}

/** Counts that fall are raised to the one before; told, unless it is rounding. */
function makeMonotonic(buckets: readonly Bucket[]): BucketAnswer['forced'] {
  let [minBucket, maxBucket, maxDiff] = [Infinity, -Infinity, 0];
  let before = buckets[0]?.count ?? NaN;
  for (const bucket of buckets.slice(1)) {
    const { count, upperBound } = bucket;
    if (count === before) continue;
    if (isNearly(before, count)) {
      bucket.count = before;
    } else if (count < before) {
      bucket.count = before;
      minBucket = Math.min(minBucket, upperBound);
      maxBucket = Math.max(maxBucket, upperBound);
      maxDiff = Math.max(maxDiff, before - count);
    } else {
      before = count;
    }
  }
  return minBucket === Infinity && maxBucket === -Infinity ? undefined : { minBucket, maxBucket, maxDiff };
}

const SMALLEST_NORMAL = 2.225_073_858_507_201_4e-308;

function isNearly(a: number, b: number): boolean {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b);
  const sum = Math.abs(a) + Math.abs(b);
  const difference = Math.abs(a - b);
  if (a === 0 || b === 0 || sum < SMALLEST_NORMAL) return difference < SMALL_DELTA * SMALLEST_NORMAL;
  return difference / Math.min(sum, Number.MAX_VALUE) < SMALL_DELTA;
}

/** The share of observations between two values. */
export function bucketFraction(lower: number, upper: number, unsorted: Bucket[]): number {
  const buckets = prepare(unsorted);
  const count = buckets?.at(-1)?.count ?? 0;
  if (buckets === undefined || count === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return NaN;
  if (lower >= upper) return 0;
  const below = (value: number): number => Math.min(rankBelow(value, buckets), count);
  return (below(upper) - below(lower)) / count;
}

/** How many observations lie below a value, between bounds in proportion. */
function rankBelow(value: number, buckets: readonly Bucket[]): number {
  let rank = 0;
  let lowerBound = (buckets[0]?.upperBound ?? NaN) <= 0 ? -Infinity : 0;
  for (const { upperBound, count } of buckets) {
    if (lowerBound >= value) return rank;
    if (upperBound > value) {
      if (lowerBound === -Infinity) return count;
      return rank + ((count - rank) * (value - lowerBound)) / (upperBound - lowerBound);
    }
    rank = count;
    lowerBound = upperBound;
  }
  return Infinity;
}
