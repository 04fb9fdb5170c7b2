import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@tomte/kit';
import { closedLoop } from '../load/closed-loop.ts';
import { type Cores, describeCores, pinSelf } from '../measure/cores.ts';
import { orderOf } from '../measure/pairs.ts';
import { cpuTimeNs } from '../measure/processes.ts';
import { median } from '../measure/statistics.ts';
import { type Bench, type BenchOptions, type BenchResult, formatNumber } from '../report.ts';
import { type ArmName, armNames, type Load, loads, type Round } from './arms.ts';
import { BenchSite } from './bench-site.ts';
import { compareRuns, loggedByRun, type RunCounts } from './completeness.ts';
import { agentMillicoresOf, costFigures, pairsOf } from './cost-figures.ts';
import { ArmRunner, measureRound } from './measure-round.ts';
import type { StoreQuestions } from './store-questions.ts';

/** Requests a second of `tiny`: what the agent's budget is made for (DESIGN §5, up to 10,000). */
const TINY_RATE = 10_000;
/** `page` runs at half of what nginx can, but on two processors no faster: client, agent and store share the other. */
const PAGE_RATE_MAX = 10_000;
const SETTLE_MS = 15_000;
const SETTLE_POLL_MS = 500;
/** nginx writes its log at the latest after a second (nginx.ts). */
const LOG_FLUSH_MS = 1_500;

async function run(options: BenchOptions, log: (line: string) => void): Promise<BenchResult> {
  const cores = pinSelf();
  log('Starting ClickHouse, collector, nginx and client …');
  const site = await BenchSite.open(cores);
  try {
    const half = await halfLoad(site, cores);
    const pageRate = Math.min(PAGE_RATE_MAX, Math.floor(half / 100) * 100);
    const rates = { tinyHttp: TINY_RATE, tinyHttps: TINY_RATE, pageHttp: pageRate, pageHttps: pageRate };
    const runner = new ArmRunner(site, { seconds: options.seconds, rates }, log);
    await runner.warmUp();
    const rounds: Round[] = [];
    for (let round = 0; round < options.pairs; round += 1) {
      rounds.push(await measureRound(runner, orderOf(armNames, round), round));
      log(`Round ${round + 1} of ${options.pairs}: ${describeRound(rounds)}`);
    }
    const store = await settled(site, runner);
    const figures = costFigures(rounds, { ...store, agentPeakRssMiB: runner.peakRssMiB });
    const notes = notesOf({ rounds, runner, site, half, rates, store });
    const fault = governorFault(store);
    return { figures, pairs: options.pairs, notes, ...(fault === undefined ? {} : { fault }) };
  } finally {
    await site.close();
  }
}

/** Half of the requests for the page that nginx answers in a second of its processor, plain. */
async function halfLoad(site: BenchSite, cores: Cores): Promise<number> {
  const { nginx, serverPid } = site;
  const url = `http://127.0.0.1:${nginx.httpPort}/page?n=half-0`;
  const seconds = 1;
  return site.saturating(async () => {
    const before = cpuTimeNs(serverPid);
    const rate = await closedLoop({ url, connections: 16, seconds, cores: cores.others });
    return (rate * seconds) / ((cpuTimeNs(serverPid) - before) / 1e9) / 2;
  });
}

function describeRound(rounds: readonly Round[]): string {
  const last = rounds.slice(-1);
  const ratio = (load: Load, changed: ArmName): string => {
    const [pair] = pairsOf(last, load, { changed, base: 'off' });
    return pair === undefined ? '–' : (pair.changed.cpuUsPerRequest / pair.base.cpuUsPerRequest).toFixed(3);
  };
  const on = loads.map((load) => `${load} ${ratio(load, 'on')}`).join(', ');
  return `${on}, noop ${ratio('tinyHttps', 'noop')}, again ${ratio('pageHttps', 'again')}`;
}

interface StoreFacts extends RunCounts {
  /** Rows of agent_status by step. */
  readonly steps: ReadonlyMap<string, number>;
  readonly stepped: readonly string[];
  /** Events lost under the open loop, and under the closed one. */
  readonly losses: ReadonlyMap<string, number>;
  readonly saturatedLosses: ReadonlyMap<string, number>;
}

/** Waits until all is stored that nginx has logged, or it is plain that something is missing. */
async function settled(site: BenchSite, runner: ArmRunner): Promise<StoreFacts> {
  await delay(LOG_FLUSH_MS);
  const logged = await loggedByRun(createInterface({ input: createReadStream(site.nginx.accessLog) }));
  const deadline = performance.now() + SETTLE_MS;
  for (;;) {
    const stored = await site.store.storedByRun();
    const counts = compareRuns(logged, stored);
    if (counts.storedRequests === counts.loggedRequests || performance.now() > deadline)
      return { ...counts, ...(await statusOf(site.store, runner)) };
    await delay(SETTLE_POLL_MS);
  }
}

async function statusOf(
  store: StoreQuestions,
  { saturatedWindows }: ArmRunner,
): Promise<Omit<StoreFacts, keyof RunCounts>> {
  const [steps, stepped] = [store.governorSteps(), store.steppedRows()];
  const losses = store.losses(saturatedWindows, 'outside');
  const saturatedLosses = store.losses(saturatedWindows, 'within');
  return {
    steps: await steps,
    stepped: await stepped,
    losses: await losses,
    saturatedLosses: await saturatedLosses,
  };
}

/** At another step an agent captures less than ships, and the figures flatter it. */
function governorFault({ steps, stepped }: StoreFacts): AppError | undefined {
  if (steps.size > 0 && stepped.length === 0) return undefined;
  const facts =
    steps.size === 0 ? 'no agent has said at which step it was' : `the governor stepped: ${stepped[0]}`;
  const remedy = 'The figures above are of less than what ships. Run it on a quieter machine.';
  return new AppError('BENCH_GOVERNOR_STEPPED', facts, { remedy });
}

function notesOf(of: {
  rounds: readonly Round[];
  runner: ArmRunner;
  site: BenchSite;
  half: number;
  rates: Readonly<Record<Load, number>>;
  store: StoreFacts;
}): readonly string[] {
  const { rounds, runner, store } = of;
  const middle = (
    load: Load,
    arm: ArmName,
    figure: 'cpuUsPerRequest' | 'p99Us' | 'lateP99Us' | 'serverBusy',
  ): number => median(rounds.flatMap(({ arms }) => arms[arm]?.[load]?.[figure] ?? []));
  const byLoad = (make: (load: Load) => string): string =>
    loads.map((load) => `${load} ${make(load)}`).join(', ');
  const list = (losses: ReadonlyMap<string, number>): string =>
    losses.size === 0 ? 'none' : [...losses].map(([reason, events]) => `${reason} ${events}`).join(', ');
  const saturated = (figure: 'peakRssMiB' | 'anonymousMiB'): string =>
    Math.max(...runner.saturatedMemory.map((memory) => memory[figure])).toFixed(0);
  return [
    `${describeCores(of.site.cores, 'nginx (one worker)')}; a loop keeps its processor awake when it has nothing to do; collector and ClickHouse with what the agent leaves (nice 19)`,
    `open loop at ${byLoad((load) => `${of.rates[load]}/s`)}; half load of the page would be ${formatNumber(of.half)}/s`,
    `server CPU a request, off → on: ${byLoad((load) => `${middle(load, 'off', 'cpuUsPerRequest').toFixed(2)} → ${middle(load, 'on', 'cpuUsPerRequest').toFixed(2)} µs`)}`,
    `server's processor busy, off: ${byLoad((load) => `${(middle(load, 'off', 'serverBusy') * 100).toFixed(0)} %`)}`,
    `p99 off → on: ${byLoad((load) => `${middle(load, 'off', 'p99Us').toFixed(0)} → ${middle(load, 'on', 'p99Us').toFixed(0)} µs`)}; of it the client's own lateness, p99: ${byLoad((load) => `${middle(load, 'off', 'lateP99Us').toFixed(0)} → ${middle(load, 'on', 'lateP99Us').toFixed(0)}`)} µs`,
    `HTTPS tiny above empty programs: ${costAboveNoop(rounds).toFixed(3)} (goal ≤ 0.15)`,
    `agent millicores for 1,000 requests a second: ${byLoad((load) => agentMillicoresOf(rounds, load).toFixed(1))}`,
    `agent memory: peak resident ${Math.max(...runner.peakRssMiB).toFixed(0)} MiB with its mapped rings, own (anonymous) ${Math.max(...runner.anonymousMiB).toFixed(0)} MiB; behind the closed loop ${saturated('peakRssMiB')} and ${saturated('anonymousMiB')} MiB`,
    `closed loop (wrk, page), server busy: ${(['http', 'https'] as const).map((scheme) => `${scheme} ${describeThroughput(rounds, scheme)}`).join(', ')}`,
    `stored ${store.storedRequests} of ${store.loggedRequests} requests in nginx's log, ${store.doubled} doubled${store.short.length === 0 ? '' : `; missing: ${store.short.join(', ')}`}`,
    `lost events under the open loop: ${list(store.losses)}; under the closed loop: ${list(store.saturatedLosses)}`,
    `rows of agent_status by the governor's step: ${[...store.steps].map(([step, rows]) => `${step} ${rows}`).join(', ')}; default settings, redaction on; collector and ClickHouse ran in both arms`,
    'syscallStatsCpuRatio is an agent with --syscall-stats ÷ one without, tiny HTTP',
  ];
}

function costAboveNoop(rounds: readonly Round[]): number {
  const pairs = pairsOf(rounds, 'tinyHttps', { changed: 'on', base: 'noop' });
  const off = median(rounds.flatMap(({ arms }) => arms.off?.tinyHttps?.cpuUsPerRequest ?? []));
  return median(pairs.map(({ changed, base }) => (changed.cpuUsPerRequest - base.cpuUsPerRequest) / off));
}

function describeThroughput(rounds: readonly Round[], scheme: 'http' | 'https'): string {
  const of = (arm: 'off' | 'on', figure: 'requestsPerSecond' | 'serverBusy'): number =>
    median(rounds.map(({ throughput }) => throughput[arm][scheme][figure]));
  const rates = `${formatNumber(of('off', 'requestsPerSecond'))} → ${formatNumber(of('on', 'requestsPerSecond'))}/s`;
  return `${rates} (${(of('off', 'serverBusy') * 100).toFixed(0)} → ${(of('on', 'serverBusy') * 100).toFixed(0)} %)`;
}

export const costBench: Bench = {
  name: 'cost',
  summary: 'what an agent costs nginx, by CPU a request, latency and throughput, and itself',
  defaults: { pairs: 6, seconds: 2 },
  goals: {
    tinyHttpCpuRatio: { atMost: 1.12, meaning: '' },
    tinyHttpsCpuRatio: { atMost: 1.55, meaning: '' },
    pageHttpCpuRatio: { atMost: 1.08, meaning: 'stretch 1.04' },
    pageHttpsCpuRatio: { atMost: 1.25, meaning: 'stretch 1.15' },
    httpP99Ratio: { atMost: 1.05, meaning: '' },
    httpsP99Ratio: { atMost: 1.05, meaning: '' },
    agentMillicoresPer1kRps: { atMost: 10, meaning: '' },
    agentRssMiB: { atMost: 110, meaning: 'ceiling 150' },
    completeness: { atLeast: 0.999, meaning: '' },
  },
  run,
};
