import { defineRecord } from '../record.ts';
import { deliveryColumns, kubernetesColumns, processColumns } from './common-columns.ts';

export const syscallStats = defineRecord({
  table: 'syscall_stats',
  meaning: 'System calls of one process and one kind over one interval, counted in the kernel.',
  columns: {
    interval_start: {
      type: 'DateTime64(9)',
      meaning: 'Start of the interval.',
      source: 'agent',
      semantic: 'time',
      codec: 'Delta, ZSTD(1)',
    },
    interval_ns: {
      type: 'UInt64',
      meaning: 'Length of the interval.',
      source: 'agent',
      semantic: 'duration',
      unit: 'ns',
    },
    syscall: {
      type: 'LowCardinality(String)',
      meaning: 'Name of the system call; syscall_N when the number has no name here.',
      source: 'kernel',
      semantic: 'text',
    },
    call_count: {
      type: 'UInt64',
      meaning: 'Calls that returned.',
      source: 'kernel',
      semantic: 'count',
      unit: '1',
    },
    error_count: {
      type: 'UInt64',
      meaning: 'Calls that returned an error.',
      source: 'kernel',
      semantic: 'count',
      unit: '1',
    },
    total_ns: {
      type: 'UInt64',
      meaning: 'Time inside of the calls, waiting included.',
      source: 'kernel',
      semantic: 'duration',
      unit: 'ns',
    },
    max_ns: {
      type: 'UInt64',
      meaning: 'The longest call.',
      source: 'kernel',
      semantic: 'duration',
      unit: 'ns',
    },
    service_name: {
      type: 'LowCardinality(String)',
      meaning: 'Service of the process.',
      source: 'agent',
      semantic: 'service',
      otel: 'service.name',
    },
    ...processColumns,
    ...kubernetesColumns,
    ...deliveryColumns,
  },
  timeColumn: 'interval_start',
  orderBy: ['service_name', 'syscall', 'interval_start'],
  orderByWhy: 'Asked by service and call over time.',
  ttlDays: 14,
  indexes: ['INDEX by_batch batch_seq TYPE minmax GRANULARITY 1'],
});
