/** The only way for code below tier 4 to know the time or to wait: tests and replays pass their own. */
export interface Clock {
  /** Nanoseconds since the Unix epoch. */
  wallNs(): bigint;
  /** CLOCK_MONOTONIC in nanoseconds: what the kernel's `bpf_ktime_get_ns` counts. */
  monotonicNs(): bigint;
  /** Calls back after `delayMs`; the result cancels it. The timer keeps no process alive. */
  after(delayMs: number, callback: () => void): () => void;
}

interface Host {
  readonly process: { readonly hrtime: { bigint(): bigint } };
  setTimeout(callback: () => void, delayMs: number): { unref(): void };
  clearTimeout(timer: { unref(): void }): void;
}

/** The machine's clock. `process.hrtime` is CLOCK_MONOTONIC on Linux (libuv `uv_hrtime`). */
export function systemClock(): Clock {
  const host = globalThis as unknown as Host; // The pure rooms have no Node types; only this function needs the host.
  return {
    wallNs: () => BigInt(Date.now()) * 1_000_000n,
    monotonicNs: () => host.process.hrtime.bigint(),
    after(delayMs, callback) {
      const timer = host.setTimeout(callback, delayMs);
      timer.unref();
      return () => host.clearTimeout(timer);
    },
  };
}

/** A clock that a test or a replay moves by hand. Timers fire in order of their due time. */
export class ManualClock implements Clock {
  #wallNs: bigint;
  #monotonicNs: bigint;
  #timers: { dueNs: bigint; callback: () => void }[] = [];

  constructor(wallNs = 0n, monotonicNs = 0n) {
    this.#wallNs = wallNs;
    this.#monotonicNs = monotonicNs;
  }

  wallNs(): bigint {
    return this.#wallNs;
  }

  monotonicNs(): bigint {
    return this.#monotonicNs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { dueNs: this.#monotonicNs + BigInt(Math.round(delayMs * 1e6)), callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Moves both clocks on and fires what became due. */
  advanceMs(delayMs: number): void {
    const endNs = this.#monotonicNs + BigInt(Math.round(delayMs * 1e6));
    for (;;) {
      const next = this.#timers
        .filter((timer) => timer.dueNs <= endNs)
        .sort((a, b) => (a.dueNs < b.dueNs ? -1 : 1))[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.#moveTo(next.dueNs);
      next.callback();
    }
    this.#moveTo(endNs);
  }

  #moveTo(monotonicNs: bigint): void {
    this.#wallNs += monotonicNs - this.#monotonicNs;
    this.#monotonicNs = monotonicNs;
  }
}
