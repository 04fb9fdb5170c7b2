import { requests } from '@tomte/model';
import { projectColumn } from './output-column.ts';
import type { RequestId } from './request-id.ts';
import { requestIdSql } from './request-id.ts';
import { SqlParams } from './sql-params.ts';

export interface Statement {
  readonly sql: string;
  readonly params: Readonly<Record<string, string>>;
}

/** The row of an id. Two rows would mean that an id is not unique, which the asker is to be told. */
export function compileRequestById(id: RequestId): Statement {
  const params = new SqlParams();
  const columns = Object.entries(requests.columns).map(([name, column]) => projectColumn(name, column));
  const sql = [
    `SELECT\n  ${[requestIdSql, ...columns].join(',\n  ')}`,
    `FROM ${requests.table} AS r`,
    `WHERE r.start_time = ${params.time(id.startNs)}`,
    `  AND r.spool_id = ${params.add(id.spoolId, 'UInt64')}`,
    `  AND r.connection_id = ${params.add(id.connectionId, 'UInt64')}`,
    `  AND r.exchange_index = ${params.add(id.exchangeIndex, 'UInt32')}`,
    `  AND CAST(r.role, 'Int8') = ${params.add(id.roleNumber, 'Int8')}`,
    'LIMIT 2',
  ].join('\n');
  return { sql, params: params.values };
}
