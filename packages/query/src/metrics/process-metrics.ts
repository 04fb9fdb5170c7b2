import { connections, syscallStats } from '@tomte/model';
import { ownLabels } from './labels.ts';
import type { MetricFamily } from './metric.ts';

const ofConnections = { type: 'counter', record: connections, kind: 'accumulated' } as const;
const syscallLabels = { ...ownLabels, syscall: { sql: 'r.syscall', meaning: 'Name of the system call.' } };
const ofSyscalls = {
  type: 'counter',
  record: syscallStats,
  kind: 'accumulated',
  labels: syscallLabels,
} as const;

/** Counted when a connection ends, at each end that is observed. */
export const connectionMetrics: readonly MetricFamily[] = [
  {
    ...ofConnections,
    name: 'tomte_connections_total',
    help: 'TCP connections of the process that ended or failed.',
    unit: '',
    labels: {
      ...ownLabels,
      end_reason: {
        sql: 'toString(r.end_reason)',
        meaning: 'closed, connect_failed, reset, process_exit or unknown.',
      },
    },
    value: 'count()',
  },
  {
    ...ofConnections,
    name: 'tomte_connection_sent_bytes_total',
    help: 'Bytes that the process wrote to connections which have ended.',
    unit: 'bytes',
    labels: ownLabels,
    value: 'sum(r.sent_bytes)',
  },
  {
    ...ofConnections,
    name: 'tomte_connection_received_bytes_total',
    help: 'Bytes that the process read from connections which have ended.',
    unit: 'bytes',
    labels: ownLabels,
    value: 'sum(r.received_bytes)',
  },
  {
    ...ofConnections,
    name: 'tomte_connection_retransmitted_segments_total',
    help: 'TCP segments that this end sent again, on connections which have ended.',
    unit: '',
    labels: ownLabels,
    value: 'sum(r.retransmitted_segments)',
  },
];

export const syscallMetrics: readonly MetricFamily[] = [
  {
    ...ofSyscalls,
    name: 'tomte_syscalls_total',
    help: 'System calls that returned, at the start of the interval in which they were counted.',
    unit: '',
    value: 'sum(r.call_count)',
  },
  {
    ...ofSyscalls,
    name: 'tomte_syscall_errors_total',
    help: 'System calls that returned an error.',
    unit: '',
    value: 'sum(r.error_count)',
  },
  {
    ...ofSyscalls,
    name: 'tomte_syscall_seconds_total',
    help: 'Time inside of system calls, waiting included.',
    unit: 'seconds',
    value: 'sum(r.total_ns) / 1e9',
  },
];
