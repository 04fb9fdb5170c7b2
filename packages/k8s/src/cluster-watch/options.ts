import type { Clock } from '@tomte/kit';
import type { ApiServer } from '../api/api-client.ts';
import type { K8sError } from '../api/errors.ts';
import type { Entity, ObjectEntity } from '../entities.ts';
import type { KubernetesEvent } from './kubernetes-event.ts';

/** A custom kind that may stand above workloads, as the API server names it. */
export interface CustomOwner {
  readonly group: string;
  readonly version: string;
  /** Plural, as in the path: `rollouts`. */
  readonly resource: string;
}

export interface ClusterWatchOptions {
  readonly server: ApiServer;
  readonly clock: Clock;
  /** Chance, from 0 to below 1. */
  readonly random: () => number;
  /** Allow-lists; a name that ends in `*` allows all that begin so. */
  readonly labels: readonly string[];
  readonly annotations: readonly string[];
  readonly customOwners: readonly CustomOwner[];
  readonly watchesEvents: boolean;
  /** Told once all lists have come, and then with every change; also where nothing that matters has changed. */
  readonly onEntity: (entity: Entity | ObjectEntity) => void;
  /** Events from the start on, each state once; those of the last hour come again with every start. */
  readonly onEvent: (event: KubernetesEvent) => void;
  /** Ranges of services' addresses in CIDR notation, where the API server tells them (Kubernetes 1.33). */
  readonly onClusterRanges: (cidrs: readonly string[]) => void;
  readonly onSynced: () => void;
  /** Each failed try, of what is refused the first; it is tried again. */
  readonly onProblem: (problem: K8sError) => void;
}

export interface ClusterWatchStats {
  readonly pods: number;
  readonly services: number;
  readonly nodes: number;
  readonly endpointSlices: number;
  readonly controllers: number;
  /** Objects over their bounds, which are not known. */
  readonly refusedCount: number;
  readonly requestCount: number;
}

export interface ClusterWatch {
  readonly isSynced: boolean;
  readonly stats: ClusterWatchStats;
  /** Nanoseconds since the Unix epoch up to which all was told: now, while every watch runs. */
  asOfWallNs(): bigint;
  close(): void;
}
