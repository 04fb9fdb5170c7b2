/**
 * Requests at fixed times, whether or not earlier ones were answered. Latency counts from the time at which
 * a request was due, so a slow server cannot hide behind a waiting client (no coordinated omission).
 */
export interface LoadOrder {
  readonly port: number;
  /** PEM file of the server's certificate; present for TLS. */
  readonly certificate?: string;
  /** Requests take turns through these targets. */
  readonly targets: readonly string[];
  readonly ratePerSecond: number;
  readonly connections: number;
  /** Traffic at the same rate before and after which nothing is measured. */
  readonly warmUpSeconds: number;
  readonly seconds: number;
  /** Read at both ends of the measured window, by the client itself. */
  readonly watch: {
    /** CPU time by /proc/PID/schedstat: the server's one thread. */
    readonly serverPid: number;
    /** CPU time by its cpu.stat. */
    readonly cgroups: readonly string[];
  };
}

export interface LoadResult {
  /** Whole run, warm-up included. */
  readonly sent: number;
  readonly answered: number;
  /** Of the measured window. */
  readonly window: {
    readonly answered: number;
    readonly seconds: number;
    readonly serverCpuNs: number;
    /** The server's CPU a request in each tenth of the window: what disturbs one of them does not move their median. */
    readonly serverCpuNsPerRequest: readonly number[];
    readonly cgroupCpuNs: readonly number[];
    readonly p50Us: number;
    readonly p99Us: number;
    /** How late requests left, p99: the client's own share of a latency. */
    readonly lateP99Us: number;
  };
}

/** When requests are due: groups of `size` every `intervalNs`, so that a tick is worth its wake-up. */
export interface Schedule {
  readonly intervalNs: number;
  readonly size: number;
  readonly ticks: number;
}

/**
 * Each wakes a server that sleeps, which on a virtual machine costs as much as a small request: groups keep
 * that, which no agent changes, from hiding what an agent adds.
 */
const MAX_TICKS_PER_SECOND = 1_000;

export function scheduleOf(ratePerSecond: number, seconds: number): Schedule {
  const size = Math.ceil(ratePerSecond / MAX_TICKS_PER_SECOND);
  const intervalNs = (size * 1e9) / ratePerSecond;
  return { intervalNs, size, ticks: Math.round((seconds * 1e9) / intervalNs) };
}
