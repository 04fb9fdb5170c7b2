import { parentPort, workerData } from 'node:worker_threads';

/**
 * A thread that sleeps to the microsecond, which a Node timer (1 ms) cannot, and wakes the client's event
 * loop by a message at each tick.
 */
export interface PacerOrder {
  /** CLOCK_MONOTONIC of the first tick, as process.hrtime gives it. */
  readonly startNs: bigint;
  readonly intervalNs: number;
  readonly ticks: number;
}

function pace({ startNs, intervalNs, ticks }: PacerOrder, tell: () => void): void {
  const never = new Int32Array(new SharedArrayBuffer(4));
  for (let tick = 0; tick < ticks; tick += 1) {
    const waitNs = tick * intervalNs - Number(process.hrtime.bigint() - startNs);
    if (waitNs > 0) Atomics.wait(never, 0, 0, waitNs / 1e6);
    tell();
  }
}

if (parentPort !== null) {
  const port = parentPort;
  pace(workerData as PacerOrder, () => port.postMessage(0)); // Proof: only the client starts this thread.
}
