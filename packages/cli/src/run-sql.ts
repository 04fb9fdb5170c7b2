import { AppError } from '@tomte/kit';
import { ApiClient, type JsonObject } from './api-client.ts';
import { clientOptions } from './client-options.ts';
import { completenessLines, listOf, objectOf } from './completeness-lines.ts';
import { formatValue } from './format-value.ts';
import { hasColor, type Io } from './io.ts';
import { neutralText } from './neutral-text.ts';
import { parseAnswer } from './answer.ts';
import { toTable } from './table.ts';
import type { ApiOptionValues } from './verb-options.ts';
import { rowsOf } from './view-table.ts';

export interface SqlOptionValues extends ApiOptionValues {
  readonly param?: readonly string[];
  readonly limit?: string;
  readonly format?: string;
}

const MAX_STATEMENT_BYTES = 200_000;

export async function runSql(statement: string, options: SqlOptionValues, io: Io): Promise<number> {
  const format = options.json === true ? 'json' : (options.format ?? 'table');
  if (!['table', 'json', 'csv', 'jsonl'].includes(format)) {
    throw new AppError('CLI_FORMAT_UNKNOWN', `${JSON.stringify(format)} is no format`, {
      family: 'user',
      remedy: 'Give table, json, csv or jsonl.',
    });
  }
  const client = new ApiClient(clientOptions(options, io));
  const sql = statement === '-' ? await readInput() : statement;
  const body = { sql, params: paramsOf(options.param ?? []), ...limitOf(options.limit) };
  const text = await client.post(`/api/v1/sql?format=${format === 'table' ? 'json' : format}`, body);
  if (format !== 'table') return (await io.out(text.endsWith('\n') ? text : `${text}\n`)) ? 0 : 1;
  const answer = parseAnswer(text);
  await io.out(sqlTable(answer, io));
  io.talk(completenessLines(answer, rowsOf(answer).length));
  return 0;
}

function sqlTable(answer: JsonObject, io: Io): string {
  const names = listOf(answer['meta']).map((column) => String(objectOf(column)['name']));
  const types = listOf(answer['meta']).map((column) => String(objectOf(column)['type']));
  const columns = names.map((name, index) => ({
    title: neutralText(name),
    align: /Int|Float|Decimal/.test(types[index] ?? '') ? ('right' as const) : ('left' as const),
  }));
  const rows = rowsOf(answer).map((row) =>
    names.map((name) => ({ text: formatValue(row[name], undefined) })),
  );
  return toTable(columns, rows, { hasColor: hasColor(io), widthColumns: undefined });
}

function paramsOf(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, name, value] = /^([a-zA-Z_]\w*)=(.*)$/s.exec(text) ?? [];
      if (name !== undefined && value !== undefined) return [name, value];
      const facts = `${JSON.stringify(text)} is no parameter`;
      throw new AppError('CLI_PARAM_INVALID', facts, { family: 'user', remedy: 'Write --param name=value.' });
    }),
  );
}

function limitOf(text: string | undefined): { readonly limit?: number } {
  if (text === undefined) return {};
  if (/^\d{1,9}$/.test(text)) return { limit: Number(text) };
  const facts = `${JSON.stringify(text)} is no number of rows`;
  throw new AppError('CLI_LIMIT_INVALID', facts, { family: 'user', remedy: 'Give a whole number.' });
}

async function readInput(): Promise<string> {
  let text = '';
  for await (const part of process.stdin.setEncoding('utf8')) {
    text += String(part);
    if (text.length <= MAX_STATEMENT_BYTES) continue;
    const facts = `the statement is longer than ${MAX_STATEMENT_BYTES} characters`;
    throw new AppError('CLI_STATEMENT_TOO_LONG', facts, { family: 'user', remedy: 'Shorten it.' });
  }
  return text;
}
