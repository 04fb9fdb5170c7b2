import { defineRecord } from '../record.ts';
import { deliveryColumns } from './common-columns.ts';

export const k8sEntities = defineRecord({
  table: 'k8s_entities',
  meaning:
    'What a pod, service, node, namespace or controller was from one time to another. A row that is written again, ' +
    'with the same uid and valid_from and a later observed, replaces the former. Who held an address at a time: of the ' +
    'rows with that address that stand then (valid_from at or before it, valid_to after it or open) the one with the ' +
    'latest valid_from.',
  columns: {
    k8s_cluster_name: deliveryColumns.k8s_cluster_name,
    kind: {
      type: 'LowCardinality(String)',
      meaning: 'Pod, Service, Node, Namespace, Deployment, or another kind of controller.',
      source: 'kubernetes',
      semantic: 'text',
    },
    uid: {
      type: 'String',
      meaning: 'UID, which no other object ever has.',
      source: 'kubernetes',
      semantic: 'identifier',
    },
    k8s_namespace_name: {
      type: 'LowCardinality(String)',
      meaning: 'Its namespace; empty for what is in none. Of a namespace its own name.',
      source: 'kubernetes',
      semantic: 'namespace',
      otel: 'k8s.namespace.name',
    },
    name: { type: 'String', meaning: 'Its name.', source: 'kubernetes', semantic: 'text' },
    k8s_node_name: {
      type: 'LowCardinality(String)',
      meaning: 'Node of a pod; empty while it has none.',
      source: 'kubernetes',
      semantic: 'node',
      otel: 'k8s.node.name',
    },
    addresses: {
      type: 'Array(IPv6)',
      meaning:
        'Addresses that it held: of a pod its own, so none with host network; of a service cluster, external and ' +
        'load balancer addresses; of a node its own. IPv4 as v4-mapped.',
      source: 'kubernetes',
      semantic: 'address',
    },
    k8s_workload_kind: {
      type: 'LowCardinality(String)',
      meaning: 'Kind of what made a pod, followed to the top; of a controller that of its own controller.',
      source: 'kubernetes',
      semantic: 'text',
    },
    k8s_workload_name: {
      type: 'LowCardinality(String)',
      meaning: 'Name of what made it.',
      source: 'kubernetes',
      semantic: 'workload',
    },
    services: {
      type: 'Array(String)',
      meaning: 'Services whose endpoint slices name a pod; those with an address of their own first.',
      source: 'kubernetes',
      semantic: 'service',
    },
    labels: {
      type: 'Map',
      meaning: 'Labels that configuration allows.',
      source: 'kubernetes',
      semantic: 'text',
    },
    annotations: {
      type: 'Map',
      meaning: 'Annotations that configuration allows.',
      source: 'kubernetes',
      semantic: 'text',
    },
    valid_from: {
      type: 'DateTime64(9)',
      meaning:
        'Since when it was so. Of the first row of a pod with an address: since its first container ran, by kubelet, ' +
        'in whole seconds from below.',
      source: 'kubernetes',
      semantic: 'time',
    },
    valid_to: {
      type: 'DateTime64(9)',
      meaning: 'Until when it was so, not included; the epoch while it is.',
      source: 'kubernetes',
      semantic: 'time',
    },
    observed: {
      type: 'DateTime64(9)',
      meaning: 'When the collector wrote it: of two rows of one valid_from the later stays.',
      source: 'collector',
      semantic: 'time',
    },
  },
  timeColumn: 'valid_to',
  replacing: { version: 'observed', isByDay: false },
  expiresWhere: 'valid_to > toDateTime64(0, 9)',
  orderBy: ['k8s_cluster_name', 'k8s_namespace_name', 'kind', 'name', 'uid', 'valid_from'],
  orderByWhy: 'Asked by namespace and name; the index finds addresses. What lives never expires.',
  ttlDays: 30,
  indexes: ['INDEX by_address addresses TYPE bloom_filter(0.01) GRANULARITY 1'],
});
