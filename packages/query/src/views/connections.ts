import { connections as record } from '@tomte/model';
import { listSql } from '../list-sql.ts';
import { describeRecord } from '../output-column.ts';
import { defineView, type KeyPart } from '../view.ts';

const key: readonly KeyPart[] = [
  { sql: 'toUnixTimestamp64Nano(r.end_time)', type: 'Int64' },
  { sql: 'r.spool_id', type: 'UInt64' },
  { sql: 'r.connection_id', type: 'UInt64' },
  { sql: 'r.batch_seq', type: 'UInt64' },
];

export const connections = defineView({
  name: 'connections',
  title: 'Connections',
  meaning: 'One TCP connection that ended or failed, as seen at one end, the latest first.',
  record,
  params: {},
  columns: describeRecord(record),
  chart: { kind: 'table' },
  key,
  defaultLimitRows: 100,
  maxLimitRows: 10_000,
  sql: (input) => listSql({ record, key }, input),
});
