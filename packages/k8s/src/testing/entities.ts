import type { NodeEntity, PodEntity, ServiceEntity } from '../entities.ts';

/** A UUID of the number's digits. */
export function uidOf(number: number): string {
  return `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;
}

const seconds = (value: number): bigint => BigInt(Math.round(value * 1e9));

/** Times are seconds since the Unix epoch. */
export function aPod(
  number: number,
  facts: Partial<Omit<PodEntity, 'kind'>> & { started?: number; ended?: number } = {},
): PodEntity {
  const { started = 0, ended = 0, ...rest } = facts;
  return {
    kind: 'pod',
    uid: uidOf(number),
    namespace: 'shop',
    name: `cart-5d9f8-${number}`,
    nodeName: 'node-1',
    ips: [],
    hostNetwork: false,
    workloadKind: 'Deployment',
    workloadName: 'cart',
    services: [],
    labels: {},
    annotations: {},
    startedWallNs: seconds(started),
    endedWallNs: seconds(ended),
    ...rest,
  };
}

export function aService(number: number, facts: Partial<Omit<ServiceEntity, 'kind'>> = {}): ServiceEntity {
  return {
    kind: 'service',
    uid: uidOf(number),
    namespace: 'shop',
    name: `service-${number}`,
    clusterIps: [],
    externalIps: [],
    ports: [],
    labels: {},
    annotations: {},
    startedWallNs: 0n,
    endedWallNs: 0n,
    ...facts,
  };
}

export function aNode(number: number, facts: Partial<Omit<NodeEntity, 'kind'>> = {}): NodeEntity {
  return {
    kind: 'node',
    uid: uidOf(number),
    name: `node-${number}`,
    addresses: [],
    podCidrs: [],
    labels: {},
    annotations: {},
    startedWallNs: 0n,
    endedWallNs: 0n,
    ...facts,
  };
}
