import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { cgroupCpuNs } from '../measure/cgroup.ts';
import { parseSchedstatNs } from '../measure/processes.ts';
import { quantile } from '../measure/statistics.ts';
import { Lane } from './lane.ts';
import { type LoadOrder, type LoadResult, scheduleOf } from './open-loop.ts';
import type { PacerOrder } from './pacer.ts';

/** The client as a process of its own: an order comes by IPC, its result goes back. It runs many, one by one. */

const SLICES = 10;
const LEAD_MS = 20;
const DRAIN_MS = 5_000;

interface Reading {
  readonly atMs: number;
  readonly answered: number;
  readonly serverCpuNs: number;
  readonly cgroupCpuNs: readonly number[];
}

class Run {
  readonly #order: LoadOrder;
  readonly #requests: readonly Buffer[];
  readonly #lanes: Lane[] = [];
  readonly #total: number;
  readonly #latenciesUs: Float64Array;
  readonly #latenessUs: Float64Array;
  readonly #done = Promise.withResolvers<void>();
  #startMs = 0;
  #sent = 0;
  #answered = 0;
  #measured = 0;
  /** At the start of the window and at the end of each slice of it. */
  readonly #readings: Reading[] = [];

  constructor(order: LoadOrder) {
    this.#order = order;
    this.#requests = order.targets.map((target) =>
      Buffer.from(
        `GET ${target} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: open-loop\r\nAccept: */*\r\n\r\n`,
      ),
    );
    const { size, ticks } = this.#schedule;
    this.#total = size * ticks;
    this.#latenciesUs = new Float64Array(this.#total);
    this.#latenessUs = new Float64Array(this.#total);
  }

  get #schedule() {
    const { ratePerSecond, warmUpSeconds, seconds } = this.#order;
    return scheduleOf(ratePerSecond, warmUpSeconds * 2 + seconds);
  }

  async go(): Promise<LoadResult> {
    const handlers = {
      onAnswer: (dueMs: number) => this.#answer(dueMs),
      onFault: (fault: Error) => this.#done.reject(fault),
    };
    for (let index = 0; index < this.#order.connections; index += 1)
      this.#lanes.push(await Lane.open(this.#order, handlers));
    const pacer = this.#startPacer();
    const { warmUpSeconds, seconds } = this.#order;
    const late = setTimeout(
      () => this.#done.resolve(),
      LEAD_MS + (warmUpSeconds * 2 + seconds) * 1000 + DRAIN_MS,
    );
    try {
      await this.#done.promise;
    } finally {
      clearTimeout(late);
      await pacer.terminate();
      for (const lane of this.#lanes) lane.close();
    }
    return this.#result();
  }

  #startPacer(): Worker {
    const { intervalNs, ticks } = this.#schedule;
    this.#startMs = performance.now() + LEAD_MS;
    const startNs = process.hrtime.bigint() + BigInt(LEAD_MS * 1e6);
    const workerData: PacerOrder = { startNs, intervalNs, ticks };
    const pacer = new Worker(fileURLToPath(new URL('./pacer.ts', import.meta.url)), { workerData });
    pacer.on('message', () => this.#sendDue());
    pacer.on('error', (error: Error) => this.#done.reject(error));
    return pacer;
  }

  /** All that is due by now: a tick that came late is made up for, and its lateness is part of the latency. */
  #sendDue(): void {
    const { intervalNs, size } = this.#schedule;
    for (;;) {
      const dueMs = this.#startMs + (Math.floor(this.#sent / size) * intervalNs) / 1e6;
      const nowMs = performance.now();
      if (dueMs > nowMs || this.#sent >= this.#total) return;
      this.#readWhenDue(dueMs);
      this.#latenessUs[this.#sent] = (nowMs - dueMs) * 1_000;
      const request = this.#requests[this.#sent % this.#requests.length];
      const lane = this.#lanes[this.#sent % this.#lanes.length];
      if (request === undefined || lane === undefined) throw new Error('there are lanes and requests');
      this.#sent += 1;
      lane.send(dueMs, request);
    }
  }

  #readWhenDue(dueMs: number): void {
    const { warmUpSeconds, seconds } = this.#order;
    const windowSeconds = (dueMs - this.#startMs) / 1_000 - warmUpSeconds;
    const next = this.#readings.length;
    if (next <= SLICES && windowSeconds >= (next * seconds) / SLICES) this.#readings.push(this.#read());
  }

  #read(): Reading {
    const { serverPid, cgroups } = this.#order.watch;
    return {
      serverCpuNs: parseSchedstatNs(readFileSync(`/proc/${serverPid}/schedstat`, 'utf8')),
      cgroupCpuNs: cgroups.map(cgroupCpuNs),
      atMs: performance.now(),
      answered: this.#answered,
    };
  }

  #answer(dueMs: number): void {
    this.#answered += 1;
    const { warmUpSeconds, seconds } = this.#order;
    const dueSeconds = (dueMs - this.#startMs) / 1_000;
    if (dueSeconds >= warmUpSeconds && dueSeconds < warmUpSeconds + seconds) {
      this.#latenciesUs[this.#measured] = (performance.now() - dueMs) * 1_000;
      this.#measured += 1;
    }
    if (this.#answered === this.#total) this.#done.resolve();
  }

  #result(): LoadResult {
    const first = this.#readings[0];
    const last = this.#readings[SLICES];
    if (first === undefined || last === undefined) throw new Error('the run ended before its window did');
    const latencies = this.#latenciesUs.subarray(0, this.#measured).sort();
    return {
      sent: this.#sent,
      answered: this.#answered,
      window: {
        answered: last.answered - first.answered,
        seconds: (last.atMs - first.atMs) / 1_000,
        serverCpuNs: last.serverCpuNs - first.serverCpuNs,
        serverCpuNsPerRequest: perRequest(this.#readings),
        cgroupCpuNs: last.cgroupCpuNs.map((after, index) => after - (first.cgroupCpuNs[index] ?? Number.NaN)),
        p50Us: quantile(latencies, 0.5),
        p99Us: quantile(latencies, 0.99),
        lateP99Us: quantile(this.#latenessUs.subarray(0, this.#sent).sort(), 0.99),
      },
    };
  }
}

function perRequest(readings: readonly Reading[]): number[] {
  return readings.slice(1).map((after, index) => {
    const before = readings[index] ?? after;
    return (after.serverCpuNs - before.serverCpuNs) / (after.answered - before.answered);
  });
}

process.on('message', (order: LoadOrder) => {
  new Run(order).go().then(
    (result) => process.send?.({ result }),
    (fault: unknown) => process.send?.({ fault: fault instanceof Error ? fault.message : String(fault) }),
  );
});
process.on('disconnect', () => process.exit(0));
