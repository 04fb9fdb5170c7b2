/** A sequence that follows from its seed alone (xorshift32): failures repeat anywhere. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = Math.imul(seed ^ 0x5bd1_e995, 0x9e37_79b1) | 1;
    for (let warm = 0; warm < 4; warm += 1) this.next();
  }

  /** 32 bits. */
  next(): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return state >>> 0;
  }

  /** 0 to `count` - 1. */
  below(count: number): number {
    return this.next() % count;
  }
}
