import { agentStatus as record } from '@tomte/model';
import { defineView } from '../view.ts';
import { conditions, joinConditions } from '../where.ts';
import { bytes, count, named, ratio } from './columns.ts';

/** Counters start at zero with each run: of a run what came within the range is the difference of its ends. */
const grown = (name: string): string => `max(r.${name}) - min(r.${name})`;

export const costOfObserving = defineView({
  name: 'cost-of-observing',
  title: 'Cost of observing',
  meaning: 'What an agent took of its machine in the time range, and what it saw for that.',
  record,
  params: {},
  columns: {
    agent_id: named('agent', 'The agent.'),
    host_name: named('host', 'Its machine.'),
    cpu_millicores: count('Mean of its CPU; 1,000 is one core.'),
    cpu_max_millicores: count('Most of it in one report.'),
    rss_bytes: bytes('Mean of its resident memory.'),
    rss_max_bytes: bytes('Most of it.'),
    captured_events: count(
      'Data events that the kernel saw, between the first and the last report of each run.',
    ),
    dropped_events: count('Of these: dropped.'),
    dropped_ratio: ratio('dropped_events by captured_events.'),
    emitted_requests: count('Requests that were sealed, between the same reports.'),
    cpu_ns_per_request: {
      semantic: 'duration',
      json: 'number',
      unit: 'ns',
      meaning: 'CPU time by request; null where there was none.',
    },
    run_count: count('Runs of the agent: more than one when it was started again.'),
  },
  chart: { kind: 'bars', label: 'host_name', value: 'cpu_millicores' },
  links: [{ column: 'agent_id', view: 'agents', title: 'The agent', parameters: { agent_id: 'agent_id' } }],
  defaultLimitRows: 1_000,
  maxLimitRows: 10_000,
  sql({ params, range, filters, fetchRows }) {
    const select = [
      'q.agent_id AS agent_id',
      'any(q.host_name) AS host_name',
      'sum(q.cpu_sum) / sum(q.report_count) AS cpu_millicores',
      'max(q.cpu_max) AS cpu_max_millicores',
      'toUInt64(sum(q.rss_sum) / sum(q.report_count)) AS rss_bytes',
      'max(q.rss_max) AS rss_max_bytes',
      'sum(q.captured) AS captured_events',
      'sum(q.dropped) AS dropped_events',
      'if(sum(q.captured) = 0, NULL, sum(q.dropped) / sum(q.captured)) AS dropped_ratio',
      'sum(q.emitted) AS emitted_requests',
      'if(sum(q.emitted) = 0, NULL, sum(q.cpu_sum) / sum(q.report_count) * 1e6 * sum(q.seconds) / sum(q.emitted)) AS cpu_ns_per_request',
      'count() AS run_count',
    ];
    return [
      `SELECT\n  ${select.join(',\n  ')}`,
      'FROM (',
      '  SELECT',
      '    r.agent_id AS agent_id, r.boot_id AS boot_id, any(r.host_name) AS host_name,',
      '    sum(r.cpu_millicores) AS cpu_sum, max(r.cpu_millicores) AS cpu_max, count() AS report_count,',
      '    sum(r.rss_bytes) AS rss_sum, max(r.rss_bytes) AS rss_max,',
      `    ${grown('captured_events')} AS captured, ${grown('dropped_events')} AS dropped, ${grown('emitted_requests')} AS emitted,`,
      '    (toUnixTimestamp64Nano(max(r.time)) - toUnixTimestamp64Nano(min(r.time))) / 1e9 AS seconds',
      `  FROM ${record.table} AS r`,
      `  WHERE ${joinConditions(conditions(record, range, filters, params)).replaceAll('\n', '\n  ')}`,
      '  GROUP BY r.agent_id, r.boot_id',
      ') AS q',
      'GROUP BY agent_id',
      'ORDER BY cpu_millicores DESC, agent_id',
      `LIMIT ${params.add(fetchRows, 'UInt64')}`,
    ].join('\n');
  },
});
