/** Upper bounds of the duration histogram in seconds: OpenTelemetry's defaults for HTTP servers. */
const BOUNDS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

interface Histogram {
  readonly buckets: number[];
  sumSeconds: number;
  count: number;
}

/** Counts of the API, as Prometheus text. Labels are routes of the table and statuses: both bounded. */
export class ApiMetrics {
  readonly #requests = new Map<string, number>();
  readonly #durations = new Map<string, Histogram>();
  readonly #errors = new Map<string, number>();

  observe(route: string, status: number, seconds: number): void {
    const key = labels({ route, status: String(status) });
    this.#requests.set(key, (this.#requests.get(key) ?? 0) + 1);
    const histogram = this.#histogram(labels({ route }));
    histogram.sumSeconds += seconds;
    histogram.count += 1;
    BOUNDS_SECONDS.forEach((bound, index) => {
      if (seconds <= bound) histogram.buckets[index] = (histogram.buckets[index] ?? 0) + 1;
    });
  }

  countError(code: string): void {
    const key = labels({ code });
    this.#errors.set(key, (this.#errors.get(key) ?? 0) + 1);
  }

  #histogram(key: string): Histogram {
    const known = this.#durations.get(key);
    if (known !== undefined) return known;
    const fresh = { buckets: BOUNDS_SECONDS.map(() => 0), sumSeconds: 0, count: 0 };
    this.#durations.set(key, fresh);
    return fresh;
  }

  /** The exposition format of Prometheus, version 0.0.4. */
  toText(runningQueries: number): string {
    const { user, system } = process.cpuUsage();
    return [
      ...counter('tomte_api_requests_total', 'Requests by route and status.', this.#requests),
      ...counter('tomte_api_errors_total', 'Answers that were errors, by code.', this.#errors),
      ...this.#durationLines(),
      ...single('tomte_api_queries_running', 'gauge', 'Questions that run now.', runningQueries),
      ...single('process_cpu_seconds_total', 'counter', 'CPU time of the process.', (user + system) / 1e6),
      ...single('process_resident_memory_bytes', 'gauge', 'Resident memory.', process.memoryUsage.rss()),
      ...single('process_start_time_seconds', 'gauge', 'Start of the process, Unix time.', startTimeSeconds),
      '',
    ].join('\n');
  }

  #durationLines(): readonly string[] {
    const name = 'tomte_api_request_duration_seconds';
    const lines = head(name, 'histogram', 'Time from a request to the end of its answer.');
    for (const [key, { buckets, sumSeconds, count }] of this.#durations) {
      const inner = key.slice(1, -1);
      BOUNDS_SECONDS.forEach((bound, index) =>
        lines.push(`${name}_bucket{${inner},le="${bound}"} ${buckets[index]}`),
      );
      lines.push(
        `${name}_bucket{${inner},le="+Inf"} ${count}`,
        `${name}_sum${key} ${sumSeconds}`,
        `${name}_count${key} ${count}`,
      );
    }
    return lines;
  }
}

const startTimeSeconds = Math.round(performance.timeOrigin) / 1_000;

function head(name: string, type: string, help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

function counter(name: string, help: string, values: ReadonlyMap<string, number>): readonly string[] {
  return [...head(name, 'counter', help), ...[...values].map(([key, value]) => `${name}${key} ${value}`)];
}

function single(name: string, type: string, help: string, value: number): readonly string[] {
  return [...head(name, type, help), `${name} ${value}`];
}

function labels(values: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(values).map(
    ([name, value]) => `${name}="${value.replaceAll(/["\\\n]/g, '_')}"`,
  );
  return `{${pairs.join(',')}}`;
}
