import { setTimeout as wait } from 'node:timers/promises';
import { AddressBook, watchNodePods } from '@tomte/k8s';
import type { ApiServer, K8sError, NodePods } from '@tomte/k8s';
import type { Clock } from '@tomte/kit';
import type { EntityReceiver } from '../delivery/delivery-options.ts';
import { CAPTURE_ANNOTATION, CaptureScope, OWN_POD_LABEL } from '../identity/capture-scope.ts';
import type { ScopeRules } from '../identity/capture-scope.ts';
import { ClusterIdentity } from '../identity/cluster-identity.ts';
import type { ClusterView } from '../identity/cluster-view.ts';
import { ContainerFactsReader } from '../identity/container-facts.ts';
import { listProcesses } from '../sources/live/process-scan.ts';

/** The cluster that an agent runs in. */
export interface KubernetesConfig extends ScopeRules {
  readonly nodeName: string;
  readonly server: ApiServer;
  /** Told when the API server does not answer, each time anew. */
  readonly onProblem?: (problem: K8sError) => void;
}

export interface OpenedCluster {
  readonly view: ClusterView;
  readonly scope: CaptureScope;
  readonly entities: EntityReceiver;
  status(): ClusterStatus;
  /** Processes that run now and must not be captured. */
  leftOutPids(): readonly number[];
  close(): void;
}

/** What an agent knows of its cluster, and what that costs the API server. */
export interface ClusterStatus {
  readonly nodeName: string;
  readonly isNodeSynced: boolean;
  readonly nodePods: number;
  /** Requests to the API server since the start, each watch being one. */
  readonly apiServerRequests: number;
  /** Whether the collector has told of the whole cluster. */
  readonly isClusterSynced: boolean;
  readonly entities: number;
  readonly addresses: number;
}

/** Before the first probe our own pods must be known; an API server that is away does not keep an agent from its work. */
const SYNC_PATIENCE_MS = 30_000;

/** Watches the pods of this node; resolves when they were listed once, or after a while without them, or on the signal. */
export async function openCluster(
  config: KubernetesConfig,
  clock: Clock,
  signal: AbortSignal,
): Promise<OpenedCluster> {
  const { pods, synced } = watch(config, clock);
  const facts = new ContainerFactsReader();
  const containerOf = facts.read.bind(facts);
  const book = new AddressBook();
  const scope = new CaptureScope(config, pods, containerOf);
  await untilSynced(synced, signal);
  return {
    view: new ClusterIdentity({ nodeName: config.nodeName, pods, book, containerOf }),
    scope,
    entities: book,
    status: () => ({
      nodeName: config.nodeName,
      isNodeSynced: pods.isSynced,
      nodePods: [...pods.pods()].length,
      apiServerRequests: pods.requestCount,
      isClusterSynced: book.isSynced,
      entities: book.stats.entities,
      addresses: book.stats.addresses,
    }),
    leftOutPids: () => listProcesses().filter((pid) => scope.decide(pid) === 'left_out'),
    close: () => pods.close(),
  };
}

function watch(config: KubernetesConfig, clock: Clock): { pods: NodePods; synced: Promise<void> } {
  let isSynced = (): void => undefined;
  const synced = new Promise<void>((resolve) => (isSynced = resolve));
  const pods = watchNodePods({
    server: config.server,
    nodeName: config.nodeName,
    clock,
    random: Math.random,
    keep: { labels: [OWN_POD_LABEL, 'pod-template-hash'], annotations: [CAPTURE_ANNOTATION] },
    onChange: () => undefined, // Whoever asks takes what is known then.
    onSynced: isSynced,
    onProblem: config.onProblem ?? (() => undefined),
  });
  return { pods, synced };
}

/** By a timer that holds the process: while the API server refuses connections nothing else does. */
async function untilSynced(synced: Promise<void>, signal: AbortSignal): Promise<void> {
  const ready = new AbortController();
  const patience = wait(SYNC_PATIENCE_MS, undefined, { signal: AbortSignal.any([ready.signal, signal]) });
  await Promise.race([synced, patience.catch(() => undefined)]);
  ready.abort();
}
