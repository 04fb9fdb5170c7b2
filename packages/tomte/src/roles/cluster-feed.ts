import { randomBytes } from 'node:crypto';
import type { EntitySource, EntitySubscription } from '@tomte/collector';
import { EntityFeed, watchCluster } from '@tomte/k8s';
import type { ApiServer, ClusterWatch, Entity, K8sError, KubernetesEvent, ObjectEntity } from '@tomte/k8s';
import type { Clock } from '@tomte/kit';
import { encodeEntities } from '@tomte/wire';
import type { ClusterRules } from '../cluster-rules.ts';

export interface ClusterFeedOptions {
  readonly server: ApiServer;
  readonly clock: Clock;
  readonly rules: ClusterRules;
  readonly onProblem: (problem: K8sError) => void;
  /** Where what is told also goes: the history. */
  readonly onEntity: (entity: Entity | ObjectEntity) => void;
  readonly onEvent: (event: KubernetesEvent) => void;
  /** All that lives was told once. */
  readonly onListed: () => void;
}

/** The one watch of the whole cluster, told to agents: what a collector's sessions subscribe to. */
export class ClusterFeed implements EntitySource {
  readonly #feed: EntityFeed;
  readonly #watch: ClusterWatch;
  /** Agents that came before the cluster was listed: until then there is nothing to tell. */
  readonly #early = new Set<() => void>();

  constructor(options: ClusterFeedOptions) {
    const { server, clock, rules, onProblem, onEvent } = options;
    this.#feed = new EntityFeed({
      clock,
      feedId: randomBytes(8).readBigUInt64LE() || 1n,
      encode: encodeEntities,
      asOfWallNs: () => this.#watch.asOfWallNs(),
    });
    this.#watch = watchCluster({
      server,
      clock,
      random: Math.random,
      ...rules,
      watchesEvents: true,
      onEntity: (entity) => {
        if (entity.kind !== 'object') this.#feed.put(entity);
        options.onEntity(entity);
      },
      onEvent,
      onClusterRanges: (cidrs) => this.#feed.setClusterRanges(cidrs),
      onSynced: () => {
        this.#begin();
        options.onListed();
      },
      onProblem,
    });
  }

  subscribe(
    position: { readonly feedId: bigint; readonly version: number },
    sink: { send(message: Uint8Array): boolean },
  ): EntitySubscription {
    if (this.#watch.isSynced) return this.#feed.subscribe(position, sink);
    let subscription: EntitySubscription | undefined;
    const begin = (): void => void (subscription = this.#feed.subscribe(position, sink));
    this.#early.add(begin);
    return {
      resume: () => subscription?.resume(),
      close: () => {
        this.#early.delete(begin);
        subscription?.close();
      },
    };
  }

  close(): Promise<void> {
    this.#watch.close();
    this.#feed.close();
    return Promise.resolve();
  }

  #begin(): void {
    for (const begin of this.#early) begin();
    this.#early.clear();
  }
}
