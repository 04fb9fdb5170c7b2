/** Length of a query's text, in characters. */
export const MAX_QUERY_CHARS = 16_384;
/** Depth to which parts of an expression nest. */
export const MAX_NESTING = 100;
/** Selectors of one query. */
export const MAX_SELECTORS = 64;
/** Subqueries inside one another. */
export const MAX_SUBQUERY_DEPTH = 5;
/** Times at which a range query is evaluated; Prometheus has the same. */
export const MAX_RANGE_POINTS = 11_000;
/** Times at which a subquery is evaluated. */
export const MAX_SUBQUERY_POINTS = 110_000;
/** Series that one selector finds. */
export const MAX_SERIES = 50_000;
/** Samples that the selectors of one query find together. */
export const MAX_SAMPLES = 10_000_000;
/** Values that the parts of one query compute together: series times points. */
export const MAX_VALUES = 20_000_000;
/** Samples that the windows of range functions look at together. */
export const MAX_WINDOW_SAMPLES = 2_000_000_000;

/** For how long a sample counts as the present one, where nobody says otherwise; Prometheus' default. */
export const DEFAULT_LOOKBACK_MS = 300_000;
/** Step of a subquery that names none: Prometheus' default evaluation interval. */
export const DEFAULT_SUBQUERY_STEP_MS = 60_000;
