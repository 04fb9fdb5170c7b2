import { AppError } from '@tomte/kit';
import { until } from '../harness/until.ts';
import { attempt, type Finished, run, type RunOptions } from './command.ts';
import { loadImages } from './images/load.ts';
import type { ClusterNode } from './network.ts';
import { type ClusterState, kubectlOf, type RunKubectl } from './state.ts';
import { offerVolumes } from './volumes.ts';

/** A manifest as a value; `apply` takes YAML text too. */
export type Manifest = Readonly<Record<string, unknown>>;

export interface PodName {
  readonly namespace: string;
  /** Or `deployment/NAME`, as kubectl takes it. */
  readonly pod: string;
  readonly container?: string;
}

const WAIT_MS = 60_000;
const adminName = 'tomte-e2e-admin';

/** The running cluster, as stories use it. Each command's failure is an error that says what it said. */
export class Cluster {
  readonly state: ClusterState;
  readonly controlPlane: ClusterNode;
  readonly worker: ClusterNode;
  readonly #kubectl: RunKubectl;

  constructor(state: ClusterState) {
    this.state = state;
    this.#kubectl = kubectlOf(state);
    const [controlPlane, worker] = state.nodes;
    if (controlPlane === undefined || worker === undefined) throw new Error('the cluster has not two nodes');
    this.controlPlane = controlPlane;
    this.worker = worker;
  }

  /** @returns stdout */
  kubectl(...args: readonly string[]): Promise<string> {
    return this.#kubectl(args);
  }

  /** Of `kubectl … -o json`. */
  async json<T>(...args: readonly string[]): Promise<T> {
    return JSON.parse(await this.#kubectl([...args, '-o', 'json'])) as T; // The caller knows the kind.
  }

  /** The same with its exit code, where a failure is what the story is about. */
  tryKubectl(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    return attempt(this.state.kubectl, ['--kubeconfig', this.state.kubeconfig, ...args], options);
  }

  /** YAML, or manifests as values. */
  async apply(...manifests: readonly (string | Manifest)[]): Promise<void> {
    const texts = manifests.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
    await this.#kubectl(['apply', '-f', '-'], texts.join('\n---\n'));
  }

  /** @returns stdout */
  helm(...args: readonly string[]): Promise<string> {
    return run(this.state.helm, [...args, '--kubeconfig', this.state.kubeconfig]);
  }

  /** Runs a command in a container of a pod. */
  exec({ namespace, pod, container }: PodName, ...command: readonly string[]): Promise<string> {
    const where = container === undefined ? [] : ['-c', container];
    return this.kubectl('exec', '-n', namespace, pod, ...where, '--', ...command);
  }

  /**
   * Waits until a pod can open a connection to each of these, as `host port`: after a rollout the node's rules for a
   * service follow within a second or so. It sends nothing, so that no request is counted.
   */
  async reaches(pod: PodName, ...targets: readonly string[]): Promise<void> {
    const script = targets.map(
      (target) =>
        `until timeout 1 bash -c '</dev/tcp/${target.replace(' ', '/')}' 2>/dev/null; do sleep 0.2; done`,
    );
    await this.exec(pod, 'timeout', '60', 'bash', '-c', script.join('\n'));
  }

  /** Runs a command on a node, as root, in the node's own namespaces. */
  onNode(node: ClusterNode, ...command: readonly string[]): Promise<string> {
    return run('docker', ['-H', this.state.dockerHost, 'exec', node.name, ...command]);
  }

  /** A token of a service account that may do everything. */
  async tokenOfAdmin(hours: number): Promise<string> {
    const subject = { kind: 'ServiceAccount', name: adminName, namespace: 'kube-system' };
    await this.apply(
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: adminName, namespace: 'kube-system' } },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        metadata: { name: adminName },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
        subjects: [subject],
      },
    );
    return (
      await this.kubectl('create', 'token', adminName, '-n', 'kube-system', `--duration=${hours}h`)
    ).trim();
  }

  /** Makes volumes that no claim has any more free again. */
  async renewVolumes(): Promise<void> {
    if (!this.state.isNodeImageOurs) return;
    await offerVolumes({ dockerHost: this.state.dockerHost, kubectl: this.#kubectl }, this.state.nodes);
  }

  /** Hands images from Docker to every node. */
  loadImages(...images: readonly [string, ...string[]]): Promise<void> {
    return loadImages(this.state.dockerHost, this.state.nodes, images);
  }

  /** Waits for what `kubectl wait` can wait for, such as `deployment/shop --for=condition=Available`. */
  async waitFor(namespace: string, what: string, forWhat: string, timeoutMs = WAIT_MS): Promise<void> {
    await this.kubectl(
      'wait',
      '-n',
      namespace,
      what,
      `--for=${forWhat}`,
      `--timeout=${Math.ceil(timeoutMs / 1000)}s`,
    );
  }

  /** Waits until every pod of a workload such as `daemonset/tomte-agent` is the new one and ready. */
  async rolledOut(namespace: string, workload: string, timeoutMs = WAIT_MS): Promise<void> {
    await this.kubectl(
      'rollout',
      'status',
      '-n',
      namespace,
      workload,
      `--timeout=${Math.ceil(timeoutMs / 1000)}s`,
    );
  }

  /** Asks again until the answer is the wished one. @throws AppError CLUSTER_WAIT_OVER with the last answer */
  async until<T>(
    what: string,
    ask: () => T | Promise<T>,
    isThere: (answer: T) => boolean,
    timeoutMs = WAIT_MS,
  ): Promise<T> {
    const answer = await until(ask, isThere, timeoutMs);
    if (isThere(answer)) return answer;
    const facts = `No ${what} within ${timeoutMs / 1000} s; at last: ${JSON.stringify(answer).slice(0, 2000)}`;
    throw new AppError('CLUSTER_WAIT_OVER', facts, {
      remedy: 'Read what the story expects, and the log of the cluster.',
    });
  }

  /** A namespace of this name, empty and new: one that is there goes first. */
  async freshNamespace(name: string): Promise<string> {
    await this.deleteNamespace(name);
    await this.kubectl('create', 'namespace', name);
    return name;
  }

  async deleteNamespace(name: string): Promise<void> {
    await this.kubectl('delete', 'namespace', name, '--ignore-not-found', '--wait', '--timeout=90s');
  }

  /** Pods that a label selector names, oldest first. */
  async pods(namespace: string, selector: string): Promise<readonly Pod[]> {
    const { items } = await this.json<PodList>('get', 'pods', '-n', namespace, '-l', selector);
    return items
      .toSorted((a, b) => a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp))
      .map(({ metadata, spec, status }) => ({
        name: metadata.name,
        uid: metadata.uid,
        node: spec.nodeName ?? '',
        address: status.podIP ?? '',
        containerIds: (status.containerStatuses ?? []).map(({ containerID = '' }) =>
          containerID.replace(/^\w+:\/\//, ''),
        ),
      }));
  }

  /** An address by which this machine reaches the service: its cluster IP, to which a route leads. */
  async urlOf(namespace: string, service: string, scheme = 'http'): Promise<string> {
    const { spec } = await this.json<ServiceObject>('get', 'service', service, '-n', namespace);
    return `${scheme}://${spec.clusterIP}:${spec.ports[0]?.port ?? 80}`;
  }

  /** Sends a signal to a process, by its id on the node. */
  async kill(node: ClusterNode, pid: number, signal = 'KILL'): Promise<void> {
    await this.onNode(node, 'kill', `-${signal}`, String(pid));
  }

  /** The first process of a container, by its id, on its node. */
  async pidOf(node: ClusterNode, containerId: string): Promise<number> {
    const listed = await this.onNode(node, 'ctr', '-n', 'k8s.io', 'tasks', 'ls');
    const line = listed.split('\n').find((one) => one.startsWith(containerId)) ?? '';
    return Number(line.trim().split(/\s+/)[1]);
  }

  /** Without its manifest kubelet ends the API server; with it again, it starts. */
  async stopApiServer(): Promise<() => Promise<void>> {
    const manifest = '/etc/kubernetes/manifests/kube-apiserver.yaml';
    const aside = '/etc/kubernetes/kube-apiserver.yaml';
    const isAnswering = async () =>
      (await this.tryKubectl(['get', '--raw', '/readyz'], { timeoutMs: 5_000 })).exitCode === 0;
    await this.onNode(this.controlPlane, 'mv', manifest, aside);
    await this.until('end of the API server', isAnswering, (is) => !is);
    return async () => {
      await this.onNode(this.controlPlane, 'mv', aside, manifest);
      await this.until('API server', isAnswering, Boolean);
    };
  }
}

export interface Pod {
  readonly name: string;
  readonly uid: string;
  readonly node: string;
  readonly address: string;
  /** Without the runtime's name before them. */
  readonly containerIds: readonly string[];
}

interface PodList {
  readonly items: readonly {
    readonly metadata: { readonly name: string; readonly uid: string; readonly creationTimestamp: string };
    readonly spec: { readonly nodeName?: string };
    readonly status: {
      readonly podIP?: string;
      readonly containerStatuses?: readonly { readonly containerID?: string }[];
    };
  }[];
}

interface ServiceObject {
  readonly spec: { readonly clusterIP: string; readonly ports: readonly { readonly port: number }[] };
}
