import { requests as record } from '@tomte/model';
import { onceCondition } from '../once.ts';
import { defineView, type ViewInput } from '../view.ts';
import type { ViewParams } from '../view-param.ts';
import { conditions, joinConditions } from '../where.ts';
import { redColumns, redSelect } from './red.ts';

export const services = defineView({
  name: 'services',
  title: 'Services',
  meaning: 'Rate, errors and duration of the requests that a service was asked, over the time range.',
  record,
  params: {},
  columns: {
    service_name: {
      semantic: 'service',
      json: 'string',
      meaning:
        'The service that was asked; where its own end was not seen, its name or address as the client knew it.',
    },
    protocol: { semantic: 'protocol', json: 'string', meaning: 'Application protocol.' },
    ...redColumns,
  },
  chart: { kind: 'bars', label: 'service_name', value: 'requests_per_second' },
  defaultLimitRows: 1_000,
  maxLimitRows: 10_000,
  sql: (input) => rawSql(input),
});

/** Who was asked, from either end's row. */
export const askedService =
  "if(r.role = 'client', coalesce(nullIf(r.peer_service_name, ''), nullIf(r.host, ''), " +
  "concat(replaceOne(toString(r.server_address), '::ffff:', ''), ':', toString(r.server_port))), r.service_name)";

function rawSql(input: ViewInput<ViewParams>): string {
  const { params, range } = input;
  const where = joinConditions([
    ...conditions(record, range, input.filters, params),
    onceCondition(range, params),
  ]);
  return [
    `SELECT\n  ${askedService} AS service_name,\n  r.protocol AS protocol,\n  ${redSelect(range, params).join(',\n  ')}`,
    `FROM ${record.table} AS r`,
    `WHERE ${where}`,
    'GROUP BY service_name, protocol',
    'ORDER BY request_count DESC, service_name, protocol',
    `LIMIT ${params.add(input.fetchRows, 'UInt64')}`,
  ].join('\n');
}
