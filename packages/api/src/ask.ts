import {
  compileQuestion,
  formatTime,
  keyColumn,
  nextCursor,
  type Question,
  rangePieces,
  restOfRange,
  sourceOf,
} from '@tomte/query';
import { type Completeness, completenessOf } from './completeness.ts';
import type { Reading } from './access/reading.ts';
import type { SqlRow } from './sql-runner.ts';

/** The answer to a question, as JSON has it. */
export interface Answer {
  readonly view: string;
  readonly range: { readonly from: string; readonly to: string };
  /** Table that the rows were read or computed from. */
  readonly source: string;
  readonly data: readonly SqlRow[];
  readonly row_count: number;
  readonly limit: number;
  /** Given when there are more rows, by views that have pages. */
  readonly next_cursor: string | null;
  readonly completeness: Completeness;
}

export async function ask(reading: Reading, asked: Question, signal: AbortSignal): Promise<Answer> {
  const question = reading.fitQuestion(asked);
  const source = sourceOf(question);
  const [found, loss] = await Promise.all([
    fetchRows(reading, question, signal),
    reading.lossOf(source.range, signal),
  ]);
  const isTruncated = found.length > question.limitRows;
  const rows = isTruncated ? found.slice(0, question.limitRows) : found;
  return {
    view: question.view.name,
    range: { from: formatTime(source.range.fromNs), to: formatTime(source.range.toNs) },
    source: source.table,
    data: rows.map(withoutKey),
    row_count: rows.length,
    limit: question.limitRows,
    next_cursor: isTruncated ? cursorAfter(question, rows.at(-1)) : null,
    completeness: completenessOf(loss, { isTruncated, reading }),
  };
}

/** One row more than the limit, when there are more. */
async function fetchRows(
  reading: Reading,
  question: Question,
  signal: AbortSignal,
): Promise<readonly SqlRow[]> {
  if (question.view.key === undefined) return run(reading, question, signal);
  const rows: SqlRow[] = [];
  for (const piece of rangePieces(restOfRange(question), question.order)) {
    rows.push(...(await run(reading, question, signal, piece)));
    if (rows.length > question.limitRows) break;
  }
  return rows;
}

async function run(
  reading: Reading,
  question: Question,
  signal: AbortSignal,
  piece?: Question['range'],
): Promise<readonly SqlRow[]> {
  const compiled = compileQuestion(question, piece);
  const result = await reading.run({ sql: compiled.sql, params: compiled.params, as: 'views', signal });
  return result.rows;
}

function cursorAfter(question: Question, last: SqlRow | undefined): string | null {
  const key = last?.[keyColumn];
  return Array.isArray(key) ? nextCursor(question, key.map(String)) : null;
}

function withoutKey(row: SqlRow): SqlRow {
  if (!(keyColumn in row)) return row;
  const { [keyColumn]: _key, ...shown } = row;
  return shown;
}
