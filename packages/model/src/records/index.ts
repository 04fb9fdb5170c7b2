import { agentStatus } from './agent-status.ts';
import { connections } from './connections.ts';
import { k8sEntities } from './k8s-entities.ts';
import { k8sEvents } from './k8s-events.ts';
import { loss } from './loss.ts';
import { probeStatus } from './probe-status.ts';
import { processEvents } from './process-events.ts';
import { requests } from './requests.ts';
import { syscallStats } from './syscall-stats.ts';

/** Every record that agents send, by table. */
export const records = {
  requests,
  connections,
  syscall_stats: syscallStats,
  process_events: processEvents,
  agent_status: agentStatus,
  probe_status: probeStatus,
  loss,
} as const;

/** Every record that collectors write themselves: no agent sends it, so it has no plan of columns and no batches. */
export const collectorRecords = {
  k8s_entities: k8sEntities,
  k8s_events: k8sEvents,
} as const;

/** Every base table. */
export const storedRecords = { ...records, ...collectorRecords } as const;

export type CollectorTableName = keyof typeof collectorRecords;
export type StoredTableName = keyof typeof storedRecords;
export type TableName = keyof typeof records;
export const tableNames = Object.keys(records) as readonly TableName[]; // Proof: the keys of the literal above.
