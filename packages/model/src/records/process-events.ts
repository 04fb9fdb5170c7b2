import { defineRecord } from '../record.ts';
import { deliveryColumns, kubernetesColumns, processColumns } from './common-columns.ts';

export const processEvents = defineRecord({
  table: 'process_events',
  meaning: 'A process was first seen, executed a program, or ended.',
  columns: {
    time: {
      type: 'DateTime64(9)',
      meaning: 'When.',
      source: 'kernel',
      semantic: 'time',
      codec: 'Delta, ZSTD(1)',
    },
    event: {
      type: 'Enum8',
      values: ['seen', 'exec', 'exit'],
      meaning: 'What happened; seen is for processes older than the agent.',
      source: 'kernel',
      semantic: 'text',
    },
    parent_pid: {
      type: 'UInt32',
      meaning: 'Its parent; 0 when not known.',
      source: 'kernel',
      semantic: 'pid',
    },
    exit_code: {
      type: 'Nullable(UInt16)',
      meaning: 'Exit status; null unless it exited by itself.',
      source: 'kernel',
      semantic: 'status_code',
    },
    exit_signal: {
      type: 'Nullable(UInt16)',
      meaning: 'Signal that ended it; null when none did.',
      source: 'kernel',
      semantic: 'status_code',
    },
    service_name: {
      type: 'LowCardinality(String)',
      meaning: 'Service of the process.',
      source: 'agent',
      semantic: 'service',
    },
    ...processColumns,
    ...kubernetesColumns,
    ...deliveryColumns,
  },
  timeColumn: 'time',
  orderBy: ['service_name', 'time'],
  orderByWhy: 'Asked by service and time.',
  ttlDays: 14,
  indexes: ['INDEX by_batch batch_seq TYPE minmax GRANULARITY 1'],
});
