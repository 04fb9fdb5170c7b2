import { parseAddress, parseUid } from '../address-bytes.ts';
import type { Entity, NodeEntity, PodEntity, ServiceEntity } from '../entities.ts';
import type { AddressRange, EntityUpdate, NodeEntry, PodEntry, ServiceEntry } from './entity-update.ts';

export type UpdateHead = Pick<
  EntityUpdate,
  'feedId' | 'version' | 'baseVersion' | 'snapshotPart' | 'snapshotParts' | 'asOfMs'
>;

/** Collects entities into one message, each text once. */
export class UpdateBuilder {
  readonly #numbers = new Map<string, number>();
  readonly #pods: PodEntry[] = [];
  readonly #services: ServiceEntry[] = [];
  readonly #nodes: NodeEntry[] = [];

  get count(): number {
    return this.#pods.length + this.#services.length + this.#nodes.length;
  }

  /** Not what has no UUID. */
  add(entity: Entity): void {
    const uid = entityKey(entity.uid);
    if (uid === undefined) return;
    switch (entity.kind) {
      case 'pod':
        this.#pods.push(this.#toPod(entity, uid));
        break;
      case 'service':
        this.#services.push(this.#toService(entity, uid));
        break;
      case 'node':
        this.#nodes.push(toNode(entity, uid));
        break;
    }
  }

  finish(head: UpdateHead, clusterRanges: AddressRange[]): EntityUpdate {
    return {
      ...head,
      strings: [...this.#numbers.keys()],
      pods: this.#pods,
      services: this.#services,
      nodes: this.#nodes,
      clusterRanges,
    };
  }

  #toPod(pod: PodEntity, uid: Uint8Array): PodEntry {
    const isAlone = pod.workloadKind === 'Pod' && pod.workloadName === pod.name;
    const prefix = `${pod.workloadName}-`;
    const isNameShort = !isAlone && pod.name.startsWith(prefix) && pod.name.length > prefix.length;
    return {
      uid,
      namespace: this.#number(pod.namespace),
      name: isNameShort ? pod.name.slice(prefix.length) : pod.name,
      isNameShort,
      nodeName: this.#number(pod.nodeName),
      addresses: pod.hostNetwork ? [] : toBytes(pod.ips),
      isHostNetwork: pod.hostNetwork,
      workloadKind: this.#number(pod.workloadKind),
      workloadName: isAlone ? 0 : this.#number(pod.workloadName),
      services: pod.services.map((service) => this.#number(service)),
      ...times(pod),
    };
  }

  #toService(service: ServiceEntity, uid: Uint8Array): ServiceEntry {
    return {
      uid,
      namespace: this.#number(service.namespace),
      name: service.name,
      addresses: toBytes([...service.clusterIps, ...service.externalIps]),
      ...times(service),
    };
  }

  #number(text: string): number {
    if (text === '') return 0;
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.#numbers.size + 1);
    return this.#numbers.size;
  }
}

function toNode(node: NodeEntity, uid: Uint8Array): NodeEntry {
  return {
    uid,
    name: node.name,
    addresses: toBytes(node.addresses),
    podRanges: toRanges(node.podCidrs),
    ...times(node),
  };
}

function times({ startedWallNs, endedWallNs }: Entity): { startedMs: number; endedMs: number } {
  return { startedMs: Number(startedWallNs / 1_000_000n), endedMs: Number(endedWallNs / 1_000_000n) };
}

/** What is no address (a load balancer's host name) is left out. */
function toBytes(addresses: readonly string[]): Uint8Array[] {
  return addresses.flatMap((address) => parseAddress(address) ?? []);
}

/** Ranges in CIDR notation; what is none is left out. */
export function toRanges(cidrs: readonly string[]): AddressRange[] {
  return cidrs.flatMap((cidr) => {
    const [text = '', bits = ''] = cidr.split('/');
    const address = parseAddress(text);
    const isRange = address !== undefined && /^\d{1,3}$/.test(bits) && Number(bits) <= address.length * 8;
    return isRange ? [{ address, prefixBits: Number(bits) }] : [];
  });
}

/** The key by which feed and book know an entity; undefined where the uid is no UUID. */
export const entityKey = parseUid;
