import { askedService, requests as record } from '@tomte/model';
import { compileFilter, type Filter } from '../filter.ts';
import { clientJoin, isClientNear, onceCondition } from '../once.ts';
import type { SqlParams } from '../sql-params.ts';
import { defineView } from '../view.ts';
import { conditions, joinConditions } from '../where.ts';
import { redColumns, redSelect } from './red.ts';

/**
 * Who asked, from either end's row: the client's own name where its end was seen too, else what the
 * server's agent knew. A client's port changes with each connection: its address alone.
 */
const askingService =
  `if(r.role = 'client', r.service_name, coalesce(if(${isClientNear}, nullIf(c.service_name, ''), NULL), ` +
  "nullIf(r.peer_service_name, ''), " +
  "replaceOne(toString(r.client_address), '::ffff:', '')))";

export const edges = defineView({
  name: 'edges',
  title: 'Edges',
  meaning: 'Rate, errors and duration of the requests from one service to another, over the time range.',
  record,
  params: {},
  columns: {
    client_service_name: {
      semantic: 'service',
      json: 'string',
      meaning: 'The service that asked; its address where no name is known.',
    },
    server_service_name: {
      semantic: 'service',
      json: 'string',
      meaning: 'The service that was asked; its address where no name is known.',
    },
    protocol: { semantic: 'protocol', json: 'string', meaning: 'Application protocol.' },
    encrypted: { semantic: 'flag', json: 'boolean', meaning: 'The requests went through TLS.' },
    ...redColumns,
  },
  chart: {
    kind: 'graph',
    from: 'client_service_name',
    to: 'server_service_name',
    weight: 'requests_per_second',
  },
  defaultLimitRows: 1_000,
  maxLimitRows: 10_000,
  sql(input) {
    const { params, range } = input;
    const select = [
      `${askingService} AS client_service_name`,
      `${askedService} AS server_service_name`,
      'r.protocol AS protocol',
      'r.encrypted AS encrypted',
      ...redSelect(range, params),
    ];
    const rowFilters = input.filters.filter((filter) => filter.name !== 'service_name');
    const where = [...conditions(record, range, rowFilters, params), onceCondition(range, params)];
    const having = input.filters
      .filter((filter) => filter.name === 'service_name')
      .map((filter) => eitherEnd(filter, params));
    return [
      `SELECT\n  ${select.join(',\n  ')}`,
      `FROM ${record.table} AS r`,
      clientJoin(range, params),
      `WHERE ${joinConditions(where)}`,
      'GROUP BY client_service_name, server_service_name, protocol, encrypted',
      ...(having.length === 0 ? [] : [`HAVING ${joinConditions(having)}`]),
      'ORDER BY request_count DESC, client_service_name, server_service_name, protocol, encrypted',
      `LIMIT ${params.add(input.fetchRows, 'UInt64')}`,
    ].join('\n');
  },
});

/** A filter on the service means an edge that touches it; `ne` one that does not. */
function eitherEnd(filter: Filter, params: SqlParams): string {
  const ends = ['client_service_name', 'server_service_name'].map((name) =>
    compileFilter(filter, params, name),
  );
  return `(${ends.join(filter.operator === 'ne' ? ' AND ' : ' OR ')})`;
}
