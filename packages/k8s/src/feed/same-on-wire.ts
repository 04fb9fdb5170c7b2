import type { Entity, NodeEntity, PodEntity, ServiceEntity } from '../entities.ts';

/** Whether agents would be told the same of both: labels, annotations and ports are not sent to them. */
export function isSameOnWire(a: Entity, b: Entity): boolean {
  if (a.name !== b.name || a.startedWallNs !== b.startedWallNs || a.endedWallNs !== b.endedWallNs)
    return false;
  switch (a.kind) {
    case 'pod':
      return b.kind === 'pod' && isSamePod(a, b);
    case 'service':
      return b.kind === 'service' && isSameService(a, b);
    case 'node':
      return b.kind === 'node' && isSameNode(a, b);
  }
}

function isSamePod(a: PodEntity, b: PodEntity): boolean {
  return (
    a.namespace === b.namespace &&
    a.nodeName === b.nodeName &&
    a.hostNetwork === b.hostNetwork &&
    a.workloadKind === b.workloadKind &&
    a.workloadName === b.workloadName &&
    isSameList(a.ips, b.ips) &&
    isSameList(a.services, b.services)
  );
}

function isSameService(a: ServiceEntity, b: ServiceEntity): boolean {
  return (
    a.namespace === b.namespace &&
    isSameList(a.clusterIps, b.clusterIps) &&
    isSameList(a.externalIps, b.externalIps)
  );
}

function isSameNode(a: NodeEntity, b: NodeEntity): boolean {
  return isSameList(a.addresses, b.addresses) && isSameList(a.podCidrs, b.podCidrs);
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, index) => text === b[index]);
}
