import { readFileSync } from 'node:fs';
import type { Clock } from '@tomte/kit';
import type { Usage } from './governor.ts';

/** Measures this process: CPU between two readings, resident memory at the second. */
export class UsageMeter {
  readonly #clock: Clock;
  #lastCpuUs: number;
  #lastNs: bigint;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#lastCpuUs = cpuUs();
    this.#lastNs = clock.monotonicNs();
  }

  read(): Usage {
    const nowNs = this.#clock.monotonicNs();
    const nowCpuUs = cpuUs();
    const elapsedUs = Math.max(1, Number(nowNs - this.#lastNs) / 1_000);
    const cpuMillicores = ((nowCpuUs - this.#lastCpuUs) / elapsedUs) * 1_000;
    this.#lastNs = nowNs;
    this.#lastCpuUs = nowCpuUs;
    return { cpuMillicores, rssBytes: process.memoryUsage.rss(), anonymousBytes: anonymousBytes() };
  }
}

function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** RssAnon of /proc/self/status (proc(5)): the mapped ring buffers are the kernel's memory, not this process's. */
function anonymousBytes(): number {
  const kibibytes = /^RssAnon:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return kibibytes === undefined ? process.memoryUsage.rss() : Number(kibibytes) * 1024;
}
