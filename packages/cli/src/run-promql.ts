import { AppError } from '@tomte/kit';
import { parseDurationNs } from '@tomte/query';
import { parseAnswer } from './answer.ts';
import { ApiClient, type JsonObject } from './api-client.ts';
import { clientOptions } from './client-options.ts';
import { listOf, objectOf } from './completeness-lines.ts';
import { hasColor, type Io } from './io.ts';
import { neutralText } from './neutral-text.ts';
import { toTable, type TableColumn } from './table.ts';
import type { ApiOptionValues } from './verb-options.ts';

export interface PromqlOptionValues extends ApiOptionValues {
  readonly range?: string;
  readonly step?: string;
  readonly time?: string;
}

const BASE = '/prometheus/api/v1';
/** Of a range that is given no step, by which a terminal's table is long enough. */
const DEFAULT_POINTS = 60;
const GRID_SECONDS = 15;

export async function runPromql(query: string, options: PromqlOptionValues, io: Io): Promise<number> {
  const client = new ApiClient(clientOptions(options, io));
  const end = options.time ?? String(io.nowMs() / 1_000);
  const text = await (options.range === undefined
    ? client.get(`${BASE}/query`, [
        ['query', query],
        ['time', end],
      ])
    : client.get(`${BASE}/query_range`, rangeParameters(query, end, options)));
  if (options.json === true) return (await io.out(text.endsWith('\n') ? text : `${text}\n`)) ? 0 : 1;
  const answer = parseAnswer(text);
  await io.out(tableOf(objectOf(answer['data']), io));
  const notes = [...listOf(answer['warnings']), ...listOf(answer['infos'])];
  io.talk(notes.map((note) => `${neutralText(String(note))}\n`).join(''));
  return 0;
}

function rangeParameters(query: string, end: string, options: PromqlOptionValues) {
  const seconds = secondsOf(options.range ?? '', '--range');
  const until = Number(end);
  if (!Number.isFinite(until))
    throw invalid('--time', end, 'With --range, give --time in seconds since the epoch.');
  const fitting = Math.max(GRID_SECONDS, Math.ceil(seconds / DEFAULT_POINTS / GRID_SECONDS) * GRID_SECONDS);
  const step = options.step === undefined ? fitting : secondsOf(options.step, '--step');
  return [
    ['query', query],
    ['start', String(until - seconds)],
    ['end', end],
    ['step', String(step)],
  ] as const;
}

function secondsOf(text: string, option: string): number {
  const parsed = parseDurationNs(text);
  if (parsed !== undefined && parsed > 0n) return Number(parsed) / 1e9;
  throw invalid(option, text, 'Write a duration such as 30s, 15m or 2h.');
}

function invalid(option: string, text: string, remedy: string): AppError {
  const facts = `${JSON.stringify(text)} does not fit ${option}`;
  return new AppError('CLI_PARAM_INVALID', facts, { family: 'user', remedy });
}

const left = (title: string): TableColumn => ({ title, align: 'left' });
const right = (title: string): TableColumn => ({ title, align: 'right' });

function tableOf(data: JsonObject, io: Io): string {
  const style = { hasColor: hasColor(io), widthColumns: undefined };
  const cells = (texts: readonly string[]) => texts.map((text) => ({ text: neutralText(text) }));
  const series = listOf(data['result']).map(objectOf);
  if (data['resultType'] === 'matrix') {
    const columns = [left('series'), right('points'), right('least'), right('most'), right('last')];
    return toTable(
      columns,
      series.map((one) => cells(summary(one))),
      style,
    );
  }
  if (data['resultType'] !== 'vector') return `${neutralText(String(listOf(data['result'])[1]))}\n`;
  const rows = series.map((one) => cells([nameOf(one), String(listOf(one['value'])[1])]));
  return toTable([left('series'), right('value')], rows, style);
}

function summary(series: JsonObject): readonly string[] {
  const values = listOf(series['values']).map((sample) => String(listOf(sample)[1]));
  const numbers = values.map(Number).filter((value) => !Number.isNaN(value));
  const extremes =
    numbers.length === 0 ? ['', ''] : [String(Math.min(...numbers)), String(Math.max(...numbers))];
  return [nameOf(series), String(values.length), ...extremes, values.at(-1) ?? ''];
}

function nameOf(series: JsonObject): string {
  const { __name__: name = '', ...labels } = objectOf(series['metric']);
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return `${String(name)}{${pairs.join(', ')}}`;
}
