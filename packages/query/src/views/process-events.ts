import { processEvents as record } from '@tomte/model';
import { listSql } from '../list-sql.ts';
import { describeRecord } from '../output-column.ts';
import { defineView, type KeyPart } from '../view.ts';

const key: readonly KeyPart[] = [
  { sql: 'toUnixTimestamp64Nano(r.time)', type: 'Int64' },
  { sql: 'r.spool_id', type: 'UInt64' },
  { sql: 'r.pid', type: 'UInt64' },
  { sql: "CAST(r.event, 'Int8')", type: 'Int64' },
  { sql: 'r.batch_seq', type: 'UInt64' },
];

export const processEvents = defineView({
  name: 'process-events',
  title: 'Programs that ran',
  meaning: 'A process was first seen, executed a program, or ended, the latest first.',
  record,
  params: {},
  columns: describeRecord(record),
  chart: { kind: 'table' },
  key,
  links: [{ column: 'pid', view: 'syscalls', title: 'Its system calls', parameters: { pid: 'pid' } }],
  defaultLimitRows: 100,
  maxLimitRows: 10_000,
  sql: (input) => listSql({ record, key }, input),
});
