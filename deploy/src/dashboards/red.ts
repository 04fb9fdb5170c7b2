import type { DashboardLinkBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import type { BoardRow } from './board.ts';
import { chart, heatMap, stat, type PanelBuilder } from './panels.ts';
import { errorRatio, quantile, requestRate, type Scope, select, sumBy } from './promql.ts';

const histogram = 'http_server_request_duration_seconds';
const ERRORS = 'Requests that ended as server_error (5xx), aborted or timed_out, among all requests.';
const REQUESTS = 'Requests of every protocol, each once, whichever ends of it were seen.';

/** Rate, errors and duration of the whole time range, in one row of numbers. */
export function redStats(scope: Scope): readonly PanelBuilder[] {
  const over = '$__range';
  const rank = (value: number): string => quantile(value, { histogram, scope, labels: [], over });
  const of = { width: 'sixth', description: 'HTTP, over the whole time range; exact to a bucket.' } as const;
  return [
    stat({
      ...of,
      title: 'Requests',
      description: REQUESTS,
      unit: 'reqps',
      expr: requestRate(scope, [], over),
    }),
    stat({
      ...of,
      title: 'Errors',
      description: ERRORS,
      unit: 'percentunit',
      expr: errorRatio(scope, [], over),
    }),
    stat({ ...of, title: 'Median', unit: 's', expr: rank(0.5) }),
    stat({ ...of, title: '95th percentile', unit: 's', expr: rank(0.95) }),
    stat({ ...of, title: '99th percentile', unit: 's', expr: rank(0.99) }),
  ];
}

export interface RedBy {
  readonly scope: Scope;
  /** The label by which lines are told apart. */
  readonly label: string;
  readonly links: readonly DashboardLinkBuilder[];
}

/** Rate, error ratio and 95th percentile over time, a line each. */
export function redBy({ scope, label, links }: RedBy): readonly PanelBuilder[] {
  const of = { width: 'third', links } as const;
  const legend = `{{${label}}}`;
  const p95 = quantile(0.95, { histogram, scope, labels: [label] });
  return [
    chart({
      ...of,
      title: 'Requests',
      description: REQUESTS,
      unit: 'reqps',
      queries: [{ expr: requestRate(scope, [label]), legend }],
    }),
    chart({
      ...of,
      title: 'Error ratio',
      description: ERRORS,
      unit: 'percentunit',
      queries: [{ expr: errorRatio(scope, [label]), legend }],
    }),
    chart({
      ...of,
      title: 'Duration, 95th percentile',
      description: 'Of HTTP requests; exact to a bucket.',
      unit: 's',
      queries: [{ expr: p95, legend }],
    }),
  ];
}

/** How durations are spread: percentiles, and a heat map of the buckets. */
export function durations(scope: Scope): BoardRow {
  const ranks = [0.5, 0.95, 0.99] as const;
  const queries = ranks.map((rank) => ({
    expr: quantile(rank, { histogram, scope, labels: [] }),
    legend: `p${rank * 100}`,
  }));
  const buckets = `increase(${select(`${histogram}_bucket`, scope)}[$__rate_interval])`;
  return {
    title: 'Durations of HTTP requests',
    panels: [
      chart({
        title: 'Percentiles',
        description: 'Of all that is chosen; exact to a bucket.',
        unit: 's',
        width: 'half',
        queries,
      }),
      heatMap({
        title: 'Requests by duration',
        description: 'Requests by bucket of duration.',
        unit: 's',
        width: 'half',
        expr: sumBy(['le'], buckets),
      }),
    ],
  };
}
