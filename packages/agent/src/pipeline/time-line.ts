import type { SourceOrigin } from '../sources/source.ts';

const TWO_32 = 0x1_0000_0000;
const NS_PER_DAY = 86_400_000_000_000n;

/**
 * Turns the source's times into wall time: the last pair of clock readings, carried on at the pace of
 * the monotonic clock. So two times of one exchange never disagree by a step of the wall clock between
 * two readings.
 */
export class TimeLine {
  #offsetNs: bigint;
  /** The same in two halves of 32 bits. */
  #offsetLow = 0;
  #offsetHigh = 0;
  /** The UTC day that was asked for last, as a range of source times: most questions fall into it. */
  #dayStartNs = 0;
  #dayEndNs = 0;
  #day = 0;

  constructor(origin: SourceOrigin) {
    this.#offsetNs = origin.wallNs;
    this.#split();
  }

  /** A new pair of readings. */
  set(atNs: number, wallNs: bigint): void {
    this.#offsetNs = wallNs - BigInt(Math.round(atNs));
    this.#split();
    this.#dayEndNs = this.#dayStartNs;
  }

  /** Nanoseconds since the Unix epoch. */
  wallNs(atNs: number): bigint {
    return this.#offsetNs + BigInt(Math.round(atNs));
  }

  /** The same as `wallNs`, into a column: once a request, so without a bigint. */
  putWallNs(column: { putHalves(low: number, high: number): void }, atNs: number): void {
    const whole = Math.round(atNs);
    const high = Math.floor(whole / TWO_32);
    const low = this.#offsetLow + (whole - high * TWO_32);
    const carry = low >= TWO_32 ? 1 : 0;
    column.putHalves(low - carry * TWO_32, (this.#offsetHigh + high + carry) >>> 0);
  }

  /** The source's time of a wall time; negative before its origin. */
  atNs(wallNs: bigint): number {
    return Number(wallNs - this.#offsetNs);
  }

  #split(): void {
    this.#offsetLow = Number(BigInt.asUintN(32, this.#offsetNs));
    this.#offsetHigh = Number(BigInt.asUintN(32, this.#offsetNs >> 32n));
  }

  /** UTC day, days since the Unix epoch. */
  dayOf(atNs: number): number {
    if (atNs >= this.#dayStartNs && atNs < this.#dayEndNs) return this.#day;
    const day = this.wallNs(atNs) / NS_PER_DAY;
    this.#day = Number(day);
    this.#dayStartNs = Number(day * NS_PER_DAY - this.#offsetNs);
    this.#dayEndNs = Number((day + 1n) * NS_PER_DAY - this.#offsetNs);
    return this.#day;
  }
}
