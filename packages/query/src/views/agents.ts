import { agentStatus as record } from '@tomte/model';
import { describeRecord, projectColumn } from '../output-column.ts';
import { defineView } from '../view.ts';
import { conditions, joinConditions } from '../where.ts';

const columns = Object.entries(record.columns);

export const agents = defineView({
  name: 'agents',
  title: 'Agents',
  meaning: 'The last thing that each agent said of itself in the time range.',
  record,
  params: {},
  columns: describeRecord(record),
  chart: { kind: 'table' },
  defaultLimitRows: 1_000,
  maxLimitRows: 10_000,
  sql(input) {
    const shown = columns.map(([name, column]) => projectColumn(name, column));
    return [
      `SELECT\n  ${shown.join(',\n  ')}`,
      `FROM ${record.table} AS r`,
      `WHERE ${joinConditions(conditions(record, input.range, input.filters, input.params))}`,
      'ORDER BY r.agent_id, r.time DESC',
      'LIMIT 1 BY r.agent_id',
      `LIMIT ${input.params.add(input.fetchRows, 'UInt64')}`,
    ].join('\n');
  },
});
