import { syscallStats as record } from '@tomte/model';
import { defineView } from '../view.ts';
import { conditions, joinConditions } from '../where.ts';

export const syscalls = defineView({
  name: 'syscalls',
  title: 'System calls',
  meaning: 'Count, errors and time of one kind of system call in one process, over the time range.',
  record,
  params: {},
  columns: {
    service_name: { semantic: 'service', json: 'string', meaning: 'Service of the process.' },
    host_name: { semantic: 'host', json: 'string', meaning: 'Machine of the process.' },
    process_name: { semantic: 'process', json: 'string', meaning: 'Base name of the executable.' },
    pid: { semantic: 'pid', json: 'number', meaning: 'Process id.' },
    syscall: { semantic: 'text', json: 'string', meaning: 'Name of the system call.' },
    call_count: { semantic: 'count', json: 'number', unit: '1', meaning: 'Calls that returned.' },
    error_count: { semantic: 'count', json: 'number', unit: '1', meaning: 'Calls that returned an error.' },
    error_ratio: { semantic: 'ratio', json: 'number', unit: '1', meaning: 'error_count by call_count.' },
    total_ns: {
      semantic: 'duration',
      json: 'number',
      unit: 'ns',
      meaning: 'Time inside of the calls, waiting included.',
    },
    mean_ns: { semantic: 'duration', json: 'number', unit: 'ns', meaning: 'total_ns by call_count.' },
    max_ns: { semantic: 'duration', json: 'number', unit: 'ns', meaning: 'The longest call.' },
  },
  chart: { kind: 'bars', label: 'syscall', value: 'total_ns' },
  defaultLimitRows: 1_000,
  maxLimitRows: 10_000,
  sql(input) {
    const select = [
      ...['service_name', 'host_name', 'process_name', 'pid', 'syscall'].map(
        (name) => `r.${name} AS ${name}`,
      ),
      'sum(r.call_count) AS call_count',
      'sum(r.error_count) AS error_count',
      'if(call_count = 0, NULL, error_count / call_count) AS error_ratio',
      'sum(r.total_ns) AS total_ns',
      'if(call_count = 0, NULL, intDiv(total_ns, call_count)) AS mean_ns',
      'max(r.max_ns) AS max_ns',
    ];
    return [
      `SELECT\n  ${select.join(',\n  ')}`,
      `FROM ${record.table} AS r`,
      `WHERE ${joinConditions(conditions(record, input.range, input.filters, input.params))}`,
      'GROUP BY service_name, host_name, process_name, pid, r.process_start_time, syscall',
      'ORDER BY total_ns DESC, service_name, host_name, process_name, pid, syscall',
      `LIMIT ${input.params.add(input.fetchRows, 'UInt64')}`,
    ].join('\n');
  },
});
