import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { attempt, run } from './command.ts';
import type { ClusterNode } from './network.ts';
import { places } from './places.ts';
import { endOrphans, endProcess, isStillRunning, readMark, writeMark } from './processes.ts';
import { say } from './progress.ts';

const LOCK_POLL_MS = 200;
/** An interrupted `up` ends its children before itself. */
const END_MS = 15_000;

/** What `up` writes down once the cluster is whole. */
export interface ClusterState {
  readonly dockerHost: string;
  readonly isDockerOurs: boolean;
  readonly nodeImage: string;
  readonly isNodeImageOurs: boolean;
  readonly kubeconfig: string;
  /** Programs for the host. */
  readonly kubectl: string;
  readonly helm: string;
  readonly kind: string;
  readonly nodes: readonly ClusterNode[];
  /** Test workloads, in the containerd of each node. */
  readonly workloadsImage: string;
}

export function readState(): ClusterState | undefined {
  if (!existsSync(places.cluster)) return undefined;
  return JSON.parse(readFileSync(places.cluster, 'utf8')) as ClusterState; // Proof: `writeState` wrote it.
}

export function writeState(state: ClusterState): void {
  writeFileSync(places.cluster, `${JSON.stringify(state, undefined, 2)}\n`);
}

export type RunKubectl = (args: readonly string[], input?: string) => Promise<string>;

export function kubectlOf(state: Pick<ClusterState, 'kubectl' | 'kubeconfig'>): RunKubectl {
  return (args, input) =>
    run(state.kubectl, ['--kubeconfig', state.kubeconfig, ...args], input === undefined ? {} : { input });
}

interface NodeList {
  readonly items: readonly {
    readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
    readonly spec: { readonly podCIDR?: string };
    readonly status: {
      readonly addresses: readonly { readonly type: string; readonly address: string }[];
      readonly conditions: readonly { readonly type: string; readonly status: string }[];
    };
  }[];
}

/** The nodes as the API server has them; control plane first. */
export async function readNodes(
  kubectl: RunKubectl,
): Promise<readonly (ClusterNode & { readonly isReady: boolean })[]> {
  const { items } = JSON.parse(await kubectl(['get', 'nodes', '-o', 'json'])) as NodeList; // Proof: kubectl's own JSON.
  const nodes = items.map(({ metadata, spec, status }) => ({
    name: metadata.name,
    address: status.addresses.find(({ type }) => type === 'InternalIP')?.address ?? '',
    podSubnet: spec.podCIDR ?? '',
    isControlPlane: metadata.labels['node-role.kubernetes.io/control-plane'] !== undefined,
    isReady: status.conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
  }));
  return nodes.sort((a, b) => Number(b.isControlPlane) - Number(a.isControlPlane));
}

/** Whether the API server of a cluster answers that is written down. */
export async function isUp(state: ClusterState): Promise<boolean> {
  const args = ['--kubeconfig', state.kubeconfig, 'get', '--raw', '/readyz'];
  return (await attempt(state.kubectl, args, { timeoutMs: 15_000 })).exitCode === 0;
}

/** One program at a time changes the cluster: another one waits, and takes over from a dead one. */
export function withLock<T>(work: () => Promise<T>): Promise<T> {
  return withLockFile(places.lock, async () => {
    await endOrphans();
    return await work();
  });
}

/** One program at a time tells stories: they install and kill what another one's would be about. */
export function withStage<T>(work: () => Promise<T>): Promise<T> {
  return withLockFile(places.stage, work);
}

async function withLockFile<T>(path: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(places.state, { recursive: true });
  let hasSaidSo = false;
  while (!tryLock(path)) {
    if (!hasSaidSo) say('Another `pnpm e2e` is at work; waiting for it.');
    hasSaidSo = true;
    await delay(LOCK_POLL_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

function tryLock(path: string): boolean {
  try {
    mkdirSync(places.state, { recursive: true });
    writeMark(path, process.pid, 'wx');
    return true;
  } catch {
    const holder = readMark(path);
    if (holder !== undefined && isStillRunning(holder)) return false;
    rmSync(path, { force: true });
    return tryLock(path);
  }
}

/** Ends a program that has the lock: `down` does not wait for an `up`. */
export async function endLockHolder(): Promise<void> {
  const holder = readMark(places.lock);
  if (holder !== undefined && holder.pid !== process.pid) await endProcess(holder, END_MS);
}
