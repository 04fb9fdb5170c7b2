/** SQL: accuracy and levels of a rollup's sketch of durations. States merge only with those of the same. */
export const sketchLevels = '0.01, 0.5, 0.9, 0.95, 0.99';

/** OpenTelemetry's default boundaries of http.server.request.duration, in nanoseconds. */
export const bucketBoundsNs: readonly number[] = [
  5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000,
].map((milliseconds) => milliseconds * 1_000_000);
