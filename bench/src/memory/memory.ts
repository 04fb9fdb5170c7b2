import { setTimeout as delay } from 'node:timers/promises';
import type { AgentProcess } from '../cost/agent-process.ts';
import { BenchSite } from '../cost/bench-site.ts';
import { describeCores, pinSelf } from '../measure/cores.ts';
import { median } from '../measure/statistics.ts';
import { type Bench, type BenchOptions, type BenchResult } from '../report.ts';
import { type MemoryParts, memoryPartsOf } from './memory-parts.ts';

/** Nothing to do, and 100 bytes from memory or a file of 10 KiB so often. */
const phases = [
  { name: 'idle', ratePerSecond: 0, path: '/tiny' },
  { name: 'at1k', ratePerSecond: 1_000, path: '/tiny' },
  { name: 'at10k', ratePerSecond: 10_000, path: '/tiny' },
  { name: 'page10k', ratePerSecond: 10_000, path: '/page' },
] as const;
type PhaseName = (typeof phases)[number]['name'];

const CONNECTIONS = 32;
const WARM_UP_SECONDS = 0.5;
const SAMPLE_MS = 250;
/** What starting took is given back when the probes are attached; what still comes of it is no rest. */
const SETTLE_MS = 2_000;

/** A phase of one agent. */
interface Reading extends MemoryParts {
  /** The most of all samples. */
  readonly mostRss: number;
  /** V8's pages, and the buffers beside them: parts of `own`. */
  readonly heap: number;
  readonly buffers: number;
}

type Round = Readonly<Record<PhaseName, Reading>> & { readonly peak: number };

async function run({ pairs, seconds }: BenchOptions, log: (line: string) => void): Promise<BenchResult> {
  const cores = pinSelf();
  log('Starting ClickHouse, collector, nginx and client …');
  const site = await BenchSite.open(cores, { isStoreLast: false });
  const rounds: Round[] = [];
  try {
    while (rounds.length < pairs) {
      const round = await measure(site, seconds);
      rounds.push(round);
      const most = phases.map(({ name }) => `${name} ${round[name].mostRss.toFixed(0)}`).join(', ');
      log(`Agent ${rounds.length} of ${pairs}: ${most}, ever ${round.peak.toFixed(0)} MiB`);
    }
  } finally {
    await site.close();
  }
  return { figures: figuresOf(rounds), pairs, notes: notesOf(rounds, describeCores(cores, 'nginx')) };
}

async function measure(site: BenchSite, seconds: number): Promise<Round> {
  const agent = await site.startAgent('on');
  try {
    await delay(SETTLE_MS);
    const readings: Partial<Record<PhaseName, Reading>> = {};
    for (const phase of phases) readings[phase.name] = await measurePhase(site, agent, { ...phase, seconds });
    const { idle, at1k, at10k, page10k } = readings;
    if (idle === undefined || at1k === undefined || at10k === undefined || page10k === undefined)
      throw new Error('a phase was left out');
    return { idle, at1k, at10k, page10k, peak: agent.memory().peakRssMiB };
  } finally {
    await agent.stop();
  }
}

interface PhaseOrder {
  readonly ratePerSecond: number;
  readonly path: string;
  readonly seconds: number;
}

async function measurePhase(site: BenchSite, agent: AgentProcess, order: PhaseOrder): Promise<Reading> {
  const samples: number[] = [];
  const timer = setInterval(() => samples.push(agent.memory().rssMiB), SAMPLE_MS);
  try {
    await drive(site, order);
  } finally {
    clearInterval(timer);
  }
  const parts = memoryPartsOf(agent.pid);
  return { ...parts, ...(await heapOf(agent)), mostRss: Math.max(parts.rss, ...samples) };
}

async function drive(
  { client, nginx, serverPid }: BenchSite,
  { ratePerSecond, path, seconds }: PhaseOrder,
): Promise<void> {
  if (ratePerSecond === 0) return delay(seconds * 1_000);
  await client.run({
    port: nginx.httpPort,
    targets: Array.from({ length: 101 }, (_, index) => `${path}?n=memory-${index}`),
    ratePerSecond,
    connections: CONNECTIONS,
    warmUpSeconds: WARM_UP_SECONDS,
    seconds,
    watch: { serverPid, cgroups: [] },
  });
}

/** By its own word: which pages are V8's, nobody sees from outside. */
async function heapOf({ endpointPort }: AgentProcess): Promise<Pick<Reading, 'heap' | 'buffers'>> {
  const answer = await fetch(`http://127.0.0.1:${endpointPort}/status`);
  const { heap } = (await answer.json()) as { heap: { totalBytes: number; bufferBytes: number } }; // Proof: AgentStatus.
  return { heap: heap.totalBytes / 2 ** 20, buffers: heap.bufferBytes / 2 ** 20 };
}

function figuresOf(rounds: readonly Round[]): BenchResult['figures'] {
  const figures: Record<string, number> = {};
  const parts = ['code', 'libraries', 'rings', 'heap', 'buffers'] as const;
  for (const { name } of phases) {
    const of = (part: keyof Reading): number => median(rounds.map((round) => round[name][part]));
    figures[`${name}RssMiB`] = of('mostRss');
    figures[`${name}OwnMiB`] = of('own');
    for (const part of parts) figures[`${name}${part[0]?.toUpperCase()}${part.slice(1)}MiB`] = of(part);
  }
  figures['peakRssMiB'] = Math.max(...rounds.map(({ peak }) => peak));
  return figures;
}

function notesOf(rounds: readonly Round[], cores: string): readonly string[] {
  const spreads = phases.map(({ name }) => {
    const most = rounds.map((round) => round[name].mostRss);
    return `${name} ${Math.min(...most).toFixed(0)} to ${Math.max(...most).toFixed(0)}`;
  });
  return [
    cores,
    'the agent of an image, which captures nginx and delivers to a collector; tiny at 1,000 and 10,000, page at 10,000 requests a second, one after the other in the same process',
    `RssMiB: the most of a sample each ${SAMPLE_MS} ms, median of the agents; smallest and largest: ${spreads.join(', ')}`,
    'the other figures are of the end of a phase: OwnMiB is anonymous, HeapMiB and BuffersMiB are V8’s part of it',
    'peakRssMiB: ever, the start included, the largest of the agents',
  ];
}

export const memoryBench: Bench = {
  name: 'memory',
  summary: 'what an agent holds of memory, by part: idle, at 1,000 and at 10,000 requests a second',
  defaults: { pairs: 3, seconds: 10 },
  goals: {
    idleRssMiB: { atMost: 110, meaning: '' },
    at1kRssMiB: { atMost: 110, meaning: '' },
    at10kRssMiB: { atMost: 110, meaning: '' },
    page10kRssMiB: { atMost: 110, meaning: '' },
    peakRssMiB: { atMost: 150, meaning: 'ceiling' },
  },
  run,
};
