import type { DemoApi } from './api.ts';
import { lostWords } from './lost.ts';

const REFRESH_MS = 1_000;
const LATEST_ROWS = 12;

interface ScreenOptions {
  /** What it looks back; without it, over all that is stored. */
  readonly lastSeconds?: number;
  /** Part of the page's address that says what to show. */
  readonly place?: string;
}

/** The live view: RED per service, the latest requests, what was lost and why. */
export class Screen {
  readonly #api: DemoApi;
  readonly #page: string;
  readonly #options: ScreenOptions;
  #timer: NodeJS.Timeout | undefined;

  constructor(api: DemoApi, url: string, options: ScreenOptions = {}) {
    this.#api = api;
    this.#page = `${url}/${options.place ?? ''}`;
    this.#options = options;
  }

  start(): void {
    const draw = (): void => {
      const drawn = this.text().then((text) => process.stdout.write(`\x1b[H\x1b[2J${text}`));
      void drawn.catch(() => undefined); // The next second draws again.
    };
    this.#timer = setInterval(draw, REFRESH_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** What there is to see now. */
  async text(): Promise<string> {
    const [services, latest, lost] = await Promise.all([this.#services(), this.#latest(), this.#api.lost()]);
    const lines = [
      this.#options.lastSeconds === undefined ? 'By service' : 'Last minute, by service',
      ...table(services),
      '',
      'Latest requests',
      ...table(latest),
      '',
      `Lost: ${lostWords(lost)}`,
      `Look: ${this.#page}`,
    ];
    return `${lines.join('\n')}\n`;
  }

  #services(): ReturnType<DemoApi['sql']> {
    return this.#api.sql(
      `SELECT service_name, if(encrypted, 'https', 'http') AS scheme, count() AS requests,
              round(count() / greatest(1, dateDiff('second', min(start_time), max(start_time))), 1) AS per_second,
              countIf(outcome = 'server_error') AS errors,
              round(quantile(0.5)(duration_ns) / 1e6, 2) AS p50_ms, round(quantile(0.99)(duration_ns) / 1e6, 2) AS p99_ms
       FROM requests WHERE role = 'server' AND start_time > {from:DateTime64(9)}
       GROUP BY service_name, scheme ORDER BY requests DESC LIMIT 8`,
      { from: this.#from() },
    );
  }

  #latest(): ReturnType<DemoApi['sql']> {
    return this.#api.sql(
      `SELECT formatDateTime(start_time, '%H:%i:%S', 'UTC') AS time, service_name, if(encrypted, 'https', 'http') AS scheme,
              method, path, toString(status_code) AS status, round(duration_ns / 1e6, 2) AS ms, response_body_bytes AS bytes
       FROM requests WHERE role = 'server' AND start_time > {from:DateTime64(9)}
       ORDER BY start_time DESC LIMIT ${LATEST_ROWS}`,
      { from: this.#from() },
    );
  }

  /** As ClickHouse reads a time: seconds since the epoch. */
  #from(): string {
    const { lastSeconds } = this.#options;
    return (lastSeconds === undefined ? 0 : Date.now() / 1_000 - lastSeconds).toFixed(3);
  }
}

function table(rows: readonly Readonly<Record<string, unknown>>[]): string[] {
  const names = Object.keys(rows[0] ?? { nothing: '' });
  const cells = rows.map((row) => names.map((name) => neutral(String(row[name] ?? '-'))));
  const widths = names.map((name, index) =>
    Math.max(name.length, ...cells.map((line) => line[index]?.length ?? 0)),
  );
  return [names, ...cells].map(
    (line) => `  ${line.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  ')}`,
  );
}

/** What came off the wire must not steer the terminal. */
function neutral(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 40);
}
