import type { StoredTableName } from './records/index.ts';

/** The tables whose rows belong to a namespace: that of the process that was observed (`k8s_namespace_name`). */
export const namespacedTables = ['requests', 'connections', 'syscall_stats', 'process_events'] as const;
export type NamespacedTable = (typeof namespacedTables)[number];

/**
 * Who is told of the others, where a namespace's rows are for its readers only. `loss` is told to everyone as
 * reasons and times, since an answer that lacks something must say so; `operator` tables are about the agents and the
 * cluster, for those who may see all namespaces. A record that stands in neither list does not compile.
 */
export const otherTables = {
  loss: 'reasons_and_times',
  agent_status: 'operator',
  probe_status: 'operator',
  k8s_entities: 'operator',
  k8s_events: 'operator',
} as const satisfies Readonly<
  Record<Exclude<StoredTableName, NamespacedTable>, 'reasons_and_times' | 'operator'>
>;
