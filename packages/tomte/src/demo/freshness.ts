import type { DemoApi } from './api.ts';

const POLL_MS = 150;
const MAX_SAMPLES = 100_000;
/** A row is looked for this long after its request began. */
const WINDOW_SECONDS = 20;

/** Measures how long after its end a request can be seen in a query: an upper bound, by polling. */
export class Freshness {
  readonly #api: DemoApi;
  readonly #seen = new Map<string, number>();
  readonly #delaysMs: number[] = [];
  #isStopped = false;
  #running: Promise<void> = Promise.resolve();

  constructor(api: DemoApi) {
    this.#api = api;
  }

  start(): void {
    this.#running = this.#poll();
  }

  async stop(): Promise<number | null> {
    this.#isStopped = true;
    await this.#running;
    if (this.#delaysMs.length === 0) return null;
    const sorted = this.#delaysMs.sort((a, b) => a - b);
    return Math.round(sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0);
  }

  async #poll(): Promise<void> {
    while (!this.#isStopped) {
      await this.#look().catch(() => undefined); // A question that failed is asked again.
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  async #look(): Promise<void> {
    const rows = await this.#api.sql(
      `SELECT concat(toString(connection_id), '/', toString(exchange_index), CAST(role, 'String')) AS name,
              toFloat64(toUnixTimestamp64Nano(start_time) + ifNull(duration_ns, 0)) / 1e6 AS end_ms
       FROM requests WHERE start_time > now64(9) - {seconds:UInt32}`,
      { seconds: WINDOW_SECONDS },
    );
    const nowMs = Date.now();
    for (const row of rows) {
      const name = String(row['name']);
      if (this.#seen.has(name)) continue;
      this.#seen.set(name, nowMs);
      if (this.#delaysMs.length < MAX_SAMPLES) this.#delaysMs.push(nowMs - Number(row['end_ms']));
    }
    for (const [name, atMs] of this.#seen) if (nowMs - atMs > 2_000 * WINDOW_SECONDS) this.#seen.delete(name);
  }
}
