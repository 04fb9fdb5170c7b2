import type { SqlRow } from '../sql-runner.ts';

/** Requests of which the client's end was told before the server's end was stored. */
const MAX_PAIRS = 20_000;

/** Tells a request once, though its ends come one after the other. */
export class SeenPairs {
  readonly #keys = new Set<string>();

  isNew(row: SqlRow): boolean {
    const pair = row['pair_key'];
    if (typeof pair !== 'string' || pair === '0') return true;
    if (row['role'] === 'server') return !this.#keys.delete(pair);
    this.#keys.add(pair);
    const [oldest] = this.#keys;
    if (this.#keys.size > MAX_PAIRS && oldest !== undefined) this.#keys.delete(oldest);
    return true;
  }
}
