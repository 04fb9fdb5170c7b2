import { field, listAt, objectAt, textAt } from '../objects/json.ts';
import type { KeptNames } from '../objects/kept-names.ts';
import { toMeta } from '../objects/meta.ts';
import { podIps } from '../objects/pod-facts.ts';
import type { NodeContainer, NodePod } from './node-pod.ts';

/** A pod has a few containers; restarts add ids, of which the last two are told. */
const MAX_CONTAINERS = 64;
const MAX_IPS = 8;
const CONFIG_HASH = 'kubernetes.io/config.hash';

/** The fields of a pod that an agent uses; undefined for what is no pod. */
export function toNodePod(object: unknown, kept: KeptNames): NodePod | undefined {
  const meta = toMeta(object);
  if (meta === undefined) return undefined;
  const spec = objectAt(object, 'spec');
  return {
    uid: meta.uid,
    configHash: textAt(objectAt(objectAt(object, 'metadata'), 'annotations'), CONFIG_HASH),
    namespace: meta.namespace,
    name: meta.name,
    hostNetwork: field(spec, 'hostNetwork') === true,
    ips: podIps(object).slice(0, MAX_IPS),
    labels: kept.labelsOf(object),
    annotations: kept.annotationsOf(object),
    ownerKind: meta.owner?.kind ?? '',
    ownerName: meta.owner?.name ?? '',
    containers: toContainers(objectAt(object, 'status')),
    containerNames: containerGroups.flatMap((group) =>
      listAt(spec, group)
        .slice(0, MAX_CONTAINERS)
        .map((container) => textAt(container, 'name')),
    ),
  };
}

const containerGroups = ['containers', 'initContainers', 'ephemeralContainers'];
const statusGroups = ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'];

/** The present containers and those before their last restart, whose last rows may still come. */
function toContainers(status: unknown): readonly NodeContainer[] {
  return statusGroups
    .flatMap((group) => listAt(status, group).slice(0, MAX_CONTAINERS))
    .flatMap((container) => {
      const name = textAt(container, 'name');
      const before = textAt(objectAt(objectAt(container, 'lastState'), 'terminated'), 'containerID');
      return [textAt(container, 'containerID'), before].flatMap((id) => {
        const bare = id.slice(id.indexOf('://') + 3);
        return id.includes('://') && bare !== '' ? [{ id: bare, name }] : [];
      });
    });
}
