import type { NodeEntity, ObjectEntity, ServiceEntity } from '../entities.ts';
import { listAt, numberAt, objectAt, textAt, textsAt } from '../objects/json.ts';
import type { KeptNames } from '../objects/kept-names.ts';
import { toMeta } from '../objects/meta.ts';

const MAX_ADDRESSES = 16;
const MAX_PORTS = 64;

/** Undefined for what is no service. */
export function toServiceEntity(object: unknown, kept: KeptNames): ServiceEntity | undefined {
  const meta = toMeta(object);
  if (meta === undefined) return undefined;
  const spec = objectAt(object, 'spec');
  const single = textAt(spec, 'clusterIP');
  const listed = textsAt(spec, 'clusterIPs');
  const balancer = objectAt(objectAt(object, 'status'), 'loadBalancer');
  const lent = listAt(balancer, 'ingress').map((ingress) => textAt(ingress, 'ip'));
  return {
    kind: 'service',
    uid: meta.uid,
    namespace: meta.namespace,
    name: meta.name,
    clusterIps: addresses(listed.length > 0 ? listed : [single]),
    externalIps: addresses([...textsAt(spec, 'externalIPs'), ...lent]),
    ports: listAt(spec, 'ports')
      .slice(0, MAX_PORTS)
      .map((port) => ({
        name: textAt(port, 'name'),
        port: numberAt(port, 'port'),
        protocol: textAt(port, 'protocol') || 'TCP',
      })),
    labels: kept.labelsOf(object),
    annotations: kept.annotationsOf(object),
    startedWallNs: meta.createdWallNs,
    endedWallNs: 0n,
  };
}

/** A headless service's address is `None`. */
function addresses(texts: readonly string[]): readonly string[] {
  return [...new Set(texts.filter((text) => text !== '' && text !== 'None'))].slice(0, MAX_ADDRESSES);
}

/** Undefined for what is no node. */
export function toNodeEntity(object: unknown, kept: KeptNames): NodeEntity | undefined {
  const meta = toMeta(object);
  if (meta === undefined) return undefined;
  const spec = objectAt(object, 'spec');
  const single = textAt(spec, 'podCIDR');
  const ranges = textsAt(spec, 'podCIDRs');
  const told = listAt(objectAt(object, 'status'), 'addresses').filter((address) =>
    textAt(address, 'type').endsWith('IP'),
  );
  return {
    kind: 'node',
    uid: meta.uid,
    name: meta.name,
    addresses: addresses(told.map((address) => textAt(address, 'address'))),
    podCidrs: (ranges.length > 0 ? ranges : [single]).filter((range) => range !== '').slice(0, MAX_ADDRESSES),
    labels: kept.labelsOf(object),
    annotations: kept.annotationsOf(object),
    startedWallNs: meta.createdWallNs,
    endedWallNs: 0n,
  };
}

/** Undefined for what is no object. */
export function toObjectEntity(
  object: unknown,
  objectKind: string,
  kept: KeptNames,
): ObjectEntity | undefined {
  const meta = toMeta(object);
  if (meta === undefined) return undefined;
  return {
    kind: 'object',
    objectKind,
    uid: meta.uid,
    namespace: meta.namespace,
    name: meta.name,
    ownerKind: meta.owner?.kind ?? '',
    ownerName: meta.owner?.name ?? '',
    labels: kept.labelsOf(object),
    annotations: kept.annotationsOf(object),
    startedWallNs: meta.createdWallNs,
    endedWallNs: 0n,
  };
}
