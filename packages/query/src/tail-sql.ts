import { requests as record } from '@tomte/model';
import { listSql } from './list-sql.ts';
import { onceCondition } from './once.ts';
import type { Question } from './question.ts';
import { requestIdSql, requestKey as key } from './request-id.ts';
import type { Statement } from './request-by-id.ts';
import { SqlParams } from './sql-params.ts';
import { conditions, joinConditions } from './where.ts';

/** A batch of an agent's spool: its rows are stored all at once. */
export interface BatchName {
  readonly spoolId: bigint;
  readonly batchSeq: bigint;
}

/**
 * Batches with requests in the question's range, newer than the given one of their spool: columns `spool_id`, `batch_seq`
 * as text. Of a spool that is not given all of them.
 */
export function compileNewBatches(
  question: Question,
  last: readonly BatchName[],
  limitRows: number,
): Statement {
  const params = new SqlParams();
  const newer =
    last.length === 0
      ? []
      : [
          `r.batch_seq > transform(r.spool_id, ${params.add(list(last.map((one) => one.spoolId)), 'Array(UInt64)')}, ` +
            `${params.add(list(last.map((one) => one.batchSeq)), 'Array(UInt64)')}, toUInt64(0))`,
        ];
  const sql = [
    'SELECT toString(r.spool_id) AS spool_id, toString(r.batch_seq) AS batch_seq',
    `FROM ${record.table} AS r`,
    `WHERE ${joinConditions([...conditions(record, question.range, [], params), ...newer])}`,
    'GROUP BY r.spool_id, r.batch_seq',
    'ORDER BY r.spool_id, r.batch_seq',
    `LIMIT ${params.add(limitRows, 'UInt64')}`,
  ].join('\n');
  return { sql, params: params.values };
}

/** The question's rows in these batches, oldest first, each request once. */
export function compileRowsOfBatches(
  question: Question,
  batches: readonly BatchName[],
  limitRows: number,
): Statement {
  const params = new SqlParams();
  const { range, filters } = question;
  const input = {
    range,
    filters,
    params,
    order: 'asc',
    fetchRows: limitRows,
    after: undefined,
    values: {},
  } as const;
  const sql = listSql(
    { record, key, extra: [requestIdSql], where: ofBatches(question, batches, params) },
    input,
  );
  return { sql, params: params.values };
}

/** How many they are. */
export function compileCountOfBatches(question: Question, batches: readonly BatchName[]): Statement {
  const params = new SqlParams();
  const where = [
    ...conditions(record, question.range, question.filters, params),
    ...ofBatches(question, batches, params),
  ];
  const sql = `SELECT count() AS row_count\nFROM ${record.table} AS r\nWHERE ${joinConditions(where)}\nLIMIT 1`;
  return { sql, params: params.values };
}

function ofBatches(question: Question, batches: readonly BatchName[], params: SqlParams): readonly string[] {
  const spools = params.add(list(batches.map((one) => one.spoolId)), 'Array(UInt64)');
  const seqs = params.add(list(batches.map((one) => one.batchSeq)), 'Array(UInt64)');
  const least = batches.reduce(
    (low, { batchSeq }) => (batchSeq < low ? batchSeq : low),
    batches[0]?.batchSeq ?? 0n,
  );
  return [
    `r.batch_seq >= ${params.add(least, 'UInt64')}`, // For the index of batches.
    `has(arrayZip(${spools}, ${seqs}), (r.spool_id, r.batch_seq))`,
    ...(question.values['sides'] === 'each' ? [] : [onceCondition(question.range, params)]),
  ];
}

const list = (values: readonly bigint[]): string => `[${values.join(',')}]`;
