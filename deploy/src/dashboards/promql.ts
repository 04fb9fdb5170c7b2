/** Which series are meant: labels, and the variables of the dashboard that choose their values; or PromQL of a matcher. */
export interface Scope {
  readonly variables: Readonly<Record<string, string>>;
}

/** Ends of a request that count as an error, as in every view. */
const errors = 'outcome=~"server_error|aborted|timed_out"';

/** `metric{label=~"$variable",…}` */
export function select(metric: string, scope: Scope, ...matchers: readonly string[]): string {
  const chosen = Object.entries(scope.variables).map(([label, variable]) => `${label}=~"$${variable}"`);
  const all = [...chosen, ...matchers];
  return all.length === 0 ? metric : `${metric}{${all.join(',')}}`;
}

/** A counter's rate by second; over the whole time range of the dashboard with `over: '$__range'`. */
export function rate(selector: string, over: Window = '$__rate_interval'): string {
  return `rate(${selector}[${over}])`;
}

export type Window = '$__rate_interval' | '$__range';

export function sumBy(labels: readonly string[], expression: string): string {
  return labels.length === 0 ? `sum(${expression})` : `sum by (${labels.join(', ')}) (${expression})`;
}

/** Requests by second. */
export function requestRate(scope: Scope, labels: readonly string[], over?: Window): string {
  return sumBy(labels, rate(select('tomte_requests_total', scope), over));
}

/** Errors among requests; 0 where there are requests and no error, nothing where there are none. */
export function errorRatio(scope: Scope, labels: readonly string[], over?: Window): string {
  const failed = sumBy(labels, rate(select('tomte_requests_total', scope, errors), over));
  const all = requestRate(scope, labels, over);
  return `(${failed} or 0 * ${all}) / ${all}`;
}

export type Histogram = 'http_server_request_duration_seconds' | 'http_client_request_duration_seconds';

/** Of durations, within the bucket. */
export function quantile(rank: number, { histogram, scope, labels, over }: QuantileOf): string {
  const buckets = rate(select(`${histogram}_bucket`, scope), over);
  return `histogram_quantile(${rank}, ${sumBy(['le', ...labels], buckets)})`;
}

export interface QuantileOf {
  readonly histogram: Histogram;
  readonly scope: Scope;
  readonly labels: readonly string[];
  readonly over?: Window;
}

/** One quotient of two rates, such as bytes by request. */
export function perRequest(metric: string, scope: Scope, labels: readonly string[]): string {
  return `${sumBy(labels, rate(select(metric, scope)))} / ${requestRate(scope, labels)}`;
}
