import { agentStatus } from './agent-status.ts';
import { connections } from './connections.ts';
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

export type TableName = keyof typeof records;
export const tableNames = Object.keys(records) as readonly TableName[]; // Proof: the keys of the literal above.
