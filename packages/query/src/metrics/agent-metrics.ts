import { agentStatus, COUNTED_IN_KERNEL, loss } from '@tomte/model';
import type { SqlParams } from '../sql-params.ts';
import type { TimeRange } from '../time-range.ts';
import { agentLabels } from './labels.ts';
import type { MetricFamily } from './metric.ts';

const latest = { type: 'gauge', record: agentStatus, kind: 'latest', labels: agentLabels } as const;
/** Agents count from their start: their counters begin anew with them. */
const counter = { ...latest, type: 'counter' } as const;

const lossLabels = {
  reason: { sql: 'r.reason', meaning: 'Why.' },
  source: { sql: 'r.source', meaning: 'Which part lost it.' },
};
const isAccount = (row: string): string => `${row}.detail = '${COUNTED_IN_KERNEL}'`;

/** Where the kernel has counted, the rows that say where it was are not counted again. */
function countedOnce(range: TimeRange, params: SqlParams): string {
  return [
    `(${isAccount('r')} OR (r.reason, r.source, r.agent_id) NOT IN (`,
    '      SELECT s.reason, s.source, s.agent_id',
    '      FROM loss AS s',
    `      WHERE s.start_time >= ${params.time(range.fromNs)}`,
    `        AND s.start_time < ${params.time(range.toNs)}`,
    `        AND ${isAccount('s')}`,
    '    ))',
  ].join('\n');
}

const lost = {
  type: 'counter',
  record: loss,
  kind: 'accumulated',
  labels: lossLabels,
  whereInRange: countedOnce,
} as const;

/** For readers of all namespaces. */
export const agentMetrics: readonly MetricFamily[] = [
  {
    name: 'tomte_agent_up',
    type: 'gauge',
    help: 'Whether the agent said something of itself within the last step; 0 for an hour after its last word.',
    unit: '',
    record: agentStatus,
    kind: 'presence',
    labels: agentLabels,
    value: '1',
  },
  {
    ...latest,
    name: 'tomte_agent_memory_bytes',
    help: 'Resident memory.',
    unit: 'bytes',
    value: 'r.rss_bytes',
  },
  {
    ...latest,
    name: 'tomte_agent_cpu_cores',
    help: 'CPU cores that it used since it last spoke.',
    unit: '',
    value: 'r.cpu_millicores / 1000',
  },
  {
    ...latest,
    name: 'tomte_agent_open_requests',
    help: 'Requests without an end.',
    unit: '',
    value: 'r.open_requests',
  },
  {
    ...latest,
    name: 'tomte_agent_open_connections',
    help: 'Connections that it follows.',
    unit: '',
    value: 'r.open_connections',
  },
  {
    ...latest,
    name: 'tomte_agent_spool_bytes',
    help: 'Bytes that no collector has acknowledged.',
    unit: 'bytes',
    value: 'r.spool_bytes',
  },
  {
    ...counter,
    name: 'tomte_agent_captured_events_total',
    help: 'Data events that the kernel saw.',
    unit: '',
    value: 'r.captured_events',
  },
  {
    ...counter,
    name: 'tomte_agent_captured_bytes_total',
    help: 'Bytes of those events.',
    unit: 'bytes',
    value: 'r.captured_bytes',
  },
  {
    ...counter,
    name: 'tomte_agent_dropped_events_total',
    help: 'Data events that were dropped, for any reason.',
    unit: '',
    value: 'r.dropped_events',
  },
  {
    ...counter,
    name: 'tomte_agent_requests_total',
    help: 'Requests that it sealed for the collector.',
    unit: '',
    value: 'r.emitted_requests',
  },
  {
    ...lost,
    name: 'tomte_lost_events_total',
    help: 'Events that happened and are not stored whole, where their number is known.',
    unit: '',
    value: 'sum(ifNull(r.events, 0))',
  },
  {
    ...lost,
    name: 'tomte_lost_bytes_total',
    help: 'Bytes of streams that are not stored, where their number is known.',
    unit: 'bytes',
    value: 'sum(ifNull(r.bytes, 0))',
  },
];
