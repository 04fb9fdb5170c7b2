import type { Clock } from '@tomte/kit';
import { toStoreError } from './clickhouse-error.ts';
import type { StoreError } from './errors.ts';

export interface RoundsOptions {
  readonly clock: Clock;
  /** From the end of a round to the start of the next. */
  readonly intervalMs: number;
  readonly onError?: ((error: StoreError) => void) | undefined;
}

/** Work that comes back at an interval, one round at a time, whatever the round before came to. */
export class Rounds {
  readonly #options: RoundsOptions;
  readonly #work: () => Promise<unknown>;
  #cancelTimer: (() => void) | undefined;
  #running: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(options: RoundsOptions, work: () => Promise<unknown>) {
    this.#options = options;
    this.#work = work;
  }

  start(): void {
    if (this.#isClosed) return;
    this.#cancelTimer = this.#options.clock.after(this.#options.intervalMs, () => {
      this.#running = this.#work().then(
        () => this.start(),
        (error: unknown) => {
          this.#options.onError?.(toStoreError(error));
          this.start();
        },
      );
    });
  }

  /** Resolves when the round that runs has ended. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelTimer?.();
    await this.#running;
  }
}
