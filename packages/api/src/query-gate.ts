import { BoundedQueue } from '@tomte/kit';
import { apiError } from './errors.ts';

interface Waiting {
  start(): void;
  readonly signal: AbortSignal;
}

/** At most so many questions at once; a few more wait, the rest is refused. */
export class QueryGate {
  #runningCount = 0;
  readonly #limit: number;
  readonly #waiting: BoundedQueue<Waiting>;

  constructor(limit: number, waitingLimit: number) {
    this.#limit = limit;
    this.#waiting = new BoundedQueue(waitingLimit);
  }

  get runningCount(): number {
    return this.#runningCount;
  }

  /** Runs the work when its turn comes. Rejects with API_BUSY when the queue is full. */
  async run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    if (this.#runningCount >= this.#limit) await this.#turn(signal);
    this.#runningCount += 1;
    try {
      signal.throwIfAborted();
      return await work();
    } finally {
      this.#runningCount -= 1;
      this.#startNext();
    }
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.push({ start: resolve, signal })) return;
      const remedy = 'Ask again in a moment.';
      reject(apiError('API_BUSY', `${this.#limit} questions run and the queue is full`, { remedy }));
    });
  }

  /** Those whose client went away meanwhile start too: they end at once. */
  #startNext(): void {
    this.#waiting.shift()?.start();
  }
}
