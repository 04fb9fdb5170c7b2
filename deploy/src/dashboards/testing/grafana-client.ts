/** Answers of the data source to one query or more. */
export interface PrometheusEnvelope {
  readonly status: 'success' | 'error';
  readonly data?: unknown;
  readonly error?: string;
  readonly errorType?: string;
  readonly warnings?: readonly string[];
  readonly infos?: readonly string[];
}

/** What Grafana's time picker and a panel's width make of a query. */
export interface Shown {
  /** Milliseconds since the epoch. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Of the panel: range by pixels, rounded, and the data source's interval at least. */
  readonly intervalMs: number;
  /** Chosen values of variables: `$__all`, or some. */
  readonly variables: Readonly<Record<string, '$__all' | readonly string[]>>;
}

export interface Question {
  readonly path: 'query' | 'query_range';
  readonly form: Readonly<Record<string, string>>;
}

/** The interval that the data source's settings name: Grafana's own default. */
const SCRAPE_INTERVAL_MS = 15_000;

/** As Go prints a duration: `1m0s`. */
function goDuration(ms: number): string {
  const [minutes, seconds] = [Math.floor(ms / 60_000), (ms % 60_000) / 1_000];
  const hours = Math.floor(minutes / 60);
  if (hours > 0) return `${hours}h${minutes % 60}m${seconds}s`;
  return minutes > 0 ? `${minutes}m${seconds}s` : `${seconds}s`;
}

const seconds = (ms: number): string => String(ms / 1_000);

/** Values of a variable of several as a part of a regular expression in PromQL's quotes. */
function chosen(values: '$__all' | readonly string[], allValue: string): string {
  if (values === '$__all') return allValue;
  const escaped = values.map((value) =>
    value.replaceAll('\\', '\\\\\\\\').replaceAll(/[$^*{}[\]'+?.()|]/g, '\\\\$&'),
  );
  return escaped.length === 1 ? (escaped[0] ?? '') : `(${escaped.join('|')})`;
}

/** A dashboard's query with everything in place that Grafana puts there. */
function interpolate(expr: string, shown: Shown): string {
  const rangeSeconds = Math.round((shown.toMs - shown.fromMs) / 1_000);
  const rateMs = Math.max(shown.intervalMs + SCRAPE_INTERVAL_MS, 4 * SCRAPE_INTERVAL_MS);
  return expr
    .replaceAll('$__rate_interval', goDuration(rateMs))
    .replaceAll('$__interval', `${shown.intervalMs / 1_000}s`)
    .replaceAll('$__range', `${rangeSeconds}s`)
    .replaceAll(/\$(\w+)/g, (whole, name: string) => {
      const values = shown.variables[name];
      return values === undefined ? whole : chosen(values, '.*');
    });
}

/** What the backend of the data source sends for a panel's query. Ranges are aligned to their step. */
export function questionOf(expr: string, isInstant: boolean, shown: Shown): Question {
  const query = interpolate(expr, shown);
  if (isInstant) return { path: 'query', form: { query, time: seconds(shown.toMs) } };
  const step = shown.intervalMs;
  const aligned = (ms: number): string => seconds(Math.floor(ms / step) * step);
  return {
    path: 'query_range',
    form: { query, start: aligned(shown.fromMs), end: aligned(shown.toMs), step: seconds(step) },
  };
}

/** Grafana's Prometheus data source as the server that it asks meets it. */
export class GrafanaClient {
  readonly #base: string;

  /** `base` as it stands in the data source's settings, such as `http://127.0.0.1:4680/prometheus`. */
  constructor(base: string) {
    this.#base = base;
  }

  /** A query of a panel, or of "Save & test". */
  post(path: string, form: Readonly<Record<string, string>>): Promise<PrometheusEnvelope> {
    return this.#send(path, {
      method: 'POST',
      body: new URLSearchParams(form).toString(),
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
    });
  }

  get(path: string, parameters: Readonly<Record<string, string>> = {}): Promise<PrometheusEnvelope> {
    const query = new URLSearchParams(parameters).toString();
    return this.#send(query === '' ? path : `${path}?${query}`, { headers });
  }

  /** Values of a variable by its query, `label_values(metric{…},label)`. */
  async labelValues(query: string, shown: Shown): Promise<readonly string[]> {
    const [, selector = '', label = ''] = /^label_values\((.+),(\w+)\)$/.exec(query) ?? [];
    const range = { start: seconds(shown.fromMs), end: seconds(shown.toMs) };
    const match = { 'match[]': interpolate(selector, shown) };
    const { data } = await this.get(`label/${label}/values`, { ...match, ...range });
    return data as readonly string[]; // Proof: the envelope of this address.
  }

  async #send(path: string, init: RequestInit): Promise<PrometheusEnvelope> {
    const response = await fetch(`${this.#base}/api/v1/${path}`, init);
    return (await response.json()) as PrometheusEnvelope; // Proof: the envelope of Prometheus.
  }
}

const headers = {
  'user-agent': 'Grafana/13.2.2',
  'accept-encoding': 'gzip',
  'x-datasource-uid': 'tomte',
  'x-grafana-org-id': '1',
  'x-dashboard-uid': 'tomte-service',
  'x-panel-id': '2',
  'x-query-group-id': '00000000-0000-4000-8000-000000000000',
} as const;
