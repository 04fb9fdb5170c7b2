export interface DrainPaceOptions {
  /** Between two rounds while there is work. */
  readonly busyMs: number;
  /** At most, when there is none: what may come meanwhile must fit into the ring. */
  readonly idleMs: number;
}

/** Above this fill level the next round does not wait for the timer. */
const HURRY_RATIO = 0.25;
/** Empty rounds in a row before the pace slows: a client that asks every few milliseconds is no rest. */
const ROUNDS_TO_REST = 16;

/** When to look into the rings again: each look costs some 50 µs of waking, 1 % of a core at 5 ms. */
export class DrainPace {
  readonly #options: DrainPaceOptions;
  #emptyRounds = 0;

  constructor(options: DrainPaceOptions) {
    this.#options = options;
  }

  /**
   * @param handedOver records of the last round
   * @param fillRatio of the data ring behind it, 0 to 1
   * @returns milliseconds until the next round
   */
  next(handedOver: number, fillRatio: number): number {
    const { busyMs, idleMs } = this.#options;
    this.#emptyRounds = handedOver === 0 ? this.#emptyRounds + 1 : 0;
    if (fillRatio > HURRY_RATIO) return 0;
    return this.#emptyRounds < ROUNDS_TO_REST ? busyMs : Math.max(busyMs, idleMs);
  }
}
