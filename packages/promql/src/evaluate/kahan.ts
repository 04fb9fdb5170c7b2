/** A sum that keeps what rounding takes away (Neumaier). */
export class KahanSum {
  sum: number;
  rest = 0;

  constructor(start = 0) {
    this.sum = start;
  }

  add(value: number): void {
    const total = this.sum + value;
    if (!Number.isFinite(total)) this.rest = 0;
    else if (Math.abs(this.sum) >= Math.abs(value)) this.rest += this.sum - total + value;
    else this.rest += value - total + this.sum;
    this.sum = total;
  }

  get total(): number {
    return this.sum === Infinity || this.sum === -Infinity ? this.sum : this.sum + this.rest;
  }
}

/** The mean of values that may be too large for their sum. */
export class KahanMean {
  readonly #direct: KahanSum;
  #running: KahanSum | undefined;
  #count = 1;

  constructor(first: number) {
    this.#direct = new KahanSum(first);
  }

  add(value: number): void {
    this.#count += 1;
    if (this.#running === undefined && Math.abs(this.#direct.sum + value) !== Infinity) {
      this.#direct.add(value);
      return;
    }
    const before = this.#running ?? this.#divided(this.#count - 1);
    const share = (this.#count - 1) / this.#count;
    const next = new KahanSum(before.sum * share);
    next.rest = before.rest * share;
    next.add(value / this.#count);
    this.#running = next;
  }

  #divided(count: number): KahanSum {
    const mean = new KahanSum(this.#direct.sum / count);
    mean.rest = this.#direct.rest / count;
    return mean;
  }

  get mean(): number {
    const { sum, rest } = this.#running ?? this.#divided(this.#count);
    return sum + rest;
  }
}
