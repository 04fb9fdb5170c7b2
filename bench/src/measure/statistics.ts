/** Median of at least one number. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[sorted.length >> 1];
  if (upper === undefined) throw new Error('the median of nothing');
  const lower = sorted[(sorted.length >> 1) - 1];
  return sorted.length % 2 === 1 || lower === undefined ? upper : (lower + upper) / 2;
}

/** Smallest value that at least the share (0–1) of the sorted samples does not exceed: nearest rank. */
export function quantile(sorted: Float64Array, share: number): number {
  const rank = Math.ceil(share * sorted.length);
  return sorted[Math.min(sorted.length, Math.max(1, rank)) - 1] ?? Number.NaN;
}

/** The share's value of samples in any order. */
export function quantileOf(samples: readonly number[], share: number): number {
  return quantile(Float64Array.from(samples).sort(), share);
}

/** Largest distance of a value from the median, as a share of the median: how far runs lie apart. */
export function spread(values: readonly number[]): number {
  const middle = median(values);
  return Math.max(...values.map((value) => Math.abs(value / middle - 1)));
}
