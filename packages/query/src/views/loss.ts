import { loss as record } from '@tomte/model';
import { listSql } from '../list-sql.ts';
import { describeRecord } from '../output-column.ts';
import { defineView, type KeyPart } from '../view.ts';

/** Two reports may agree in all that could order them: a hash of the rest tells them apart. */
const rest = Object.keys(record.columns)
  .filter((name) => name !== record.timeColumn)
  .map((name) => `r.${name}`);

const key: readonly KeyPart[] = [
  { sql: 'toUnixTimestamp64Nano(r.start_time)', type: 'Int64' },
  { sql: `cityHash64(${rest.join(', ')})`, type: 'UInt64' },
];

export const loss = defineView({
  name: 'loss',
  title: 'Loss',
  meaning: 'Something that happened and is not stored whole: where, when, how much and why.',
  record,
  params: {},
  columns: describeRecord(record),
  chart: { kind: 'table' },
  key,
  defaultLimitRows: 100,
  maxLimitRows: 10_000,
  sql: (input) => listSql({ record, key }, input),
});
