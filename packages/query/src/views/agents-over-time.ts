import { agentStatus as record } from '@tomte/model';
import { defineView } from '../view.ts';
import { conditions, joinConditions } from '../where.ts';
import { bytes, count, named, time } from './columns.ts';
import { stepOf, stepParam, stepSeconds } from './time-steps.ts';

export const agentsOverTime = defineView({
  name: 'agents-over-time',
  title: 'Agents over time',
  meaning: 'What an agent took and held back within one step of time.',
  record,
  params: { step: stepParam },
  columns: {
    time: time('Start of the step.'),
    agent_id: named('agent', 'The agent.'),
    host_name: named('host', 'Its machine.'),
    cpu_millicores: count('Mean of its CPU; 1,000 is one core.'),
    rss_bytes: bytes('Most of its resident memory.'),
    open_requests: count('Most requests without an end.'),
    open_connections: count('Most connections that it followed.'),
    spool_bytes: bytes('Most bytes that no collector had acknowledged.'),
    governor_step: named(
      'text',
      'The least that it captured: bodies is everything, then headers, sampled, counts.',
    ),
  },
  chart: { kind: 'timeseries', time: 'time', series: 'host_name', values: ['cpu_millicores', 'rss_bytes'] },
  defaultLimitRows: 10_000,
  maxLimitRows: 50_000,
  sql({ params, range, values, filters, fetchRows }) {
    const select = [
      `${stepOf('r.time', stepSeconds(values.step, range), params)} AS time`,
      'r.agent_id AS agent_id',
      'any(r.host_name) AS host_name',
      'avg(r.cpu_millicores) AS cpu_millicores',
      'max(r.rss_bytes) AS rss_bytes',
      'max(r.open_requests) AS open_requests',
      'max(r.open_connections) AS open_connections',
      'max(r.spool_bytes) AS spool_bytes',
      'argMax(r.governor_step, r.governor_step) AS governor_step',
    ];
    return [
      `SELECT\n  ${select.join(',\n  ')}`,
      `FROM ${record.table} AS r`,
      `WHERE ${joinConditions(conditions(record, range, filters, params))}`,
      'GROUP BY time, agent_id',
      'ORDER BY time, agent_id',
      `LIMIT ${params.add(fetchRows, 'UInt64')}`,
    ].join('\n');
  },
});
