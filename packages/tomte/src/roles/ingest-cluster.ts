import type { CollectorOptions } from '@tomte/collector';
import { systemClock } from '@tomte/kit';
import type { Store } from '@tomte/store';
import { ClusterFeed } from './cluster-feed.ts';
import { ClusterHistory } from './cluster-history.ts';
import { inClusterServer } from './in-cluster.ts';
import { createRoleTeller } from './role-teller.ts';

export interface IngestClusterOptions {
  readonly kubernetes?: boolean;
  readonly cluster?: string;
  readonly json?: boolean;
}

export interface IngestCluster {
  /** What the collector needs of the cluster. */
  readonly options: Pick<CollectorOptions, 'entities'>;
  close(): Promise<void>;
}

/** The watch of the cluster: what agents are told of it, and its history. */
export async function openIngestCluster(store: Store, options: IngestClusterOptions): Promise<IngestCluster> {
  const tell = createRoleTeller(options.json === true);
  const clock = systemClock();
  const server = await inClusterServer(process.env);
  const history = new ClusterHistory({
    store,
    clock,
    clusterName: options.cluster ?? '',
    onError: (error) => void process.stderr.write(`${error.toLine()}\n`),
  });
  await history.resume();
  const feed = new ClusterFeed({
    server,
    clock,
    onProblem: (problem) => tell({ kind: 'problem', code: problem.code }, problem.toLine()),
    onEntity: (entity) => history.entity(entity),
    onEvent: (event) => history.event(event),
    onListed: () => history.listed(),
  });
  return {
    options: { entities: feed },
    async close() {
      await feed.close();
      await history.close();
    },
  };
}
