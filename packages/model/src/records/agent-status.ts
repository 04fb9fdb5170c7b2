import { defineRecord } from '../record.ts';
import { deliveryColumns } from './common-columns.ts';

const counter = (meaning: string, semantic: 'count' | 'bytes', unit: '1' | 'By') =>
  ({ type: 'UInt64', meaning, source: 'agent', semantic, unit }) as const;

export const agentStatus = defineRecord({
  table: 'agent_status',
  meaning: 'What an agent says of itself, every few seconds. Counters start at zero when the agent does.',
  columns: {
    time: {
      type: 'DateTime64(9)',
      meaning: 'When it was said.',
      source: 'agent',
      semantic: 'time',
      codec: 'Delta, ZSTD(1)',
    },
    boot_id: {
      type: 'LowCardinality(String)',
      meaning: 'This run of the agent: new at each start.',
      source: 'agent',
      semantic: 'identifier',
    },
    started_at: { type: 'DateTime64(9)', meaning: 'Start of this run.', source: 'agent', semantic: 'time' },
    version: {
      type: 'LowCardinality(String)',
      meaning: "The agent's version.",
      source: 'agent',
      semantic: 'text',
    },
    governor_step: {
      type: 'Enum8',
      values: ['bodies', 'headers', 'sampled', 'counts'],
      meaning: 'What the agent captures now; bodies is everything.',
      source: 'agent',
      semantic: 'text',
    },
    cpu_millicores: {
      type: 'UInt32',
      meaning: 'CPU since the last row.',
      source: 'agent',
      semantic: 'count',
    },
    rss_bytes: counter('Resident memory.', 'bytes', 'By'),
    captured_events: counter('Data events that the kernel saw.', 'count', '1'),
    captured_bytes: counter('Bytes of those events.', 'bytes', 'By'),
    dropped_events: counter('Data events that were dropped, all reasons.', 'count', '1'),
    dropped_bytes: counter('Bytes of those events.', 'bytes', 'By'),
    emitted_requests: counter('Requests that were sealed.', 'count', '1'),
    open_requests: counter('Requests without an end at this moment.', 'count', '1'),
    open_connections: counter('Connections that are followed.', 'count', '1'),
    spool_bytes: counter('Bytes in the spool that no collector has acknowledged.', 'bytes', 'By'),
    spool_batches: counter('Batches in the spool that no collector has acknowledged.', 'count', '1'),
    resent_batches: counter('Batches that were sent more than once.', 'count', '1'),
    ...deliveryColumns,
  },
  timeColumn: 'time',
  orderBy: ['agent_id', 'time'],
  orderByWhy: 'Asked for the last state of each agent and its course.',
  ttlDays: 14,
  indexes: ['INDEX by_batch batch_seq TYPE minmax GRANULARITY 1'],
});
