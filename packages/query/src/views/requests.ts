import { requests as record } from '@tomte/model';
import { listSql } from '../list-sql.ts';
import { onceCondition } from '../once.ts';
import { describeRecord } from '../output-column.ts';
import { requestIdSql, requestKey as key } from '../request-id.ts';
import { defineView } from '../view.ts';

const requestColumns = {
  id: {
    semantic: 'identifier',
    json: 'string',
    meaning: 'Name of the row, for /api/v1/requests/{id}; opaque.',
  },
  ...describeRecord(record),
} as const;

export const requests = defineView({
  name: 'requests',
  title: 'Requests',
  meaning: 'One exchange of any protocol, newest first; counted once when it was seen at both ends.',
  record,
  params: {
    sides: {
      type: 'choice',
      choices: ['auto', 'once', 'each'],
      default: 'auto',
      meaning:
        "once: one row an exchange, the server's where there is one. each: every row. " +
        'auto: each when role is filtered, else once.',
    },
  },
  columns: requestColumns,
  chart: { kind: 'table' },
  key,
  defaultLimitRows: 100,
  maxLimitRows: 10_000,
  sql(input) {
    const isEach =
      input.values.sides === 'each' ||
      (input.values.sides === 'auto' && input.filters.some((filter) => filter.name === 'role'));
    const where = isEach ? [] : [onceCondition(input.range, input.params)];
    return listSql({ record, key, extra: [requestIdSql], where }, input);
  },
});
