/** NaN counts as smaller than every number. */
export function compareValues(a: number, b: number): number {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : -1;
  if (Number.isNaN(b)) return 1;
  return a - b || 0;
}

/** Between two values by their weight; `values` is sorted in place. */
export function quantileOf(quantile: number, values: number[]): number {
  if (values.length === 0 || Number.isNaN(quantile)) return NaN;
  if (quantile < 0) return -Infinity;
  if (quantile > 1) return Infinity;
  values.sort(compareValues);
  const rank = quantile * (values.length - 1);
  const lower = Math.max(0, Math.floor(rank));
  const upper = Math.min(values.length - 1, lower + 1);
  const weight = rank - Math.floor(rank);
  const low = values[lower] ?? NaN;
  return weight === 0 ? low : low * (1 - weight) + (values[upper] ?? NaN) * weight;
}

export function isQuantile(value: number): boolean {
  return value >= 0 && value <= 1;
}
