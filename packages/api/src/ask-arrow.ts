import { compileQuestion, keyColumn, type Question, sourceOf } from '@tomte/query';
import type { Reading } from './access/reading.ts';
import { type Completeness, completenessOf } from './completeness.ts';

/** An answer that ClickHouse has written, in the types of its columns. */
export interface ArrowAnswer {
  readonly bytes: Uint8Array;
  readonly completeness: Completeness;
}

/** The rows of a question as Arrow. Whether there are more is counted beside it: what is written cannot be cut. */
export async function askArrow(reading: Reading, asked: Question, signal: AbortSignal): Promise<ArrowAnswer> {
  const question = reading.fitQuestion(asked);
  const { sql, params } = compileQuestion(question);
  const columns = question.view.key === undefined ? '*' : `* EXCEPT (${keyColumn})`;
  const rows = `SELECT ${columns} FROM (\n${sql}\n) LIMIT ${question.limitRows}`;
  const count = `SELECT count() AS row_count FROM (\n${sql}\n)`;
  const [bytes, counted, loss] = await Promise.all([
    reading.bytes({ sql: rows, params, as: 'views', signal }, 'ArrowStream'),
    reading.run({ sql: count, params, as: 'views', signal }),
    reading.lossOf(sourceOf(question).range, signal),
  ]);
  const isTruncated = Number(counted.rows[0]?.['row_count'] ?? 0) > question.limitRows;
  return { bytes, completeness: completenessOf(loss, { isTruncated, reading }) };
}
