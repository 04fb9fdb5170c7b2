import { askedColumn, askedNamespace, askedService } from '@tomte/model';
import { named } from './columns.ts';
import type { GroupColumn } from './grouped.ts';

/** Where a request was asked, from either end's row: the columns by which views of requests put them together. */
export const asked = {
  namespace: {
    ...named('namespace', 'Namespace of who was asked; empty where there is none or it is not known.'),
    sql: askedNamespace,
  },
  service: {
    ...named('service', 'Who was asked; its host or address where no name is known.'),
    sql: askedService,
  },
  workloadKind: {
    ...named('text', 'Kind of what made the pod that was asked, such as Deployment.'),
    sql: askedColumn('k8s_workload_kind'),
  },
  workload: {
    ...named('workload', 'Workload that was asked; empty where it is not known.'),
    sql: askedColumn('k8s_workload_name'),
  },
  pod: {
    ...named('pod', 'Pod that was asked; empty where it is not known.'),
    sql: askedColumn('k8s_pod_name'),
  },
  node: {
    ...named('node', 'Node of who was asked; empty where it is not known.'),
    sql: askedColumn('k8s_node_name'),
  },
  protocol: { ...named('protocol', 'Application protocol.'), sql: 'r.protocol' },
} as const satisfies Readonly<Record<string, GroupColumn>>;
