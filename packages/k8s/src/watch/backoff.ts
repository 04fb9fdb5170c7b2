const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 10_000;

/** How long to wait after failures in a row: twice as long each time, a random half of it, so that not all come at once. */
export class Backoff {
  readonly #random: () => number;
  #failures = 0;

  /** @param random chance, from 0 to below 1 */
  constructor(random: () => number) {
    this.#random = random;
  }

  reset(): void {
    this.#failures = 0;
  }

  /** Milliseconds, at least what the server asks for. */
  next(atLeastMs = 0): number {
    const full = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(this.#failures, 10));
    this.#failures += 1;
    return Math.max(atLeastMs, full * (0.5 + this.#random() / 2));
  }
}
