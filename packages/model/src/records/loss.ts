import { defineRecord } from '../record.ts';
import { deliveryColumns } from './common-columns.ts';

/** Every reason for which something that happened is not stored whole. Append only. */
export const lossReasons = [
  'ring_full',
  'capture_limit',
  'read_fault',
  'map_full',
  'governor',
  'reassembly_limit',
  'parser_limit',
  'parser_resync',
  'queue_full',
  'spool_evicted',
  'spool_corrupt',
  'batch_refused',
  'partition_dropped',
  'agent_down',
  'recording_truncated',
  'joined_late',
  'tls_unbound',
  'spool_write_failed',
  'not_in_capture',
  'not_in_memory',
  'pod_unknown',
] as const;
export type LossReason = (typeof lossReasons)[number];

/**
 * `detail` of the rows that hold the kernel's own account of a byte stream: each lost event and byte once, by
 * reason. Rows of the same source and reason with a connection say where these were lost.
 */
export const COUNTED_IN_KERNEL = 'counted in the kernel';

export const loss = defineRecord({
  table: 'loss',
  meaning: 'Something that happened and is not stored whole: where, when, how much and why.',
  columns: {
    start_time: {
      type: 'DateTime64(9)',
      meaning: 'Start of the time that it concerns.',
      source: 'agent',
      semantic: 'time',
      codec: 'Delta, ZSTD(1)',
    },
    end_time: {
      type: 'DateTime64(9)',
      meaning: 'End of the time that it concerns.',
      source: 'agent',
      semantic: 'time',
      codec: 'Delta, ZSTD(1)',
    },
    source: {
      type: 'LowCardinality(String)',
      meaning:
        'Which part lost it: socket_data, tls_data, lifecycle, syscall_stats, requests, spool, collector, store.',
      source: 'agent',
      semantic: 'text',
    },
    reason: {
      type: 'LowCardinality(String)',
      meaning: 'Why, from the closed list of reasons.',
      source: 'agent',
      semantic: 'reason',
    },
    events: {
      type: 'Nullable(UInt64)',
      meaning: 'How many events (of a spool or a store: rows); null when it cannot be known.',
      source: 'agent',
      semantic: 'count',
      unit: '1',
    },
    bytes: {
      type: 'Nullable(UInt64)',
      meaning: 'How many bytes of the streams; null when it cannot be known.',
      source: 'agent',
      semantic: 'bytes',
      unit: 'By',
    },
    connection_id: {
      type: 'UInt64',
      meaning: 'The connection with the gap; 0 when it is not about one.',
      source: 'agent',
      semantic: 'identifier',
    },
    role: {
      type: 'Enum8',
      values: ['unknown', 'client', 'server'],
      meaning: 'Which end of that connection was observed.',
      source: 'agent',
      semantic: 'text',
    },
    direction: {
      type: 'Enum8',
      values: ['none', 'sent', 'received'],
      meaning: 'Direction of the gap, seen from the observed process.',
      source: 'agent',
      semantic: 'text',
    },
    first_byte: {
      type: 'UInt64',
      meaning: 'Position in the stream of the first missing byte.',
      source: 'agent',
      semantic: 'count',
    },
    detail: { type: 'String', meaning: 'More about it, for people.', source: 'agent', semantic: 'text' },
    ...deliveryColumns,
  },
  timeColumn: 'start_time',
  orderBy: ['toStartOfMinute(start_time)', 'reason', 'start_time'],
  orderByWhy: 'Every answer asks for the loss of its time range.',
  ttlDays: 90,
  indexes: ['INDEX by_batch batch_seq TYPE minmax GRANULARITY 1'],
});
