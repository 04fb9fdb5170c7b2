/** A first-in-first-out queue with a fixed capacity; what does not fit is refused and counted. */
export class BoundedQueue<T> {
  readonly #slots: (T | undefined)[];
  #head = 0;
  #length = 0;
  #refusedCount = 0;

  /** @param capacity items at most, ≥ 1 */
  constructor(capacity: number) {
    this.#slots = new Array<T | undefined>(capacity);
  }

  get length(): number {
    return this.#length;
  }

  get isFull(): boolean {
    return this.#length === this.#slots.length;
  }

  /** Items that were refused because the queue was full. */
  get refusedCount(): number {
    return this.#refusedCount;
  }

  push(item: T): boolean {
    if (this.isFull) {
      this.#refusedCount += 1;
      return false;
    }
    this.#slots[(this.#head + this.#length) % this.#slots.length] = item;
    this.#length += 1;
    return true;
  }

  peek(): T | undefined {
    return this.#length === 0 ? undefined : this.#slots[this.#head];
  }

  shift(): T | undefined {
    if (this.#length === 0) return undefined;
    const item = this.#slots[this.#head];
    this.#slots[this.#head] = undefined;
    this.#head = (this.#head + 1) % this.#slots.length;
    this.#length -= 1;
    return item;
  }
}
