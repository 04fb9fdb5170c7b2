import { processEvents as record } from '@tomte/model';
import { defineView } from '../view.ts';
import { conditions, joinConditions } from '../where.ts';

export const processes = defineView({
  name: 'processes',
  title: 'Processes',
  meaning: 'One process of which something was heard in the time range: what it ran last, and how it ended.',
  record,
  params: {},
  columns: {
    host_name: { semantic: 'host', json: 'string', meaning: 'Machine of the process.' },
    pid: { semantic: 'pid', json: 'number', meaning: 'Process id.' },
    process_start_time: {
      semantic: 'time',
      json: 'string',
      meaning: 'When it started; null when not known.',
    },
    parent_pid: { semantic: 'pid', json: 'number', meaning: 'Its parent; 0 when not known.' },
    service_name: { semantic: 'service', json: 'string', meaning: 'Its service.' },
    process_name: { semantic: 'process', json: 'string', meaning: 'Base name of the executable.' },
    process_executable: { semantic: 'text', json: 'string', meaning: 'Path of the executable.' },
    process_command_line: { semantic: 'text', json: 'string', meaning: 'Command line, redacted.' },
    container_id: { semantic: 'container', json: 'string', meaning: 'Its container; empty outside of one.' },
    first_event_time: { semantic: 'time', json: 'string', meaning: 'First event in the range.' },
    last_event_time: { semantic: 'time', json: 'string', meaning: 'Last event in the range.' },
    last_event: { semantic: 'text', json: 'string', meaning: 'What the last event was: seen, exec or exit.' },
    exit_code: {
      semantic: 'status_code',
      json: 'number',
      meaning: 'Exit status; null unless it exited by itself.',
    },
    exit_signal: {
      semantic: 'status_code',
      json: 'number',
      meaning: 'Signal that ended it; null when none did.',
    },
    agent_id: { semantic: 'agent', json: 'string', meaning: 'The agent that observed it.' },
  },
  chart: { kind: 'table' },
  defaultLimitRows: 1_000,
  maxLimitRows: 10_000,
  sql(input) {
    const last = (name: string): string => `argMaxIf(r.${name}, r.time, r.${name} != '') AS ${name}`;
    const select = [
      'r.host_name AS host_name',
      'r.pid AS pid',
      "nullIf(r.process_start_time, toDateTime64(0, 9, 'UTC')) AS process_start_time",
      'argMaxIf(r.parent_pid, r.time, r.parent_pid != 0) AS parent_pid',
      ...['service_name', 'process_name', 'process_executable', 'process_command_line', 'container_id'].map(
        last,
      ),
      'min(r.time) AS first_event_time',
      'max(r.time) AS last_event_time',
      'argMax(r.event, r.time) AS last_event',
      'max(r.exit_code) AS exit_code',
      'max(r.exit_signal) AS exit_signal',
      'r.agent_id AS agent_id',
    ];
    return [
      `SELECT\n  ${select.join(',\n  ')}`,
      `FROM ${record.table} AS r`,
      `WHERE ${joinConditions(conditions(record, input.range, input.filters, input.params))}`,
      'GROUP BY host_name, agent_id, pid, process_start_time',
      'ORDER BY last_event_time DESC, host_name, pid',
      `LIMIT ${input.params.add(input.fetchRows, 'UInt64')}`,
    ].join('\n');
  },
});
