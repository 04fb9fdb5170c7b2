import { AppError, ManualClock } from '@tomte/kit';
import { AddressBook, EntityFeed, parseAddress, toMapped } from '@tomte/k8s';
import type { EntityUpdate, PodEntity } from '@tomte/k8s';
import { Random } from '@tomte/testkit';
import { CollectorMessage } from '@tomte/wire';
import { describeCores, pin, pinSelf } from '../measure/cores.ts';
import { usedBytes } from '../measure/heap.ts';
import { median } from '../measure/statistics.ts';
import { type Bench, type BenchOptions, type BenchResult, formatNumber } from '../report.ts';
import { PODS, SimulatedCluster } from './cluster.ts';

const SEED = 20_260_115;
const CHANGES_PER_SECOND = 50;
const FEED_SECONDS = 120;
const LOOKUPS_PER_ROUND = 100_000;
/** As many peers as one node's pods have. */
const NEAR_PEERS = 1_000;
const START_NS = 1_768_435_200_000_000_000n;
const START_SECONDS = START_NS / 1_000_000_000n;

/** A feed under a clock of its own, with a cluster in it, and an agent's book that hears it through the wire's codec. */
class Site {
  readonly clock = new ManualClock(START_NS);
  readonly cluster = new SimulatedCluster(SEED, (START_SECONDS - 3_600n) * 1_000_000_000n);
  readonly feed = new EntityFeed({
    clock: this.clock,
    feedId: 1n,
    encode: (entities) => CollectorMessage.encode({ kind: { $case: 'entities', entities } }).finish(),
    asOfWallNs: () => this.clock.wallNs(),
  });
  readonly pods: PodEntity[];

  constructor() {
    for (const node of this.cluster.nodes()) this.feed.put(node);
    for (const service of this.cluster.services()) this.feed.put(service);
    this.pods = this.cluster.pods();
    for (const pod of this.pods) this.feed.put(pod);
    this.feed.setClusterRanges(['10.96.0.0/16']);
    for (let second = 0; second < 5; second += 1) this.clock.advanceMs(1_000); // Until all has been a change once.
  }

  snapshot(): Uint8Array[] {
    const messages: Uint8Array[] = [];
    const sink = { send: (message: Uint8Array) => messages.push(message) > 0 };
    this.feed.subscribe({ feedId: 0n, version: 0 }, sink).close();
    return messages;
  }

  /** A rolling update without end: a pod is told, gets its address, its service, and another ends. */
  change(step: number): void {
    const now = this.clock.wallNs();
    const at = Math.floor(step / 4);
    const next = this.pods[at % PODS];
    if (next === undefined) return;
    switch (step % 4) {
      case 0:
        this.pods[at % PODS] = this.cluster.pod(now);
        this.feed.put({ ...next, endedWallNs: now });
        break;
      case 1:
        this.feed.put({ ...next, ips: [], services: [] });
        break;
      case 2:
        this.feed.put({ ...next, services: [] });
        break;
      default:
        this.feed.put(next);
    }
  }
}

async function run({ pairs, seconds }: BenchOptions, log: (line: string) => void): Promise<BenchResult> {
  const cores = pinSelf();
  pin(process.pid, cores.measured);
  const site = new Site();
  const messages = site.snapshot();
  const asked = questions(site.pods);
  for (let round = 0; round < 3; round += 1) listen(messages); // Until everything is compiled.
  const memoryBefore = await usedBytes();
  const book = listen(messages);
  const quiet = ((await usedBytes()) - memoryBefore) / PODS;
  const speeds = { all: [] as number[], near: [] as number[], uid: [] as number[], map: [] as number[] };
  for (let pair = 0; pair < pairs; pair += 1) {
    speeds.all.push(
      lookups(seconds, (index) => book.resolve(asked.all[index] ?? none, START_NS).kind === 'pod'),
    );
    speeds.near.push(
      lookups(seconds, (index) => book.resolve(asked.near[index] ?? none, START_NS).kind === 'pod'),
    );
    speeds.uid.push(lookups(seconds, (index) => book.podByUid(asked.uids[index] ?? '') !== undefined));
    speeds.map.push(lookups(seconds, (index) => asked.map.has(text(asked.all[index] ?? none))));
    log(`pair ${pair + 1}: ${formatNumber(speeds.all.at(-1) ?? 0)} lookups/s`);
  }
  const bytesPerPod = ((await usedBytes()) - memoryBefore) / PODS;
  const delta = deltaBytes(site, book);
  const snapshotBytes = messages.reduce((sum, message) => sum + message.length, 0);
  const show = (values: readonly number[]): string => formatNumber(Math.round(median(values)));
  return {
    figures: { lookupsPerSecond: median(speeds.all), bytesPerPod, deltaBytesPerChange: delta.perChange },
    pairs,
    notes: [
      describeCores({ ...cores, hasRealtime: false }, 'the address book'),
      `${formatNumber(PODS)} pods, 1,000 nodes, 3,000 services; every pod's address as often as any other, a second of CPU of the thread`,
      `addresses of ${formatNumber(NEAR_PEERS)} pods only: ${show(speeds.near)}/s; by uid: ${show(speeds.uid)}/s; control, a Map by the address's text: ${show(speeds.map)}/s`,
      `bytesPerPod: heap and typed arrays after all look-ups, nodes and services in it; ${formatNumber(quiet)} before the first`,
      `a snapshot is ${messages.length} messages, ${formatNumber(snapshotBytes)} bytes: ${formatNumber(snapshotBytes / PODS)} a pod`,
      `${CHANGES_PER_SECOND} changes a second for ${FEED_SECONDS} s become ${formatNumber(delta.changes / FEED_SECONDS)} pods a second that are told anew, ${formatNumber(delta.perSecond)} bytes a second to each agent`,
    ],
  };
}

const none = new Uint8Array(16);

function listen(messages: readonly Uint8Array[]): AddressBook {
  const book = new AddressBook();
  for (const message of messages) apply(book, message);
  return book;
}

function apply(book: AddressBook, message: Uint8Array): void {
  const { kind } = CollectorMessage.decode(message);
  const update: EntityUpdate | undefined = kind?.$case === 'entities' ? kind.entities : undefined;
  if (update !== undefined && book.apply(update)) return;
  throw new AppError('BENCH_FEED_BROKEN', 'a message of the feed does not follow on the one before', {
    family: 'unexpected',
    remedy: 'This is a defect of the feed, or of the benchmark: please report it.',
  });
}

function questions(pods: readonly PodEntity[]) {
  const random = new Random(SEED);
  const addresses = pods.map(({ ips }) => mapped(ips[0] ?? ''));
  const draw = (below: number): number[] =>
    Array.from({ length: LOOKUPS_PER_ROUND }, () => random.below(below));
  return {
    all: draw(PODS).map((index) => addresses[index] ?? none),
    near: draw(NEAR_PEERS).map((index) => addresses[index] ?? none),
    uids: draw(PODS).map((index) => pods[index]?.uid ?? ''),
    map: new Map(addresses.map((address, index) => [text(address), pods[index]])),
  };
}

function mapped(address: string): Uint8Array {
  const bytes = new Uint8Array(16);
  toMapped(parseAddress(address) ?? none, bytes);
  return bytes;
}

function text(address: Uint8Array): string {
  return String.fromCharCode(...address);
}

/** A second of CPU of this thread. Throws when one is not found. */
function lookups(seconds: number, isFound: (index: number) => boolean): number {
  const endMs = performance.now() + seconds * 1_000;
  const start = process.threadCpuUsage();
  let rounds = 0;
  for (; performance.now() < endMs; rounds += 1) {
    let found = 0;
    for (let index = 0; index < LOOKUPS_PER_ROUND; index += 1) if (isFound(index)) found += 1;
    if (found !== LOOKUPS_PER_ROUND)
      throw new AppError('BENCH_LOOKUPS_MISCOUNTED', `${found} of ${LOOKUPS_PER_ROUND} pods were found`, {
        family: 'unexpected',
        remedy: 'This is a defect of the address book, or of the benchmark: please report it.',
      });
  }
  const { user, system } = process.threadCpuUsage(start);
  return (rounds * LOOKUPS_PER_ROUND) / ((user + system) / 1e6);
}

function deltaBytes(
  site: Site,
  book: AddressBook,
): { perChange: number; perSecond: number; changes: number } {
  const before = site.feed.stats;
  const sink = {
    send: (message: Uint8Array) => {
      apply(book, message);
      return true;
    },
  };
  site.feed.subscribe(book.position, sink);
  for (let step = 0; step < FEED_SECONDS * CHANGES_PER_SECOND; step += 1) {
    site.change(step);
    if (step % CHANGES_PER_SECOND === CHANGES_PER_SECOND - 1) site.clock.advanceMs(1_000);
  }
  const bytes = site.feed.stats.deltaBytes - before.deltaBytes;
  const changes = site.feed.stats.changes - before.changes;
  return { perChange: bytes / changes, perSecond: bytes / FEED_SECONDS, changes };
}

export const identityBench: Bench = {
  name: 'identity',
  summary: 'look-ups of addresses, bytes a pod, bytes a change, with 30,000 pods',
  defaults: { pairs: 6, seconds: 1 },
  goals: {
    lookupsPerSecond: { atLeast: 500_000, meaning: 'on one core' },
    bytesPerPod: { atMost: 300, meaning: '' },
    deltaBytesPerChange: { atMost: 150, meaning: '' },
  },
  run,
};
