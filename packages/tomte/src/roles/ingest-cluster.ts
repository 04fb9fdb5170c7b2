import type { CollectorOptions } from '@tomte/collector';
import { systemClock } from '@tomte/kit';
import { ClusterFeed } from './cluster-feed.ts';
import { inClusterServer } from './in-cluster.ts';
import { createRoleTeller } from './role-teller.ts';

export interface IngestClusterOptions {
  readonly kubernetes?: boolean;
  readonly json?: boolean;
}

export interface IngestCluster {
  /** What the collector needs of the cluster. */
  readonly options: Pick<CollectorOptions, 'entities'>;
  close(): Promise<void>;
}

/** The watch of the cluster that a collector's agents are told of. */
export async function openIngestCluster(options: IngestClusterOptions): Promise<IngestCluster> {
  const tell = createRoleTeller(options.json === true);
  const feed = new ClusterFeed({
    server: await inClusterServer(process.env),
    clock: systemClock(),
    onProblem: (problem) => tell({ kind: 'problem', code: problem.code }, problem.toLine()),
    onEntity: () => undefined,
    onEvent: () => undefined,
  });
  return { options: { entities: feed }, close: () => feed.close() };
}
