import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@tomte/kit';
import { describeCores, pinSelf } from '../measure/cores.ts';
import { orderOf } from '../measure/pairs.ts';
import { median, spread } from '../measure/statistics.ts';
import { type Bench, type BenchOptions, type BenchResult, formatNumber } from '../report.ts';
import { pastHourNs, RequestStream, type SealedSecond } from '../store/request-stream.ts';
import { IngestSite, type ServerCpu } from './ingest-site.ts';
import { SimAgent } from './sim-agent.ts';

const AGENTS = 50;
/** Of one agent in one second. */
const ROWS_PER_BATCH = 1_000;
/** Of one insert of the control: about what the collector joins at most (16 MiB, collector-options.ts). */
const DIRECT_BATCHES = 50;
const MANY_AGENTS = 200;
const MANY_ROWS_PER_BATCH = 100;
const MANY_SECONDS = 120;
const FIRST_MANY_SPOOL = 1_000;
/** A second stream of rows of the same kind, for the control. */
const FIRST_DIRECT_SPOOL = 10_000;
/** A little more than the rollups' own interval (rollup-keeper.ts): after it they have seen the rows. */
const ROLLUP_MS = 5_500;
const QUIET_LOOK_MS = 500;
const QUIET_LOOKS = 3;
/** Of a processor. */
const QUIET_SHARE = 0.08;
const QUIET_MAX_MS = 30_000;

interface Arm {
  readonly rows: number;
  readonly seconds: number;
  readonly cpu: ServerCpu;
}

async function run(options: BenchOptions, log: (line: string) => void): Promise<BenchResult> {
  const cores = pinSelf();
  log('Starting ClickHouse and collector …');
  const site = await IngestSite.open(cores);
  try {
    const arms = await measureArms(site, options, log);
    const many = await manyAgents(site, options, log);
    return resultOf({ ...arms, ...many, collectorRssMiB: site.collectorPeakRssMiB() }, options, [
      describeCores({ ...cores, hasRealtime: false }, 'collector and ClickHouse'),
    ]);
  } finally {
    await site.close();
  }
}

/** The same kind of rows through the collector and, as control, straight into ClickHouse. */
async function measureArms(site: IngestSite, { pairs, seconds }: BenchOptions, log: (line: string) => void) {
  const startNs = pastHourNs(Date.now());
  const kind = { startNs, nodes: AGENTS, rowsPerBatch: ROWS_PER_BATCH };
  const streams = {
    collector: new RequestStream({ ...kind, seed: 5, firstSpool: 1 }),
    direct: new RequestStream({ ...kind, seed: 6, firstSpool: FIRST_DIRECT_SPOOL }),
  };
  const agents = openAgents(site, streams.collector, AGENTS);
  const through: Arm[] = [];
  const direct: Arm[] = [];
  try {
    for (let round = -1; round < pairs; round += 1) {
      for (const arm of orderOf(['collector', 'direct'] as const, Math.max(0, round))) {
        const batches = Array.from({ length: AGENTS * seconds }, () => streams[arm].next());
        const work = arm === 'collector' ? sendAll(agents, batches) : insertDirectly(site, batches, round);
        const measured = await measure(site, batches, () => work());
        if (round >= 0) (arm === 'collector' ? through : direct).push(measured); // Round -1 warms up.
        log(`Round ${round + 1} of ${pairs}, ${arm}: ${describeArm(measured)}`);
      }
    }
  } finally {
    for (const agent of agents) agent.close();
  }
  return { through, direct };
}

function openAgents(site: IngestSite, stream: RequestStream, count: number): SimAgent[] {
  const { port, token } = site;
  return Array.from(
    { length: count },
    (_, node) => new SimAgent({ port, token, spoolId: stream.spoolIdOf(node), node }),
  );
}

function sendAll(agents: readonly SimAgent[], batches: readonly SealedSecond[]): () => Promise<void> {
  return async () => {
    for (const batch of batches) agents[batch.node]?.send(batch);
    await Promise.all(agents.map((agent) => agent.settled()));
  };
}

function insertDirectly(
  site: IngestSite,
  batches: readonly SealedSecond[],
  round: number,
): () => Promise<void> {
  return async () => {
    for (let at = 0; at < batches.length; at += DIRECT_BATCHES) {
      const queryId = `bench-direct-${round}-${at}`;
      const result = await site.store.insertBatches('requests', batches.slice(at, at + DIRECT_BATCHES), {
        queryId,
        token: queryId,
      });
      if (result.kind !== 'committed') throw result.error;
    }
  };
}

/**
 * The collector's CPU until all is committed, ClickHouse's until it rests. Rows are counted by SELECT.
 */
async function measure(
  site: IngestSite,
  batches: readonly SealedSecond[],
  work: () => Promise<void>,
): Promise<Arm> {
  const rowsBefore = await site.number('SELECT count() FROM requests');
  const before = site.cpu();
  const startMs = performance.now();
  await work();
  const seconds = (performance.now() - startMs) / 1_000;
  const committed = site.cpu();
  await untilQuiet(site);
  const rested = site.cpu();
  const rows = (await site.number('SELECT count() FROM requests')) - rowsBefore;
  const sent = batches.reduce((sum, batch) => sum + batch.rows, 0);
  if (rows !== sent) {
    const remedy = 'Run it again; if it stays, rows are lost or doubled.';
    throw new AppError(
      'BENCH_ROWS_MISCOUNTED',
      `${sent} rows were sent and acknowledged, ${rows} are stored`,
      { remedy },
    );
  }
  const cpu = {
    collectorNs: committed.collectorNs - before.collectorNs,
    clickhouseNs: rested.clickhouseNs - before.clickhouseNs,
  };
  return { rows, seconds, cpu };
}

/** Merges and rollups have ended when ClickHouse takes next to nothing: their cost is of the rows before. */
async function untilQuiet(site: IngestSite): Promise<void> {
  await delay(ROLLUP_MS);
  const deadline = performance.now() + QUIET_MAX_MS;
  for (let quiet = 0; quiet < QUIET_LOOKS && performance.now() < deadline;) {
    const before = site.cpu().clickhouseNs;
    await delay(QUIET_LOOK_MS);
    const isQuiet = site.cpu().clickhouseNs - before < QUIET_LOOK_MS * 1e6 * QUIET_SHARE;
    quiet = isQuiet ? quiet + 1 : 0;
  }
}

/** Each agent sends one batch a second, spread over the second; parts are counted meanwhile. */
async function manyAgents(site: IngestSite, { seconds }: BenchOptions, log: (line: string) => void) {
  const stream = new RequestStream({
    startNs: pastHourNs(Date.now()),
    nodes: MANY_AGENTS,
    rowsPerBatch: MANY_ROWS_PER_BATCH,
    seed: 7,
    firstSpool: FIRST_MANY_SPOOL,
  });
  const total = seconds < ingestBench.defaults.seconds ? seconds * 10 : MANY_SECONDS;
  log(`${MANY_AGENTS} agents, each a batch a second, for ${total} s …`);
  const agents = openAgents(site, stream, MANY_AGENTS);
  const partCounts: number[] = [];
  const counting = new AbortController();
  const counted = countParts(site, partCounts, counting.signal);
  try {
    const startMs = performance.now();
    for (let batch = 0; batch < MANY_AGENTS * total; batch += 1) {
      const sealed = stream.next();
      const waitMs = startMs + (batch * 1_000) / MANY_AGENTS - performance.now();
      if (waitMs > 0) await delay(waitMs);
      agents[sealed.node]?.send(sealed);
    }
    await Promise.all(agents.map((agent) => agent.settled()));
  } finally {
    counting.abort();
    await counted;
    for (const agent of agents) agent.close();
  }
  return { activePartsMax: Math.max(...partCounts), manySeconds: total };
}

const PARTS_SQL = `SELECT max(parts) FROM (
  SELECT count() AS parts FROM system.parts WHERE active AND database = currentDatabase() GROUP BY table, partition)`;

async function countParts(site: IngestSite, counts: number[], signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    counts.push(await site.number(PARTS_SQL));
    await delay(1_000, undefined, { signal }).catch(() => undefined);
  }
}

interface Measured {
  readonly through: readonly Arm[];
  readonly direct: readonly Arm[];
  readonly activePartsMax: number;
  readonly manySeconds: number;
  readonly collectorRssMiB: number;
}

const rowsPerCollectorSecond = ({ rows, cpu }: Arm): number => rows / (cpu.collectorNs / 1e9);
const clickhouseSecondsPerMRows = ({ rows, cpu }: Arm): number => cpu.clickhouseNs / 1e9 / (rows / 1e6);

function resultOf(
  measured: Measured,
  { pairs, seconds }: BenchOptions,
  notes: readonly string[],
): BenchResult {
  const { through, direct } = measured;
  const perCore = through.map(rowsPerCollectorSecond);
  const withCollector = median(through.map(clickhouseSecondsPerMRows));
  const without = median(direct.map(clickhouseSecondsPerMRows));
  return {
    figures: {
      rowsPerCoreSecond: median(perCore),
      collectorRssMiB: measured.collectorRssMiB,
      clickhouseCoreSecondsPerMRows: withCollector,
      activePartsMax: measured.activePartsMax,
    },
    pairs,
    notes: [
      ...notes,
      `${AGENTS} agents over gRPC, ${seconds} distinct batches each a round, a batch one second of ${formatNumber(ROWS_PER_BATCH)} rows; rows counted by SELECT`,
      `rowsPerCoreSecond is of the collector's CPU; its rounds lie within ${(spread(perCore) * 100).toFixed(1)} % of their median`,
      `collector and ClickHouse together on one processor: ${formatNumber(median(through.map(({ rows, seconds: took }) => rows / took)))} rows a second, committed`,
      `ClickHouse CPU a million rows, merges and rollups included: ${withCollector.toFixed(2)} s; control, the same kind of rows inserted directly: ${without.toFixed(2)} s (${(withCollector / without).toFixed(2)} times)`,
      `activePartsMax: ${MANY_AGENTS} agents × 1 batch/s of ${MANY_ROWS_PER_BATCH} rows for ${measured.manySeconds} s, looked at every second`,
    ],
  };
}

function describeArm(arm: Arm): string {
  return `${arm.rows} rows in ${arm.seconds.toFixed(1)} s, collector ${(arm.cpu.collectorNs / 1e9).toFixed(2)} s, ClickHouse ${clickhouseSecondsPerMRows(arm).toFixed(2)} s/M rows`;
}

export const ingestBench: Bench = {
  name: 'ingest',
  summary: 'what a stored row costs collector and ClickHouse, and parts under many small batches',
  defaults: { pairs: 6, seconds: 5 },
  goals: {
    rowsPerCoreSecond: { atLeast: 200_000, meaning: 'durable' },
    collectorRssMiB: { atMost: 384, meaning: '' },
    activePartsMax: { atMost: 299, meaning: '' },
  },
  run,
};
