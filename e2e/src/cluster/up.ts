import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@tomte/kit';
import { until } from '../harness/until.ts';
import { attempt, run } from './command.ts';
import { controlPlaneImages, makeControlPlaneImages } from './images/control-plane.ts';
import { hasImage } from './images/import.ts';
import { loadIntoNodes } from './images/load.ts';
import { makeNodeImage, nodeImageRecipe, removeLeftWork } from './images/node-image.ts';
import { workloadsLoad, workloadsName } from './images/workloads.ts';
import { createCluster, deleteCluster, isClusterKnown, type Kind, type NodeChoice } from './kind.ts';
import { forgetEarlierBoot } from './machine/before.ts';
import { type Docker, ensureDocker, findDocker } from './machine/docker.ts';
import { type ClusterNode, connectPods, routeFromHost } from './network.ts';
import { ensurePart, keyOf, type Part } from './part.ts';
import { kubernetes } from './parts/kubernetes.ts';
import { coredns, etcd, goService, helm, kind, pause, runcWrapper } from './parts/programs.ts';
import { baseRoot, nodeRoot, workloadRoot } from './parts/roots.ts';
import { checkout, clusterName, isRoot, places } from './places.ts';
import { say, withProgress } from './progress.ts';
import { type ClusterState, isUp, kubectlOf, readNodes, readState, withLock, writeState } from './state.ts';
import { versions } from './versions.ts';
import { offerVolumes } from './volumes.ts';

const READY_MS = 120_000;
const PULL_TIMEOUT_MS = 5 * 60_000;
const SETUP_TIMEOUT_MS = 15 * 60_000;

/** What of it is built here; the rest comes from the node image. */
const nodeParts = [kubernetes, etcd, coredns, pause, runcWrapper] as const;

/** Brings the cluster up, or finds that it is. Each part is kept, so that it goes on where it was interrupted. */
export async function up(): Promise<ClusterState> {
  return withLock(async () => {
    await forgetEarlierBoot();
    const running = await findRunning();
    return running ?? (await build());
  });
}

async function findRunning(): Promise<ClusterState | undefined> {
  const state = readState();
  if (state === undefined || !(await isUp(state))) return undefined;
  say(`The cluster ${clusterName} is up.`);
  return finish(state);
}

async function build(): Promise<ClusterState> {
  mkdirSync(places.parts, { recursive: true });
  await removeLeftWork();
  await checkMachine();
  const hasDocker = (await findDocker()) !== undefined;
  await installPackages(hasDocker);
  const docker = await ensureDocker();
  const node = await chooseNodeImage(docker);
  const [programs] = await Promise.all([buildPrograms(node), buildRoots(node)]);
  if (node.isOurs) await ensureNodeImage(docker, node.image);
  const kindOnHost: Kind = { program: join(programs.kind, 'kind'), dockerHost: docker.host };
  await withProgress('Creating the cluster', async () => {
    if (await isClusterKnown(kindOnHost)) await deleteCluster(kindOnHost);
    await createCluster(kindOnHost, node);
  });
  const kubectl = await kubectlForHost(docker, node);
  const state: ClusterState = {
    dockerHost: docker.host,
    isDockerOurs: docker.isOurs,
    nodeImage: node.image,
    isNodeImageOurs: node.isOurs,
    kubeconfig: places.kubeconfig,
    kubectl,
    helm: join(programs.helm, 'helm'),
    kind: kindOnHost.program,
    nodes: [],
    workloadsImage: workloadsName,
  };
  writeState(state);
  return finish(state);
}

async function checkMachine(): Promise<void> {
  if (!isRoot) {
    throw new AppError('CLUSTER_NOT_ROOT', 'Only root can build images from Debian packages', {
      family: 'user',
      remedy: 'Run the same as root.',
    });
  }
  if ((await attempt('go', ['version'])).exitCode === 0) return;
  throw new AppError('CLUSTER_GO_MISSING', 'There is no `go` on the PATH', {
    family: 'user',
    remedy: 'Install Go 1.24 or newer.',
  });
}

async function installPackages(hasDocker: boolean): Promise<void> {
  const args = ['scripts/setup-cluster.mjs', ...(hasDocker ? ['--workloads-only'] : [])];
  await withProgress('Debian packages', () =>
    run(process.execPath, args, { cwd: checkout, timeoutMs: SETUP_TIMEOUT_MS }),
  );
}

/** The ordinary one where a registry gives it, else one of ours. */
async function chooseNodeImage(docker: Docker): Promise<NodeChoice> {
  const ours = `${clusterName}/node:${keyOf([...nodeImageRecipe, ...[...nodeParts, nodeRoot].flatMap((part) => part.recipe)])}`;
  if (await hasImage(docker.host, ours)) return { image: ours, isOurs: true };
  const pulled = await withProgress(`Asking a registry for ${versions.nodeImage}`, () =>
    attempt('docker', ['-H', docker.host, 'pull', versions.nodeImage], { timeoutMs: PULL_TIMEOUT_MS }),
  );
  if (pulled.exitCode === 0) return { image: versions.nodeImage, isOurs: false };
  say('No registry answers: the node image is built here.');
  return { image: ours, isOurs: true };
}

interface HostPrograms {
  readonly kind: string;
  readonly helm: string;
}

/** Go takes every core, so that one follows the other. */
async function buildPrograms(node: NodeChoice): Promise<HostPrograms> {
  const programs = { helm: await ensurePart(helm), kind: await ensurePart(kind) };
  await ensureEach([goService, ...(node.isOurs ? nodeParts : [])]);
  return programs;
}

/** debootstrap waits for the network most of the time: beside Go it costs little. */
function buildRoots(node: NodeChoice): Promise<void> {
  return ensureEach([...(node.isOurs ? [nodeRoot] : []), workloadRoot, baseRoot]);
}

async function ensureEach(parts: readonly Part[]): Promise<void> {
  for (const part of parts) await ensurePart(part);
}

async function ensureNodeImage(docker: Docker, image: string): Promise<void> {
  if (await hasImage(docker.host, image)) return;
  const folders = {
    kubernetes: await ensurePart(kubernetes),
    etcd: await ensurePart(etcd),
    coredns: await ensurePart(coredns),
    pause: await ensurePart(pause),
    nodeRoot: await ensurePart(nodeRoot),
    runcWrapper: await ensurePart(runcWrapper),
  };
  await withProgress('Making images of the control plane', () =>
    makeControlPlaneImages(docker.host, folders),
  );
  await withProgress('Making the node image', () =>
    makeNodeImage(docker.host, image, folders, controlPlaneImages),
  );
}

/** From our build, else the one that the node image has. */
async function kubectlForHost(docker: Docker, node: NodeChoice): Promise<string> {
  if (node.isOurs) return join(await ensurePart(kubernetes), 'kubectl');
  const path = join(places.state, 'kubectl');
  await run('docker', ['-H', docker.host, 'cp', `${clusterName}-control-plane:/usr/bin/kubectl`, path]);
  return path;
}

/** Network, volumes, workloads: each is looked at every time, and costs little where nothing is to do. */
async function finish(state: ClusterState): Promise<ClusterState> {
  const kubectl = kubectlOf(state);
  await withProgress('Nodes', () => makeNodesReady(state));
  const nodes = await readNodes(kubectl);
  const volumes = () => offerVolumes({ dockerHost: state.dockerHost, kubectl }, nodes);
  if (state.isNodeImageOurs) await withProgress('Volumes', volumes);
  await withProgress('Test workloads', () => loadWorkloads(state, nodes));
  const whole = { ...state, nodes };
  writeState(whole);
  return whole;
}

async function makeNodesReady(state: ClusterState): Promise<void> {
  const kubectl = kubectlOf(state);
  const known = await until(
    () => readNodes(kubectl),
    (nodes) => nodes.length === 2 && nodes.every((node) => node.podSubnet !== ''),
    READY_MS,
  );
  if (state.isNodeImageOurs) await connectPods(state.dockerHost, known);
  if (isRoot) await routeFromHost(known);
  const ready = await until(
    () => readNodes(kubectl),
    (nodes) => nodes.every((node) => node.isReady),
    READY_MS,
  );
  if (ready.every((node) => node.isReady)) return;
  throw new AppError('CLUSTER_NOT_READY', `A node is not ready after ${READY_MS / 1000} s`, {
    remedy: 'Look with `kubectl describe nodes`; `pnpm e2e down` and `up` make a new cluster.',
  });
}

async function loadWorkloads({ dockerHost }: ClusterState, nodes: readonly ClusterNode[]): Promise<void> {
  await loadIntoNodes(dockerHost, nodes, await workloadsLoad(dockerHost));
}
