import { requests as record } from '@tomte/model';
import { onceCondition } from '../once.ts';
import { requestIdSql } from '../request-id.ts';
import { defineView } from '../view.ts';
import { conditions, joinConditions } from '../where.ts';
import { bytes, named, storedColumns } from './columns.ts';

const shown = [
  'start_time',
  'service_name',
  'peer_service_name',
  'method',
  'host',
  'path',
  'status_code',
  'outcome',
  'duration_ns',
  'request_bytes',
  'response_bytes',
];

export const largestRequests = defineView({
  name: 'largest-requests',
  title: 'Largest requests',
  meaning: 'One request, those with the most bytes of request and response together first.',
  record,
  params: {},
  columns: {
    id: named('identifier', 'Name of the row, for /api/v1/requests/{id}; opaque.'),
    ...storedColumns(record, shown),
    total_bytes: bytes('request_bytes and response_bytes together.'),
  },
  chart: { kind: 'table' },
  defaultLimitRows: 100,
  maxLimitRows: 10_000,
  sql({ params, range, filters, fetchRows }) {
    const where = [...conditions(record, range, filters, params), onceCondition(range, params)];
    return [
      `SELECT\n  ${[
        requestIdSql,
        ...shown.map((name) => `r.${name} AS ${name}`),
        'r.request_bytes + r.response_bytes AS total_bytes',
      ].join(',\n  ')}`,
      `FROM ${record.table} AS r`,
      `WHERE ${joinConditions(where)}`,
      'ORDER BY total_bytes DESC, start_time DESC',
      `LIMIT ${params.add(fetchRows, 'UInt64')}`,
    ].join('\n');
  },
});
