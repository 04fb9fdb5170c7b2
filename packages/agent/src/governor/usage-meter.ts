import { readFileSync } from 'node:fs';
import type { Clock } from '@tomte/kit';
import type { Usage } from './governor.ts';

/** Measures this process: CPU between two readings, memory at the second. One meter for each who asks. */
export class UsageMeter {
  readonly #clock: Clock;
  readonly #ringBytes: number;
  #lastCpuUs: number;
  #lastNs: bigint;

  /** @param ringBytes of the kernel's ring buffers that are mapped: resident, though not anonymous */
  constructor(clock: Clock, ringBytes: number) {
    this.#clock = clock;
    this.#ringBytes = ringBytes;
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
    return { cpuMillicores, ...this.memory() };
  }

  /** Memory alone, without ending the time that CPU is measured over. */
  memory(): Pick<Usage, 'rssBytes' | 'ownBytes'> {
    return { rssBytes: process.memoryUsage.rss(), ownBytes: anonymousBytes() + this.#ringBytes };
  }
}

function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** RssAnon of /proc/self/status (proc(5)); where there is none, everything. */
function anonymousBytes(): number {
  const kibibytes = /^RssAnon:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return kibibytes === undefined ? process.memoryUsage.rss() : Number(kibibytes) * 1024;
}
