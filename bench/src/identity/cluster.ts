import type { NodeEntity, PodEntity, ServiceEntity } from '@tomte/k8s';
import { Random } from '@tomte/testkit';

export const NODES = 1_000;
export const PODS = 30_000;
const WORKLOADS = 3_000;
const NAMESPACES = 100;
const words = ['checkout', 'cart', 'search', 'billing', 'catalogue', 'user-profile', 'mail', 'stock-keeper'];
const none = { labels: {}, annotations: {}, endedWallNs: 0n } as const;

/** A cluster with names as long as real ones, the same for the same seed. */
export class SimulatedCluster {
  readonly #random: Random;
  readonly #startedWallNs: bigint;
  #nextPod = 0;

  constructor(seed: number, startedWallNs: bigint) {
    this.#random = new Random(seed);
    this.#startedWallNs = startedWallNs;
  }

  nodes(): NodeEntity[] {
    return Array.from({ length: NODES }, (_, index) => ({
      kind: 'node',
      uid: this.#uid(),
      name: nodeName(index),
      addresses: [`172.16.${index >> 8}.${index & 255}`],
      podCidrs: [`10.${index >> 8}.${index & 255}.0/24`],
      startedWallNs: this.#startedWallNs,
      ...none,
    }));
  }

  services(): ServiceEntity[] {
    return Array.from({ length: WORKLOADS }, (_, index) => ({
      kind: 'service',
      uid: this.#uid(),
      namespace: namespaceOf(index),
      name: workloadName(index),
      clusterIps: [`10.96.${index >> 8}.${index & 255}`],
      externalIps: [],
      ports: [],
      startedWallNs: this.#startedWallNs,
      ...none,
    }));
  }

  pods(): PodEntity[] {
    return Array.from({ length: PODS }, () => this.pod());
  }

  /** The next pod; nodes and workloads take turns. @param startedWallNs when it got its address */
  pod(startedWallNs = this.#startedWallNs): PodEntity {
    const number = this.#nextPod;
    this.#nextPod += 1;
    const workload = number % WORKLOADS;
    const node = number % NODES;
    const name = workloadName(workload);
    return {
      kind: 'pod',
      uid: this.#uid(),
      namespace: namespaceOf(workload),
      name: `${name}-${this.#letters(10)}-${this.#letters(5)}`,
      nodeName: nodeName(node),
      // Of each node's 254 addresses one after another: those of pods that ended are used again.
      ips: [`10.${node >> 8}.${node & 255}.${2 + (Math.floor(number / NODES) % 250)}`],
      hostNetwork: false,
      workloadKind: 'Deployment',
      workloadName: name,
      services: [name],
      startedWallNs,
      ...none,
    };
  }

  #letters(count: number): string {
    return Array.from({ length: count }, () => 'bcdfghjklmnpqrstvwxz2456789'[this.#random.below(27)]).join(
      '',
    );
  }

  #uid(): string {
    const hex = Buffer.from(this.#random.bytes(16)).toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
  }
}

function nodeName(index: number): string {
  return `ip-172-16-${index >> 8}-${index & 255}.eu-north-1.compute.internal`;
}

function namespaceOf(workload: number): string {
  return `team-${workload % NAMESPACES}`;
}

function workloadName(index: number): string {
  return `${words[index % words.length]}-${Math.floor(index / words.length)}`;
}
