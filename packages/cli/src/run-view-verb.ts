import { AppError } from '@tomte/kit';
import { findView, parseTime, views, type AnyView } from '@tomte/query';
import { parseAnswer, type Shown } from './answer.ts';
import { ApiClient, type JsonObject, type Parameters } from './api-client.ts';
import { clientOptions } from './client-options.ts';
import { completenessLines } from './completeness-lines.ts';
import { follow } from './follow.ts';
import { hasColor, type Io } from './io.ts';
import { rowsOf, viewCells, viewColumns } from './view-table.ts';
import { toTable } from './table.ts';
import type { ApiOptionValues, RangeOptionValues } from './verb-options.ts';
import type { ViewVerb } from './view-verbs.ts';

/** Views whose address is not /api/v1/NAME. */
const underViews = new Set(['probes']);

export async function runViewVerb(verb: ViewVerb, values: Record<string, unknown>, io: Io): Promise<number> {
  const options: ApiOptionValues & RangeOptionValues & { follow?: boolean } = values; // Commander's values by the declared options.
  const client = new ApiClient(clientOptions(options, io));
  const view = viewOf(verb);
  const parameters = [
    ...rangeParameters(options, io.nowMs()),
    ...filterParameters(options),
    ...ownParameters(verb, values),
  ];
  const shown = { verb, view, isWide: options.wide === true, isJson: options.json === true };
  if (options.follow === true) refuseWithFollow(options);
  if (options.follow === true) return follow({ client, parameters, shown, io });
  const address = `/api/v1/${underViews.has(verb.name) ? 'views/' : ''}${verb.name}`;
  const text = await client.get(address, parameters);
  if (shown.isJson) return (await io.out(`${text}\n`)) ? 0 : 1;
  await printTable(parseAnswer(text), shown, io);
  return 0;
}

/** It has no end, and gives all that comes. */
function refuseWithFollow(options: RangeOptionValues): void {
  const refused = (['limit', 'to'] as const).find((name) => options[name] !== undefined);
  if (refused === undefined) return;
  throw new AppError('CLI_OPTION_CONFLICT', `--follow and --${refused} exclude one another`, {
    family: 'user',
    remedy: 'Leave one out.',
  });
}

async function printTable(answer: JsonObject, { verb, view, isWide }: Shown, io: Io): Promise<void> {
  const columns = viewColumns(verb, view, isWide);
  const rows = rowsOf(answer);
  const style = { hasColor: hasColor(io), widthColumns: io.widthColumns };
  await io.out(
    toTable(
      columns,
      rows.map((row) => viewCells(columns, row)),
      style,
    ),
  );
  io.talk(completenessLines(answer, rows.length));
}

function viewOf(verb: ViewVerb): AnyView {
  const view = findView(views, verb.name);
  if (!view.ok) throw view.error;
  return view.value;
}

function rangeParameters(options: RangeOptionValues, nowMs: number): Parameters {
  const { since, from, to, limit } = options;
  if (since !== undefined && from !== undefined) {
    throw new AppError('CLI_OPTION_CONFLICT', '--since and --from exclude one another', {
      family: 'user',
      remedy: 'Give one of them.',
    });
  }
  const start = since === undefined ? from : startOf(since);
  for (const time of [from, to]) if (time !== undefined) requireTime(time, nowMs);
  const given: readonly (readonly [string, string | undefined])[] = [
    ['from', start],
    ['to', to],
    ['limit', limit],
  ];
  return given.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
}

/** `15m` → the relative time `-15m`. */
function startOf(since: string): string {
  const [, length] = /^-?(\d{1,9}(?:ms|s|m|h|d))$/.exec(since) ?? [];
  if (length !== undefined) return `-${length}`;
  throw new AppError('CLI_SINCE_INVALID', `--since ${JSON.stringify(since)} is no length of time`, {
    family: 'user',
    remedy: 'Write one such as 30s, 15m, 2h or 7d, or give --from a time.',
  });
}

/** Judged before anything is asked; the API judges by the same rule. */
function requireTime(text: string, nowMs: number): void {
  const time = parseTime(text, BigInt(nowMs) * 1_000_000n);
  if (!time.ok) throw time.error;
}

function filterParameters({ where = [] }: RangeOptionValues): Parameters {
  return where.map((text) => {
    const [, name, value] = /^((?:[^=[\]]|\[[^\]]*\])+)=(.*)$/s.exec(text) ?? [];
    if (name !== undefined && value !== undefined) return [name, value] as const;
    throw new AppError('CLI_FILTER_INVALID', `${JSON.stringify(text)} is no filter`, {
      family: 'user',
      remedy: 'Write COLUMN=VALUE or COLUMN.OPERATOR=VALUE, such as status_code.ge=500.',
    });
  });
}

function ownParameters(verb: ViewVerb, values: Record<string, unknown>): Parameters {
  return verb.options.flatMap((option) => {
    const value = values[optionName(option.flags)];
    if (value === undefined || value === false) return [];
    return option.parameters.map(([name, text]) => [name, text.replace('VALUE', String(value))] as const);
  });
}

/** `--each-side` → eachSide, as commander names it. */
function optionName(flags: string): string {
  const name = /--([a-z-]+)/.exec(flags)?.[1] ?? '';
  return name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
