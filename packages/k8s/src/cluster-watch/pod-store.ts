import type { PodEntity } from '../entities.ts';
import type { ClusterPod } from './cluster-pod.ts';
import type { OwnerIndex } from './owner-index.ts';
import { memberOfAddress } from './service-index.ts';
import type { ServiceIndex } from './service-index.ts';

/** Kubernetes' largest clusters have 150,000 pods. */
const MAX_PODS = 250_000;

/** All pods of the cluster, joined with what controls them and with the services that name them. */
export class PodStore {
  readonly #pods = new Map<string, ClusterPod>();
  /** Of pods that live and have an address of their own. */
  readonly #byMember = new Map<string, string>();
  /** Of pods that have any: what is being deleted keeps what it had. */
  readonly #lastServices = new Map<string, readonly string[]>();
  readonly #owners: OwnerIndex;
  readonly #services: ServiceIndex;
  readonly #isHeadless: (namespace: string, service: string) => boolean;
  #refusedCount = 0;

  constructor(
    owners: OwnerIndex,
    services: ServiceIndex,
    isHeadless: (namespace: string, service: string) => boolean,
  ) {
    this.#owners = owners;
    this.#services = services;
    this.#isHeadless = isHeadless;
  }

  get size(): number {
    return this.#pods.size;
  }

  get refusedCount(): number {
    return this.#refusedCount;
  }

  get(uid: string): ClusterPod | undefined {
    return this.#pods.get(uid);
  }

  uids(): Iterable<string> {
    return this.#pods.keys();
  }

  put(pod: ClusterPod): void {
    const before = this.#pods.get(pod.uid);
    if (before === undefined && this.#pods.size >= MAX_PODS) {
      this.#refusedCount += 1;
      return;
    }
    if (before !== undefined) this.#unlink(before);
    this.#owners.relink(pod.uid, before?.owner?.uid, pod.owner?.uid);
    this.#pods.set(pod.uid, pod);
    if (pod.endedWallNs === 0n) for (const member of addressMembers(pod)) this.#byMember.set(member, pod.uid);
  }

  remove(uid: string): void {
    const before = this.#pods.get(uid);
    if (before === undefined) return;
    this.#unlink(before);
    this.#owners.relink(uid, before.owner?.uid, undefined);
    this.#pods.delete(uid);
    this.#lastServices.delete(uid);
  }

  /** The pod that an endpoint slice names, by uid or by address. */
  ofMember(member: string): string | undefined {
    return this.#pods.has(member) ? member : this.#byMember.get(member);
  }

  toEntity(pod: ClusterPod): PodEntity {
    const workload = pod.owner === undefined ? undefined : this.#owners.topOf(pod.owner);
    const { uid, namespace, name, nodeName, ips, hostNetwork, labels, annotations } = pod;
    return {
      kind: 'pod',
      uid,
      namespace,
      name,
      nodeName,
      ips,
      hostNetwork,
      workloadKind: workload?.kind ?? 'Pod',
      workloadName: workload?.name ?? name,
      services: this.#servicesOf(pod),
      labels,
      annotations,
      startedWallNs: pod.startedWallNs,
      endedWallNs: pod.endedWallNs,
    };
  }

  #servicesOf(pod: ClusterPod): readonly string[] {
    const last = this.#lastServices.get(pod.uid) ?? none;
    if ((pod.isEnding || pod.endedWallNs > 0n) && last.length > 0) return last;
    const sorted = this.#sortedServices(pod);
    if (sorted.length > 0) this.#lastServices.set(pod.uid, sorted);
    else this.#lastServices.delete(pod.uid);
    return sorted;
  }

  #sortedServices(pod: ClusterPod): readonly string[] {
    const names = this.#services.of([pod.uid, ...addressMembers(pod)]);
    const rank = (name: string): number => (this.#isHeadless(pod.namespace, name) ? 1 : 0);
    return [...names].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  }

  #unlink(pod: ClusterPod): void {
    for (const member of addressMembers(pod))
      if (this.#byMember.get(member) === pod.uid) this.#byMember.delete(member);
  }
}

const none: readonly string[] = [];

function addressMembers(pod: ClusterPod): readonly string[] {
  return pod.hostNetwork ? [] : pod.ips.map((ip) => memberOfAddress(pod.namespace, ip));
}
