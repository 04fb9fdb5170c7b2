import { AppError } from '@tomte/kit';
import type { SqlRow } from './sql-runner.ts';

export const formats = ['json', 'csv', 'jsonl', 'arrow'] as const;
export type Format = (typeof formats)[number];

export const contentTypes: Readonly<Record<Format, string>> = {
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8; header=present',
  jsonl: 'application/jsonl; charset=utf-8',
  arrow: 'application/vnd.apache.arrow.stream',
};

/** What `Accept` means, where it names one of them; anything else is answered as JSON. */
const formatOfType: Readonly<Record<string, Format>> = {
  'text/csv': 'csv',
  'application/jsonl': 'jsonl',
  'application/x-ndjson': 'jsonl',
  'application/vnd.apache.arrow.stream': 'arrow',
};

/** The parameter `format`, else the first known type that `Accept` names. */
export function parseFormat(texts: readonly string[] | undefined, accept = ''): Format {
  const types = accept.split(',').map((type) => type.split(';')[0]?.trim().toLowerCase() ?? '');
  const wanted = types.find((type) => Object.hasOwn(formatOfType, type)) ?? '';
  const [text = formatOfType[wanted] ?? 'json', ...others] = texts ?? [];
  const format = formats.find((known) => known === text);
  if (format !== undefined && others.length === 0) return format;
  const remedy = `Give one of ${formats.join(', ')}.`;
  throw new AppError('API_FORMAT_UNKNOWN', `${JSON.stringify(text.slice(0, 40))} is no format`, {
    family: 'user',
    remedy,
  });
}

/** RFC 4180: a header line, CRLF, quotes where needed. Null is empty, maps are JSON. */
export function toCsv(names: readonly string[], rows: readonly SqlRow[]): string {
  const lines = [names.map(csvField).join(',')];
  for (const row of rows) lines.push(names.map((name) => csvField(row[name])).join(','));
  return `${lines.join('\r\n')}\r\n`;
}

function csvField(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One JSON object a line. */
export function toJsonLines(rows: readonly SqlRow[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}
