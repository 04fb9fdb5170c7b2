const CANDIDATES = 32;

/**
 * Remembers a value by its key from the second time on: what comes once is let go while it is young, which
 * keeps it out of the collector's old generation. Bounded: when it is full it starts anew.
 */
export class Repeats<Key extends object | string, Value> {
  /** The last keys that were new, in a ring. */
  readonly #candidates = new Array<Key | undefined>(CANDIDATES).fill(undefined);
  /** Replaced, never cleared: the engine links a cleared table to its next one, and so keeps all that come after it. */
  #known = new Map<Key, Value>();
  #next = 0;
  readonly #maxKnown: number;

  constructor(maxKnown: number) {
    this.#maxKnown = maxKnown;
  }

  get(key: Key): Value | undefined {
    return this.#known.get(key);
  }

  /** Tells the value of a key for which `get` had none. It is known if the key was among the last 32 new ones. */
  put(key: Key, value: Value): void {
    const candidate = this.#candidates.indexOf(key);
    if (candidate < 0) {
      this.#candidates[this.#next] = key;
      this.#next = (this.#next + 1) % CANDIDATES;
      return;
    }
    this.#candidates[candidate] = undefined;
    if (this.#known.size >= this.#maxKnown) this.#known = new Map();
    this.#known.set(key, value);
  }

  /** Forgets the values; a key that came before is still no news. */
  forgetValues(): void {
    if (this.#known.size > 0) this.#known = new Map();
  }
}
