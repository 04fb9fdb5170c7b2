import { defineRecord } from '../record.ts';
import { deliveryColumns } from './common-columns.ts';

export const probeStatus = defineRecord({
  table: 'probe_status',
  meaning: 'How one probe stands on one target: what was chosen and why, or why it is not attached.',
  columns: {
    time: { type: 'DateTime64(9)', meaning: 'When it came to be so.', source: 'agent', semantic: 'time' },
    boot_id: {
      type: 'LowCardinality(String)',
      meaning: 'The run of the agent.',
      source: 'agent',
      semantic: 'identifier',
    },
    probe: {
      type: 'LowCardinality(String)',
      meaning: 'Name of the probe, such as call_return or SSL_write.',
      source: 'agent',
      semantic: 'text',
    },
    target: {
      type: 'LowCardinality(String)',
      meaning: 'Kernel, or the file that it is attached to.',
      source: 'agent',
      semantic: 'text',
    },
    state: {
      type: 'Enum8',
      values: ['attached', 'absent', 'failed', 'detached', 'disabled'],
      meaning: 'Whether it works.',
      source: 'agent',
      semantic: 'text',
    },
    method: {
      type: 'LowCardinality(String)',
      meaning: 'How: tracepoint, tp_btf, uprobe_multi, uprobe; for uprobes emulated, mixed or stepped.',
      source: 'agent',
      semantic: 'text',
    },
    detail: {
      type: 'String',
      meaning: 'Offsets and instructions, or the error.',
      source: 'agent',
      semantic: 'text',
    },
    ...deliveryColumns,
  },
  timeColumn: 'time',
  orderBy: ['agent_id', 'probe', 'target', 'time'],
  orderByWhy: 'Asked for the state of the probes of an agent.',
  ttlDays: 14,
  indexes: ['INDEX by_batch batch_seq TYPE minmax GRANULARITY 1'],
});
