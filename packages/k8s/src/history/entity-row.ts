import type { collectorRecords, RowOf } from '@tomte/model';
import type { KubernetesEvent } from '../cluster-watch/kubernetes-event.ts';
import type { Entity, ObjectEntity } from '../entities.ts';

export type EntityRow = RowOf<(typeof collectorRecords)['k8s_entities']>;
export type EventRow = RowOf<(typeof collectorRecords)['k8s_events']>;

/** What a row says, but for its times. */
export type EntityState = Omit<EntityRow, 'valid_from' | 'valid_to' | 'observed' | 'k8s_cluster_name'>;

const nothing = {
  k8s_namespace_name: '',
  k8s_node_name: '',
  addresses: [],
  k8s_workload_kind: '',
  k8s_workload_name: '',
  services: [],
};

export function toEntityState(entity: Entity | ObjectEntity): EntityState {
  const { uid, name, labels, annotations } = entity;
  const common = { ...nothing, uid, name, labels, annotations };
  switch (entity.kind) {
    case 'pod':
      return {
        ...common,
        kind: 'Pod',
        k8s_namespace_name: entity.namespace,
        k8s_node_name: entity.nodeName,
        addresses: entity.hostNetwork ? [] : entity.ips,
        k8s_workload_kind: entity.workloadKind,
        k8s_workload_name: entity.workloadName,
        services: entity.services,
      };
    case 'service':
      return {
        ...common,
        kind: 'Service',
        k8s_namespace_name: entity.namespace,
        addresses: [...entity.clusterIps, ...entity.externalIps],
      };
    case 'node':
      return { ...common, kind: 'Node', k8s_node_name: name, addresses: entity.addresses };
    case 'object':
      return {
        ...common,
        kind: entity.objectKind,
        k8s_namespace_name: entity.objectKind === 'Namespace' ? name : entity.namespace,
        k8s_workload_kind: entity.ownerKind,
        k8s_workload_name: entity.ownerName,
      };
  }
}

export function toEventRow(event: KubernetesEvent, clusterName: string, observedWallNs: bigint): EventRow {
  return {
    time: event.lastWallNs,
    first_time: event.firstWallNs,
    k8s_cluster_name: clusterName,
    uid: event.uid,
    event_count: event.count,
    type: event.type,
    reason: event.reason,
    message: event.message,
    k8s_namespace_name: event.namespace,
    object_kind: event.objectKind,
    object_name: event.objectName,
    object_uid: event.objectUid,
    component: event.component,
    k8s_node_name: event.nodeName,
    observed: observedWallNs,
  };
}
