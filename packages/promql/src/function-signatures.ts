export type ValueType = 'scalar' | 'string' | 'vector' | 'matrix';

/** What a function takes and gives. */
export interface Signature {
  readonly args: readonly ValueType[];
  /** How many of the last argument may follow its first, or be left away: as in Prometheus. -1 is any number. */
  readonly variadic: number;
  readonly returns: 'scalar' | 'vector';
}

const overRange: Signature = { args: ['matrix'], variadic: 0, returns: 'vector' };
const overVector: Signature = { args: ['vector'], variadic: 0, returns: 'vector' };
const ofTime: Signature = { args: ['vector'], variadic: 1, returns: 'vector' };

function each(names: string, signature: Signature): Record<string, Signature> {
  return Object.fromEntries(names.split(' ').map((name) => [name, signature]));
}

/** Every function of Prometheus 3 that is not experimental. */
const functionSignatures: Readonly<Record<string, Signature>> = {
  ...each(
    'absent_over_time avg_over_time changes count_over_time delta deriv first_over_time idelta increase irate ' +
      'last_over_time max_over_time min_over_time present_over_time rate resets stddev_over_time stdvar_over_time sum_over_time',
    overRange,
  ),
  ...each(
    'abs absent acos acosh asin asinh atan atanh ceil cos cosh deg exp floor histogram_avg histogram_count ' +
      'histogram_stddev histogram_stdvar histogram_sum ln log10 log2 rad sgn sin sinh sort sort_desc sqrt tan tanh timestamp',
    overVector,
  ),
  ...each('day_of_month day_of_week day_of_year days_in_month hour minute month year', ofTime),
  clamp: { args: ['vector', 'scalar', 'scalar'], variadic: 0, returns: 'vector' },
  ...each('clamp_max clamp_min', { args: ['vector', 'scalar'], variadic: 0, returns: 'vector' }),
  histogram_fraction: { args: ['scalar', 'scalar', 'vector'], variadic: 0, returns: 'vector' },
  histogram_quantile: { args: ['scalar', 'vector'], variadic: 0, returns: 'vector' },
  label_join: { args: ['vector', 'string', 'string', 'string'], variadic: -1, returns: 'vector' },
  label_replace: {
    args: ['vector', 'string', 'string', 'string', 'string'],
    variadic: 0,
    returns: 'vector',
  },
  pi: { args: [], variadic: 0, returns: 'scalar' },
  predict_linear: { args: ['matrix', 'scalar'], variadic: 0, returns: 'vector' },
  quantile_over_time: { args: ['scalar', 'matrix'], variadic: 0, returns: 'vector' },
  round: { args: ['vector', 'scalar'], variadic: 1, returns: 'vector' },
  scalar: { args: ['vector'], variadic: 0, returns: 'scalar' },
  time: { args: [], variadic: 0, returns: 'scalar' },
  vector: { args: ['scalar'], variadic: 0, returns: 'vector' },
};

/** Functions and aggregations that Prometheus 3 has behind a switch; here they are an error that says so. */
export const experimentalNames: ReadonlySet<string> = new Set(
  (
    'double_exponential_smoothing histogram_quantiles info integral limit_ratio limitk mad_over_time max_of min_of range ' +
    'sort_by_label sort_by_label_desc start end start_timestamp step ts_of_first_over_time ts_of_last_over_time ' +
    'ts_of_max_over_time ts_of_min_over_time'
  ).split(' '),
);

export function signatureOf(name: string): Signature | undefined {
  return Object.hasOwn(functionSignatures, name) ? functionSignatures[name] : undefined;
}
