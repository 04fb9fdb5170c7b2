import type { Clock } from '@tomte/kit';
import { K8sError } from '../api/errors.ts';

export interface ExpiringCacheOptions<T> {
  readonly clock: Clock;
  /** Entries at most; the one that was asked for longest ago gives way. */
  readonly maxEntries: number;
  /** Loads at once; one more is refused with K8S_ACCESS_BUSY. */
  readonly maxLoading: number;
  /** How long an answer holds. */
  ttlMs(value: T): number;
}

interface Entry<T> {
  readonly value: T;
  readonly untilNs: bigint;
}

/** Answers for a while. Those who ask for the same at once share one load; a load that fails is not kept. */
export class ExpiringCache<T> {
  readonly #options: ExpiringCacheOptions<T>;
  readonly #entries = new Map<string, Entry<T>>();
  readonly #loading = new Map<string, Promise<T>>();

  constructor(options: ExpiringCacheOptions<T>) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string, load: () => Promise<T>): Promise<T> {
    const known = this.#entries.get(key);
    if (known !== undefined && known.untilNs > this.#options.clock.monotonicNs()) {
      this.#entries.delete(key);
      this.#entries.set(key, known); // The order of a Map is that of insertion.
      return Promise.resolve(known.value);
    }
    const loading = this.#loading.get(key);
    if (loading !== undefined) return loading;
    if (this.#loading.size >= this.#options.maxLoading) {
      return Promise.reject(
        new K8sError('K8S_ACCESS_BUSY', `${this.#loading.size} questions wait for the API server`),
      );
    }
    const started = this.#load(key, load).finally(() => this.#loading.delete(key));
    this.#loading.set(key, started);
    return started;
  }

  async #load(key: string, load: () => Promise<T>): Promise<T> {
    const value = await load();
    const { clock, maxEntries, ttlMs } = this.#options;
    this.#entries.delete(key);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size >= maxEntries && oldest !== undefined) this.#entries.delete(oldest);
    this.#entries.set(key, { value, untilNs: clock.monotonicNs() + BigInt(ttlMs(value)) * 1_000_000n });
    return value;
  }
}
