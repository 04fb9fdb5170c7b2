import type { Board } from '../board.ts';
import { chart, type Unit, stat } from '../panels.ts';
import { rate, type Scope, select, sumBy } from '../promql.ts';
import type { LabelVariable } from '../variables.ts';

const scope: Scope = { variables: { host_name: 'node' } };
const all: Scope = { variables: {} };

const nodeVariable: LabelVariable = {
  name: 'node',
  title: 'Node',
  metric: 'tomte_agent_up',
  label: 'host_name',
};

interface Lines {
  readonly title: string;
  readonly description: string;
  readonly unit: Unit;
}

function gauge(metric: string, lines: Lines) {
  const queries = [{ expr: sumBy(['host_name'], select(metric, scope)), legend: '{{host_name}}' }];
  return chart({ ...lines, width: 'third', queries });
}

function counter(metric: string, lines: Lines) {
  const queries = [{ expr: sumBy(['host_name'], rate(select(metric, scope))), legend: '{{host_name}}' }];
  return chart({ ...lines, width: 'third', queries });
}

function lost(what: 'events' | 'bytes', by: 'reason' | 'source') {
  const expr = sumBy([by], rate(select(`tomte_lost_${what}_total`, all)));
  return chart({
    title: `Lost ${what} by ${by}`,
    description: 'What happened and is not stored whole, where its number is known.',
    unit: what === 'bytes' ? 'Bps' : 'ops',
    width: 'half',
    isStacked: true,
    queries: [{ expr, legend: `{{${by}}}` }],
  });
}

export const agents: Board = {
  name: 'agents',
  title: 'Agents, nodes and loss',
  description: 'What the agent on each node costs, captures and loses. For readers of all namespaces.',
  variables: [nodeVariable],
  rows: [
    {
      title: 'Now',
      panels: [
        stat({
          title: 'Agents that speak',
          description: 'Said something of themselves within the last step.',
          unit: 'none',
          width: 'sixth',
          expr: `sum(${select('tomte_agent_up', scope)})`,
        }),
        stat({
          title: 'Agents that fell silent',
          description: 'Spoke within the last hour, and do not now.',
          unit: 'none',
          width: 'sixth',
          expr: `count(${select('tomte_agent_up', scope)} == 0) or vector(0)`,
        }),
        stat({
          title: 'Lost events',
          description: 'Over the whole time range.',
          unit: 'short',
          width: 'sixth',
          expr: `sum(increase(${select('tomte_lost_events_total', all)}[$__range])) or vector(0)`,
        }),
        stat({
          title: 'Lost bytes',
          description: 'Over the whole time range.',
          unit: 'bytes',
          width: 'sixth',
          expr: `sum(increase(${select('tomte_lost_bytes_total', all)}[$__range])) or vector(0)`,
        }),
        stat({
          title: 'Waiting',
          description: 'Bytes that no collector has acknowledged.',
          unit: 'bytes',
          width: 'sixth',
          expr: `sum(${select('tomte_agent_spool_bytes', scope)})`,
        }),
      ],
    },
    {
      title: 'Loss',
      panels: [
        lost('events', 'reason'),
        lost('events', 'source'),
        lost('bytes', 'reason'),
        lost('bytes', 'source'),
      ],
    },
    {
      title: 'Cost by node',
      panels: [
        gauge('tomte_agent_cpu_cores', {
          title: 'CPU',
          description: 'Cores that the agent uses.',
          unit: 'short',
        }),
        gauge('tomte_agent_memory_bytes', {
          title: 'Memory',
          description: 'Resident memory of the agent.',
          unit: 'bytes',
        }),
        gauge('tomte_agent_spool_bytes', {
          title: 'Waiting for a collector',
          description: 'Bytes in the spool.',
          unit: 'bytes',
        }),
      ],
    },
    {
      title: 'Captured by node',
      panels: [
        counter('tomte_agent_requests_total', {
          title: 'Requests',
          description: 'That the agent sealed for the collector.',
          unit: 'reqps',
        }),
        counter('tomte_agent_captured_events_total', {
          title: 'Events',
          description: 'Data events that the kernel saw.',
          unit: 'ops',
        }),
        counter('tomte_agent_captured_bytes_total', {
          title: 'Bytes',
          description: 'Bytes of those events.',
          unit: 'Bps',
        }),
        counter('tomte_agent_dropped_events_total', {
          title: 'Dropped events',
          description: 'For any reason.',
          unit: 'ops',
        }),
        gauge('tomte_agent_open_requests', {
          title: 'Open requests',
          description: 'Requests without an end.',
          unit: 'short',
        }),
        gauge('tomte_agent_open_connections', {
          title: 'Open connections',
          description: 'That the agent follows.',
          unit: 'short',
        }),
      ],
    },
  ],
};
