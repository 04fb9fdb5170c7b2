import { setTimeout as delay } from 'node:timers/promises';
import { closedLoop } from '../load/closed-loop.ts';
import type { LoadOrder } from '../load/open-loop.ts';
import { cpuTimeNs, type Memory } from '../measure/processes.ts';
import { median } from '../measure/statistics.ts';
import type { AgentProcess } from './agent-process.ts';
import {
  type ArmName,
  type ArmReading,
  type Load,
  loads,
  type Round,
  type ThroughputReading,
} from './arms.ts';
import type { BenchSite } from './bench-site.ts';
import type { Window } from './store-questions.ts';

export interface RoundSettings {
  readonly seconds: number;
  readonly rates: Readonly<Record<Load, number>>;
}

/** Loads of each arm: those of which a ratio is asked. */
const loadsOf: Readonly<Record<ArmName, readonly Load[]>> = {
  off: loads,
  on: loads,
  noop: ['tinyHttps'],
  stats: ['tinyHttp'],
  again: ['pageHttps'],
};

const CONNECTIONS = 32;
const WARM_UP_SECONDS = 0.5;
const TARGETS = 101;
const CLOSED_LOOP_CONNECTIONS = 16;
const CLOSED_LOOP_SECONDS = 1;
/** A source reads the kernel's counts of what was lost once a second. */
const LOSSES_TOLD_MS = 1_500;

/** Runs an arm: brings its agent up, drives its loads, lets it go. */
export class ArmRunner {
  /** Of each agent of the arm `on`: under the open loop, and at last. */
  readonly peakRssMiB: number[] = [];
  readonly anonymousMiB: number[] = [];
  readonly saturatedMemory: Memory[] = [];
  /** From the first closed loop of an agent to its end. */
  readonly saturatedWindows: Window[] = [];
  readonly #site: BenchSite;
  readonly #settings: RoundSettings;
  readonly #log: (line: string) => void;
  #saturatedFromMs: number | undefined;

  constructor(site: BenchSite, settings: RoundSettings, log: (line: string) => void) {
    this.#site = site;
    this.#settings = settings;
    this.#log = log;
  }

  async run(
    name: ArmName,
    round: number,
  ): Promise<{ readings: Record<string, ArmReading>; throughput?: Throughputs }> {
    const hasAgent = name === 'on' || name === 'noop' || name === 'stats';
    const agent = hasAgent ? await this.#site.startAgent(name) : undefined;
    try {
      const readings: Record<string, ArmReading> = {};
      if (agent !== undefined) await this.#drive('tinyHttp', agent, 'warm'); // An agent is measured once its code is compiled.
      for (const load of loadsOf[name]) {
        const reading = await this.#drive(load, agent, `${name}${round}${load.toLowerCase()}`);
        readings[load] = reading;
        this.#log(`  ${name} ${load}: ${describeReading(reading)}`);
      }
      if (name !== 'off' && name !== 'on') return { readings };
      if (agent !== undefined) await this.#settle(agent);
      return {
        readings,
        throughput: { http: await this.#saturate('http'), https: await this.#saturate('https') },
      };
    } finally {
      if (agent !== undefined) await this.#release(name, agent);
    }
  }

  /** Until the client's code is compiled and nginx's pools are there. */
  async warmUp(): Promise<void> {
    for (const load of loads) await this.#drive(load, undefined, 'warm');
  }

  async #drive(load: Load, agent: AgentProcess | undefined, run: string): Promise<ArmReading> {
    const { client, nginx, serverPid } = this.#site;
    const path = load.startsWith('tiny') ? '/tiny' : '/page';
    const isTls = load.endsWith('Https');
    const order: LoadOrder = {
      port: isTls ? nginx.httpsPort : nginx.httpPort,
      ...(isTls ? { certificate: nginx.certificate } : {}),
      targets: Array.from({ length: TARGETS }, (_, index) => `${path}?n=${run}-${index}`),
      ratePerSecond: this.#settings.rates[load],
      connections: CONNECTIONS,
      warmUpSeconds: WARM_UP_SECONDS,
      seconds: this.#settings.seconds,
      watch: { serverPid, cgroups: agent === undefined ? [] : [agent.cgroup.path] },
    };
    const before = { atMs: performance.now(), waitedNs: agent?.waitedForCpuNs() ?? 0 };
    const { window } = await client.run(order);
    const elapsedNs = (performance.now() - before.atMs) * 1e6;
    const [agentCpuNs] = window.cgroupCpuNs;
    return {
      cpuUsPerRequest: median(window.serverCpuNsPerRequest) / 1_000,
      p50Us: window.p50Us,
      p99Us: window.p99Us,
      lateP99Us: window.lateP99Us,
      serverBusy: window.serverCpuNs / (window.seconds * 1e9),
      // CPU nanoseconds a request, as millicores for 1,000 a second: 1 µs is 1 millicore.
      agentMillicoresPer1kRps: agentCpuNs === undefined ? undefined : agentCpuNs / window.answered / 1_000,
      agentWaitRatio:
        agent === undefined ? undefined : (agent.waitedForCpuNs() - before.waitedNs) / elapsedNs,
    };
  }

  async #saturate(scheme: 'http' | 'https'): Promise<ThroughputReading> {
    const { nginx, cores, serverPid } = this.#site;
    const port = scheme === 'https' ? nginx.httpsPort : nginx.httpPort;
    return this.#site.saturating(async () => {
      const before = { atMs: performance.now(), cpuNs: cpuTimeNs(serverPid) };
      const requestsPerSecond = await closedLoop({
        url: `${scheme}://127.0.0.1:${port}/page?n=wrk-0`,
        connections: CLOSED_LOOP_CONNECTIONS,
        seconds: CLOSED_LOOP_SECONDS,
        cores: cores.others,
      });
      const busyNs = cpuTimeNs(serverPid) - before.cpuNs;
      return { requestsPerSecond, serverBusy: busyNs / ((performance.now() - before.atMs) * 1e6) };
    });
  }

  /** What the open loop lost is told before the closed loop begins. */
  async #settle(agent: AgentProcess): Promise<void> {
    const { peakRssMiB, anonymousMiB } = agent.memory();
    this.peakRssMiB.push(peakRssMiB);
    this.anonymousMiB.push(anonymousMiB);
    await delay(LOSSES_TOLD_MS);
    this.#saturatedFromMs = Date.now();
  }

  async #release(name: ArmName, agent: AgentProcess): Promise<void> {
    if (name === 'on') this.saturatedMemory.push(agent.memory());
    await agent.stop();
    if (this.#saturatedFromMs === undefined) return;
    this.saturatedWindows.push({ fromMs: this.#saturatedFromMs, toMs: Date.now() });
    this.#saturatedFromMs = undefined;
  }
}

function describeReading(reading: ArmReading): string {
  const { cpuUsPerRequest, p99Us, lateP99Us, agentMillicoresPer1kRps, agentWaitRatio = 0 } = reading;
  const agent =
    agentMillicoresPer1kRps === undefined
      ? ''
      : `, agent ${agentMillicoresPer1kRps.toFixed(1)} millicores at 1,000/s, waiting for a processor ${(agentWaitRatio * 100).toFixed(0)} %`;
  return `${cpuUsPerRequest.toFixed(2)} µs of server CPU a request, p99 ${p99Us.toFixed(0)} µs (client late ${lateP99Us.toFixed(0)})${agent}`;
}

type Throughputs = Round['throughput']['off'];

/** One round whose arms ran in the given order. */
export async function measureRound(
  runner: ArmRunner,
  order: readonly ArmName[],
  round: number,
): Promise<Round> {
  const arms: Partial<Record<ArmName, Record<string, ArmReading>>> = {};
  const throughput: Partial<Record<'off' | 'on', Throughputs>> = {};
  for (const name of order) {
    const result = await runner.run(name, round);
    arms[name] = result.readings;
    if (result.throughput !== undefined && (name === 'off' || name === 'on'))
      throughput[name] = result.throughput;
  }
  const { off, on } = throughput;
  if (off === undefined || on === undefined) throw new Error('a round has both arms');
  return { arms, throughput: { off, on } };
}
