import { askedColumn, askingColumn, askingNamespace, askedNamespace } from '@tomte/model';
import { named } from './columns.ts';
import { defineRedView } from './red-view.ts';

export const podEdges = defineRedView({
  name: 'pod-edges',
  title: 'Pod to pod',
  meaning: 'Rate, errors and duration of the requests from one pod to another, over the time range.',
  groups: {
    client_namespace_name: {
      ...named('namespace', 'Namespace of the pod that asked; empty where it is not known.'),
      sql: askingNamespace,
    },
    client_pod_name: {
      ...named('pod', 'Pod that asked; its address where no pod is known.'),
      sql: `coalesce(nullIf(${askingColumn('k8s_pod_name')}, ''), replaceOne(toString(r.client_address), '::ffff:', ''))`,
    },
    server_namespace_name: {
      ...named('namespace', 'Namespace of the pod that was asked; empty where it is not known.'),
      sql: askedNamespace,
    },
    server_pod_name: {
      ...named('pod', 'Pod that was asked; its address where no pod is known.'),
      sql: `coalesce(nullIf(${askedColumn('k8s_pod_name')}, ''), replaceOne(toString(r.server_address), '::ffff:', ''))`,
    },
  },
  ends: {
    k8s_pod_name: ['client_pod_name', 'server_pod_name'],
    k8s_namespace_name: ['client_namespace_name', 'server_namespace_name'],
  },
  client: ['k8s_pod_name'],
  chart: { kind: 'graph', from: 'client_pod_name', to: 'server_pod_name', weight: 'requests_per_second' },
});
