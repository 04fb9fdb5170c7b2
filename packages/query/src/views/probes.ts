import { probeStatus as record } from '@tomte/model';
import { describeRecord, projectColumn } from '../output-column.ts';
import { defineView } from '../view.ts';
import { conditions, joinConditions } from '../where.ts';

const columns = Object.entries(record.columns);

export const probes = defineView({
  name: 'probes',
  title: 'Probes',
  meaning: 'How each probe stood on each target when it was last said in the time range.',
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
      'ORDER BY r.agent_id, r.probe, r.target, r.time DESC',
      'LIMIT 1 BY r.agent_id, r.probe, r.target',
      `LIMIT ${input.params.add(input.fetchRows, 'UInt64')}`,
    ].join('\n');
  },
});
