import { k8sEvents as record } from '@tomte/model';
import { listSql } from '../list-sql.ts';
import { describeRecord } from '../output-column.ts';
import { defineView, type KeyPart } from '../view.ts';

const key: readonly KeyPart[] = [
  { sql: 'toUnixTimestamp64Nano(r.time)', type: 'Int64' },
  { sql: 'r.uid', type: 'String' },
  { sql: 'r.event_count', type: 'UInt64' },
];

export const k8sEvents = defineView({
  name: 'k8s-events',
  title: 'Kubernetes events',
  meaning: 'An event of Kubernetes as it stood at one time, the latest first.',
  record,
  params: {},
  columns: describeRecord(record),
  chart: { kind: 'table' },
  key,
  links: [
    {
      column: 'object_name',
      view: 'entities',
      title: 'The object',
      parameters: { uid: 'object_uid' },
    },
  ],
  defaultLimitRows: 100,
  maxLimitRows: 10_000,
  sql: (input) => listSql({ record, key, isReplacing: true }, input),
});
