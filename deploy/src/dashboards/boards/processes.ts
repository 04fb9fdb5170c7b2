import type { Board } from '../board.ts';
import { chart, type Unit } from '../panels.ts';
import { rate, type Scope, select, sumBy } from '../promql.ts';
import { namespaceVariable, serviceVariable, type LabelVariable } from '../variables.ts';

const scope: Scope = { variables: { k8s_namespace_name: 'namespace', service_name: 'service' } };
const calls: Scope = { variables: { ...scope.variables, syscall: 'syscall' } };

const syscallVariable: LabelVariable = {
  name: 'syscall',
  title: 'System call',
  metric: 'tomte_syscalls_total',
  label: 'syscall',
  within: scope.variables,
};

function lines(
  metric: string,
  of: Scope,
  {
    by,
    ...panel
  }: { readonly by: string; readonly title: string; readonly description: string; readonly unit: Unit },
) {
  const queries = [{ expr: sumBy([by], rate(select(metric, of))), legend: `{{${by}}}` }];
  return chart({ ...panel, width: 'third', queries });
}

export const processes: Board = {
  name: 'processes',
  title: 'Processes and system calls',
  description: 'Connections and system calls of the processes of services.',
  variables: [namespaceVariable, serviceVariable, syscallVariable],
  rows: [
    {
      title: 'System calls (agents that count them: --syscall-stats)',
      panels: [
        lines('tomte_syscalls_total', calls, {
          by: 'syscall',
          title: 'Calls',
          description: 'System calls that returned.',
          unit: 'ops',
        }),
        lines('tomte_syscall_errors_total', calls, {
          by: 'syscall',
          title: 'Errors',
          description: 'Calls that returned an error.',
          unit: 'ops',
        }),
        lines('tomte_syscall_seconds_total', calls, {
          by: 'syscall',
          title: 'Time inside',
          description: 'Seconds inside of calls by second, waiting included.',
          unit: 'short',
        }),
        lines('tomte_syscalls_total', calls, {
          by: 'service_name',
          title: 'Calls by service',
          description: 'System calls that returned.',
          unit: 'ops',
        }),
        lines('tomte_syscall_errors_total', calls, {
          by: 'service_name',
          title: 'Errors by service',
          description: 'Calls that returned an error.',
          unit: 'ops',
        }),
        lines('tomte_syscall_seconds_total', calls, {
          by: 'service_name',
          title: 'Time inside by service',
          description: 'Seconds inside of calls by second, waiting included.',
          unit: 'short',
        }),
      ],
    },
    {
      title: 'TCP connections, counted when they end',
      panels: [
        lines('tomte_connections_total', scope, {
          by: 'service_name',
          title: 'Connections',
          description: 'That ended or failed.',
          unit: 'cps',
        }),
        lines('tomte_connections_total', scope, {
          by: 'end_reason',
          title: 'Connections by end',
          description: 'Why they ended.',
          unit: 'cps',
        }),
        lines('tomte_connection_retransmitted_segments_total', scope, {
          by: 'service_name',
          title: 'Retransmitted segments',
          description: 'Sent again by this end.',
          unit: 'ops',
        }),
        lines('tomte_connection_sent_bytes_total', scope, {
          by: 'service_name',
          title: 'Sent',
          description: 'Bytes written to connections.',
          unit: 'Bps',
        }),
        lines('tomte_connection_received_bytes_total', scope, {
          by: 'service_name',
          title: 'Received',
          description: 'Bytes read from connections.',
          unit: 'Bps',
        }),
      ],
    },
  ],
};
