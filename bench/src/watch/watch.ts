import { AppError } from '@tomte/kit';
import { AddressBook, parseAddress, toMapped } from '@tomte/k8s';
import { startKubeApiServer } from '@tomte/testkit';
import { CollectorMessage } from '@tomte/wire';
import { NODES, PODS } from '../identity/cluster.ts';
import { usedBytes } from '../measure/heap.ts';
import { type Bench, type BenchOptions, type BenchResult, formatNumber } from '../report.ts';
import { ApiWriter } from './api-writer.ts';
import { CollectorProcess } from './collector-process.ts';
import type { CollectorReport } from './messages.ts';
import { WrittenCluster } from './written-cluster.ts';

const SEED = 20_260_115;
const CHANGES_PER_SECOND = 50;
/** A replaced pod: delete, create, status, two slices. */
const CHANGES_PER_REPLACEMENT = 5;
/** What is changed last is told within this. */
const SETTLE_MS = 5_000;
const MEBI = 2 ** 20;

async function run({ seconds }: BenchOptions, log: (line: string) => void): Promise<BenchResult> {
  const server = await startKubeApiServer();
  if (typeof server === 'string')
    throw new AppError('BENCH_NO_API_SERVER', `there is no API server: ${server}`, {
      family: 'user',
      remedy: 'Build the parts of the test cluster: pnpm e2e up.',
    });
  const api = await server.serverFor(server.adminToken);
  const writer = new ApiWriter(api);
  try {
    const cluster = new WrittenCluster(writer, SEED);
    const startMs = performance.now();
    await cluster.make(log);
    log(
      `${formatNumber(writer.requests)} requests in ${Math.round((performance.now() - startMs) / 1_000)} s`,
    );
    return await measure({ api, cluster, seconds, log });
  } finally {
    writer.close();
    await server.close();
  }
}

interface Site {
  readonly api: ConstructorParameters<typeof ApiWriter>[0];
  readonly cluster: WrittenCluster;
  readonly seconds: number;
  readonly log: (line: string) => void;
}

async function measure({ api, cluster, seconds, log }: Site): Promise<BenchResult> {
  const usedBefore = await usedBytes();
  const book = new AddressBook();
  const collector = new CollectorProcess(api, (message) => apply(book, message));
  try {
    const syncSeconds = await collector.synced;
    await pause(SETTLE_MS);
    const synced = await collector.report();
    log(`synced in ${syncSeconds.toFixed(1)} s, ${Math.round(synced.rssBytes / MEBI)} MiB resident`);
    const agentBytes = (await usedBytes()) - usedBefore;
    const lateMs = await change(cluster, seconds);
    await pause(SETTLE_MS);
    const after = await collector.report();
    const wrong = cluster.pods.filter(
      (pod) => nameAt(book, pod.ip) !== `${pod.namespace}/${pod.name}`,
    ).length;
    return toResult({ synced, after, seconds, syncSeconds, agentBytes, wrong, lateMs });
  } finally {
    await collector.end();
  }
}

/** Open loop: a replacement is due whether or not the ones before are done. Returns how late the last was. */
async function change(cluster: WrittenCluster, seconds: number): Promise<number> {
  const everyMs = (1_000 * CHANGES_PER_REPLACEMENT) / CHANGES_PER_SECOND;
  const startMs = performance.now();
  const running: Promise<void>[] = [];
  for (let due = everyMs; due <= seconds * 1_000; due += everyMs) {
    await pause(Math.max(0, startMs + due - performance.now()));
    running.push(cluster.replaceOldest());
  }
  await Promise.all(running);
  return performance.now() - startMs - seconds * 1_000;
}

interface Measured {
  readonly synced: CollectorReport;
  readonly after: CollectorReport;
  readonly seconds: number;
  readonly syncSeconds: number;
  readonly agentBytes: number;
  readonly wrong: number;
  readonly lateMs: number;
}

function toResult({ synced, after, seconds, syncSeconds, agentBytes, wrong, lateMs }: Measured): BenchResult {
  const deltaBytes = after.deltaBytes - synced.deltaBytes;
  const changes = after.changes - synced.changes;
  const cpu = after.cpuSeconds - synced.cpuSeconds;
  return {
    figures: {
      watchRssMiB: after.maxRssBytes / MEBI,
      syncSeconds,
      deltaBytesPerSecond: deltaBytes / seconds,
      deltaBytesPerChange: deltaBytes / changes,
      agentBytesPerPod: agentBytes / PODS,
      misattributed: wrong,
    },
    pairs: 1,
    notes: [
      `${formatNumber(NODES)} nodes, ${formatNumber(PODS)} pods, 3,000 Deployments, ReplicaSets, services and slices, written into a kube-apiserver over etcd by the requests that make them`,
      `watchRssMiB: the most that watch, feed and history had resident, the runtime's own 50 included; ${Math.round(after.rssBytes / MEBI)} at the end`,
      `${CHANGES_PER_SECOND} changes of objects a second for ${seconds} s (the last was ${Math.round(lateMs)} ms late) were ${formatNumber(changes)} pods told anew in ${after.deltas - synced.deltas} messages; ${(cpu / (seconds + SETTLE_MS / 1_000)).toFixed(3)} cores`,
      `${synced.requests} requests until all was listed, ${after.requests - synced.requests} since; ${formatNumber(after.rows)} rows of history, ${after.problems} problems, ${after.refused} refused`,
      `misattributed: living pods whose address the agent's book gives to another, or to nobody`,
    ],
  };
}

function apply(book: AddressBook, message: Uint8Array): void {
  const { kind } = CollectorMessage.decode(message);
  if (kind?.$case === 'entities' && book.apply(kind.entities)) return;
  throw new AppError('BENCH_FEED_BROKEN', 'a message of the feed does not follow on the one before', {
    family: 'unexpected',
    remedy: 'This is a defect of the feed, or of the benchmark: please report it.',
  });
}

function nameAt(book: AddressBook, ip: string): string {
  const address = new Uint8Array(16);
  toMapped(parseAddress(ip) ?? address, address);
  const peer = book.resolve(address, BigInt(Date.now()) * 1_000_000n);
  return `${peer.namespace}/${peer.name}`;
}

function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}

export const watchBench: Bench = {
  name: 'watch',
  summary: 'a collector that watches 30,000 pods of a real API server, and what it tells an agent',
  defaults: { pairs: 1, seconds: 60 },
  goals: {
    agentBytesPerPod: { atMost: 300, meaning: '' },
    deltaBytesPerChange: { atMost: 150, meaning: '' },
    misattributed: { atMost: 0, meaning: '' },
  },
  run,
};
