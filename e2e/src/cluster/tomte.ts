import { join } from 'node:path';
import { AppError } from '@tomte/kit';
import { Api } from '../harness/api.ts';
import type { Cluster } from './cluster.ts';
import { checkout } from './places.ts';
import { loadTomte } from './tomte-image.ts';

const READY_MS = 180_000;
const MAX_RESTARTS = 3;
const TOKEN_HOURS = 4;
const release = 'tomte';

/** Tomte as it is installed on the cluster. */
export interface Tomte {
  readonly namespace: string;
  readonly agents: string;
  readonly collectors: string;
  readonly store: string;
  /** Asks as somebody who may see every namespace. */
  readonly api: Api;
  /** From `helm install` until every agent is ready. */
  readonly installToReadySeconds: number;
}

export interface InstallOptions {
  /** A release of this name is made, in a namespace of the same name. */
  readonly namespace?: string;
  /** `--set` of helm. */
  readonly set?: Readonly<Record<string, string>>;
  /** Further arguments, such as `--values`. */
  readonly args?: readonly string[];
}

/** Installs the chart with images of this checkout, anew, and waits until every agent is ready. */
export async function installTomte(cluster: Cluster, options: InstallOptions = {}): Promise<Tomte> {
  const namespace = options.namespace ?? 'tomte';
  const images = await loadTomte(cluster);
  await uninstallTomte(cluster, namespace);
  const set = {
    'image.tag': images.tag,
    clusterName: 'e2e',
    'clickhouse.embedded.persistence.size': '5Gi',
    ...options.set,
  };
  const settings = Object.entries(set).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
  const where = ['--namespace', namespace, '--create-namespace'];
  const startedMs = performance.now();
  await cluster.helm(
    'install',
    release,
    join(checkout, 'charts/tomte'),
    ...where,
    ...settings,
    ...(options.args ?? []),
  );
  const names = {
    agents: 'daemonset/tomte-agent',
    collectors: 'deployment/tomte-collector',
    store: 'statefulset/tomte-store',
  };
  await cluster.until(
    'ready agents and collectors',
    () => readyPods(cluster, namespace),
    ({ isReady }) => isReady,
    READY_MS,
  );
  for (const name of [names.agents, names.collectors]) await cluster.rolledOut(namespace, name);
  const installToReadySeconds = Math.round((performance.now() - startedMs) / 100) / 10;
  return { namespace, ...names, installToReadySeconds, api: await apiOf(cluster, namespace) };
}

interface PodStates {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly status: { readonly containerStatuses?: readonly ContainerState[] };
  }[];
}

interface ContainerState {
  readonly ready: boolean;
  readonly restartCount: number;
}

/** @throws as soon as a container goes on crashing, with the end of what it said */
async function readyPods(cluster: Cluster, namespace: string) {
  const { items } = await cluster.json<PodStates>('get', 'pods', '-n', namespace);
  const pods = items.map(({ metadata, status }) => ({
    name: metadata.name,
    isReady: status.containerStatuses?.every(({ ready }) => ready) === true,
    restarts: Math.max(0, ...(status.containerStatuses ?? []).map(({ restartCount }) => restartCount)),
  }));
  const crashing = pods.find(({ restarts }) => restarts >= MAX_RESTARTS);
  if (crashing !== undefined) {
    const said = await cluster.kubectl('logs', '-n', namespace, crashing.name, '--previous', '--tail=5');
    throw new AppError('CLUSTER_POD_CRASHES', `The pod ${crashing.name} goes on crashing: ${said}`, {
      remedy: 'Mend what it says.',
    });
  }
  const waiting = pods.filter(({ isReady }) => !isReady).map(({ name }) => name);
  return { isReady: pods.length > 0 && waiting.length === 0, waiting };
}

/** Removes the release and its namespace, volume claims with it; nothing happens where there are none. */
async function uninstallTomte(cluster: Cluster, namespace = 'tomte'): Promise<void> {
  await cluster.helm('uninstall', release, '--namespace', namespace, '--ignore-not-found', '--wait');
  await cluster.deleteNamespace(namespace);
  await cluster.renewVolumes();
}

/** The API as a service account asks it that may see every namespace. */
async function apiOf(cluster: Cluster, namespace: string): Promise<Api> {
  const url = (await cluster.urlOf(namespace, 'tomte-collector')).replace(/:\d+$/, ':4680');
  return new Api(url, await cluster.tokenOfAdmin(TOKEN_HOURS));
}
