import { randomBytes } from 'node:crypto';
import { systemClock } from '@tomte/kit';
import { EntityFeed, EntityHistory, watchCluster } from '@tomte/k8s';
import type { ApiServer } from '@tomte/k8s';
import { encodeEntities } from '@tomte/wire';
import type { CollectorReport, ToParent } from './messages.ts';

/** The collector's watch, feed and history in a process of their own; messages of one agent go to the parent. */
const server = JSON.parse(process.argv[2] ?? '{}') as ApiServer; // Proof: the bench gives it.
const startMs = performance.now();
const clock = systemClock();
const random = Math.random;
let rows = 0;
let problems = 0;

const history = new EntityHistory({
  clusterName: 'bench',
  nowWallNs: () => clock.wallNs(),
  write: () => (rows += 1),
});
const feed = new EntityFeed({
  clock,
  feedId: randomBytes(8).readBigUInt64LE(),
  encode: encodeEntities,
  asOfWallNs: () => watch.asOfWallNs(),
});
const watch = watchCluster({
  server,
  clock,
  random,
  labels: ['app'],
  annotations: [],
  customOwners: [],
  watchesEvents: true,
  onEntity: (entity) => {
    if (entity.kind !== 'object') feed.put(entity);
    history.put(entity);
  },
  onEvent: () => undefined,
  onClusterRanges: (cidrs) => feed.setClusterRanges(cidrs),
  onSynced: () => {
    tell({ kind: 'synced', seconds: (performance.now() - startMs) / 1_000 });
    const sink = {
      send: (message: Uint8Array) =>
        tell({ kind: 'message', base64: Buffer.from(message).toString('base64') }),
    };
    feed.subscribe({ feedId: 0n, version: 0 }, sink);
  },
  onProblem: () => (problems += 1),
});

function tell(message: ToParent): boolean {
  process.send?.(message);
  return true;
}

process.on('message', () => {
  const { cpu, report } = { cpu: process.cpuUsage(), report: feed.stats };
  const figures: CollectorReport = {
    rssBytes: process.memoryUsage.rss(),
    maxRssBytes: process.resourceUsage().maxRSS * 1_024,
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
    requests: watch.stats.requestCount,
    refused: watch.stats.refusedCount,
    pods: watch.stats.pods,
    rows,
    problems,
    deltaBytes: report.deltaBytes,
    changes: report.changes,
    deltas: report.deltas,
  };
  tell({ kind: 'report', figures });
});
