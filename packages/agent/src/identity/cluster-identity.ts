import type { ContainerFacts, NodePod, NodePods, Peer as ToldPeer, PeerDirectory } from '@tomte/k8s';
import { isLoopbackAddress, peerWithout, placementWithout } from './cluster-view.ts';
import type { ClusterView, Peer, Placement } from './cluster-view.ts';
import type { ProcessIdentity } from './process-table.ts';

export interface ClusterSources {
  readonly nodeName: string;
  /** Pods of this node, from the API server. */
  readonly pods: NodePods;
  /** All addresses, from the collector. */
  readonly book: PeerDirectory;
  /** Container of a process; undefined when it is gone and nothing of it was read. */
  readonly containerOf: (pid: number, containerId: string) => ContainerFacts | undefined;
}

/** Placements that stand ready as objects, by container. */
const MAX_READY = 4_096;

interface Ready {
  readonly pod: NodePod;
  readonly told: ToldPeer | undefined;
  readonly placement: Placement;
}

/**
 * Who processes and addresses are, in a cluster: a process by its cgroup, whose pod the node's own watch knows before
 * its first container starts; an address by what the collector tells.
 */
export class ClusterIdentity implements ClusterView {
  readonly #sources: ClusterSources;
  readonly #ready = new Map<string, Ready>();
  readonly #peers = new WeakMap<ToldPeer, Peer>();
  readonly #onHost: Placement;
  readonly #unknownProcess: Placement;
  readonly #loopback = peerWithout('loopback', '');
  readonly #noAddress = peerWithout('unknown', 'address_unknown');
  readonly #external = peerWithout('external', 'external');
  readonly #notYetKnown = peerWithout('unknown', 'not_yet_known');

  constructor(sources: ClusterSources) {
    this.#sources = sources;
    this.#onHost = placementWithout('host_process', sources.nodeName);
    this.#unknownProcess = placementWithout('process_unknown', sources.nodeName);
  }

  placementOf(process: ProcessIdentity | undefined, isLast: boolean): Placement | undefined {
    if (process === undefined) return this.#unknownProcess;
    if (process.containerId === '') return this.#onHost;
    const facts = this.#factsOf(process);
    // It has ended, and the API server may still tell of its container.
    if (facts === undefined) return isLast ? this.#unknownProcess : undefined;
    return facts.podUid === '' ? this.#onHost : this.#placementOfPod(facts, isLast);
  }

  peerOf(address: Uint8Array | undefined, atWallNs: bigint, isLast: boolean): Peer | undefined {
    if (address === undefined) return this.#noAddress;
    if (isLoopbackAddress(address)) return this.#loopback;
    const told = this.#sources.book.resolve(address, atWallNs);
    if (told.kind === 'external') return this.#external;
    if (told.kind === 'unknown_yet') return isLast ? this.#notYetKnown : undefined;
    return this.#toPeer(told, told.kind);
  }

  isSettled(atWallNs: bigint): boolean {
    return this.#sources.book.isSettled(atWallNs);
  }

  /** The cgroup tells; where the process had ended before it was read, the kernel did, or the API server does. */
  #factsOf({ pid, containerId, podUid }: ProcessIdentity): ContainerFacts | undefined {
    const read = this.#sources.containerOf(pid, containerId);
    if (read !== undefined) return read;
    if (podUid !== '') return { containerId, podUid, containerName: '' };
    const found = this.#sources.pods.podOfContainer(containerId);
    if (found === undefined) return undefined;
    return { containerId, podUid: found.pod.uid, containerName: found.containerName };
  }

  #placementOfPod(facts: ContainerFacts, isLast: boolean): Placement | undefined {
    const { pods, book } = this.#sources;
    const pod = pods.podOfUid(facts.podUid) ?? pods.podOfContainer(facts.containerId)?.pod;
    if (pod === undefined) return isLast ? this.#withoutPod(facts) : undefined;
    const told = book.podByUid(pod.uid);
    const containerName = facts.containerName || containerNameOf(pod, facts.containerId);
    if ((told === undefined || containerName === '') && !isLast) return undefined;
    const ready = this.#ready.get(facts.containerId);
    // A runtime's first process in a container shows no name yet: what was said of it must not stick to the others.
    const isReady =
      ready?.pod === pod && ready.told === told && ready.placement.containerName === containerName;
    if (isReady) return ready.placement;
    const placement = this.#toPlacement(pod, told, containerName);
    if (this.#ready.size >= MAX_READY) this.#ready.clear();
    this.#ready.set(facts.containerId, { pod, told, placement });
    return placement;
  }

  #withoutPod(facts: ContainerFacts): Placement {
    const base = placementWithout('pod_unknown', this.#sources.nodeName);
    return { ...base, podUid: facts.podUid, containerName: facts.containerName };
  }

  #toPlacement(pod: NodePod, told: ToldPeer | undefined, containerName: string): Placement {
    const workload =
      told === undefined ? ownWorkloadOf(pod) : { kind: told.workloadKind, name: told.workloadName };
    return {
      namespaceName: pod.namespace,
      podName: pod.name,
      podUid: pod.uid,
      containerName,
      workloadKind: workload.kind,
      workloadName: workload.name,
      nodeName: this.#sources.nodeName,
      serviceName: told?.serviceName ?? '',
      unresolvedReason: '',
    };
  }

  #toPeer(told: ToldPeer, kind: 'pod' | 'service' | 'node'): Peer {
    const known = this.#peers.get(told);
    if (known !== undefined) return known;
    const peer: Peer = {
      kind,
      namespaceName: told.namespace,
      podName: kind === 'pod' ? told.name : '',
      workloadKind: told.workloadKind,
      workloadName: told.workloadName,
      nodeName: kind === 'node' ? told.name : told.nodeName,
      serviceName: told.serviceName,
      unresolvedReason: '',
    };
    this.#peers.set(told, peer);
    return peer;
  }
}

function containerNameOf(pod: NodePod, containerId: string): string {
  const [onlyName = '', ...others] = pod.containerNames;
  return pod.containers.find(({ id }) => id === containerId)?.name ?? (others.length === 0 ? onlyName : '');
}

/**
 * Workload by what the pod itself says, for as long as the collector has not told of it. A ReplicaSet of a Deployment
 * is named by it, a hyphen and the hash that the pod carries as a label.
 */
function ownWorkloadOf(pod: NodePod): { readonly kind: string; readonly name: string } {
  if (pod.ownerName === '') return { kind: 'Pod', name: pod.name };
  const hash = pod.labels['pod-template-hash'] ?? '';
  if (pod.ownerKind === 'ReplicaSet' && hash !== '' && pod.ownerName.endsWith(`-${hash}`))
    return { kind: 'Deployment', name: pod.ownerName.slice(0, -hash.length - 1) };
  return { kind: pod.ownerKind, name: pod.ownerName };
}
