import type { JsonObject } from './api-client.ts';

const MAX_SEEN = 100_000;
/** Both ends of one exchange are nearer than this; the same key later is another exchange. */
const PAIR_MS = 5_000;

/** Remembers which requests were printed: each once, though windows overlap and the other end may arrive later. */
export class SeenRequests {
  readonly #isEachSide: boolean;
  readonly #ids = new Set<string>();
  readonly #pairs = new Map<string, number>();

  /** @param isEachSide both rows of a pair are wanted */
  constructor(isEachSide: boolean) {
    this.#isEachSide = isEachSide;
  }

  /** True for a request that was not seen yet; from now on it is. */
  isNew(row: JsonObject): boolean {
    const id = String(row['id']);
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    if (this.#ids.size > MAX_SEEN) forgetOldest(this.#ids);
    return (
      this.#isEachSide || this.#isNewPair(String(row['pair_key']), Date.parse(String(row['start_time'])))
    );
  }

  #isNewPair(key: string, startMs: number): boolean {
    if (key === '0' || Number.isNaN(startMs)) return true;
    const before = this.#pairs.get(key);
    if (before !== undefined && Math.abs(startMs - before) <= PAIR_MS) return false;
    this.#pairs.delete(key);
    this.#pairs.set(key, startMs);
    if (this.#pairs.size > MAX_SEEN) forgetOldest(this.#pairs);
    return true;
  }
}

/** Sets and maps keep the order in which things came. */
function forgetOldest(collection: Set<string> | Map<string, number>): void {
  for (const key of collection.keys()) {
    collection.delete(key);
    return;
  }
}
