import { AppError } from '@tomte/kit';
import { findView, views, type AnyView } from '@tomte/query';
import { parseAnswer, type Shown } from './answer.ts';
import { ApiClient, type JsonObject, type Parameters } from './api-client.ts';
import { clientOptions } from './client-options.ts';
import { completenessLines } from './completeness-lines.ts';
import { follow } from './follow.ts';
import { fitColumns } from './fit-columns.ts';
import { hasColor, type Io } from './io.ts';
import { neutralText } from './neutral-text.ts';
import { queryParameters } from './query-parameters.ts';
import { rowsOf, viewCells, viewColumns } from './view-table.ts';
import { toTable } from './table.ts';
import type { ApiOptionValues, RangeOptionValues } from './verb-options.ts';
import type { ViewVerb } from './view-verbs.ts';

/** Views whose address is not /api/v1/NAME. */
const underViews = new Set(['probes']);

/** @param more parameters beside those of the options */
export async function runViewVerb(
  verb: ViewVerb,
  values: Record<string, unknown>,
  io: Io,
  more: Parameters = [],
): Promise<number> {
  const options: ApiOptionValues & RangeOptionValues & { follow?: boolean } = values; // Commander's values by the declared options.
  const client = new ApiClient(clientOptions(options, io));
  const view = viewOf(verb);
  const parameters = [...queryParameters(options, io.nowMs()), ...ownParameters(verb, values), ...more];
  const shown = { verb, view, isWide: options.wide === true, isJson: options.json === true };
  if (options.follow === true) refuseWithFollow(options);
  if (options.follow === true) return follow({ client, parameters, shown, io });
  const isUnderViews = verb.isAnyView === true || underViews.has(verb.name);
  const address = `/api/v1/${isUnderViews ? 'views/' : ''}${verb.name}`;
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
  const rows = rowsOf(answer);
  const columns = viewColumns(verb, view, { isWide, rows });
  const cells = rows.map((row) => viewCells(columns, row));
  const limit = isWide ? undefined : io.widthColumns;
  const shown =
    verb.isAnyView === true ? fitColumns(columns, cells, limit) : { columns, rows: cells, leftOut: [] };
  const style = { hasColor: hasColor(io), widthColumns: io.widthColumns };
  await io.out(toTable(shown.columns, shown.rows, style));
  if (shown.leftOut.length > 0)
    io.talk(`More columns with --wide: ${neutralText(shown.leftOut.join(', '))}.\n`);
  io.talk(completenessLines(answer, rows.length));
}

function viewOf(verb: ViewVerb): AnyView {
  const view = findView(views, verb.name);
  if (!view.ok) throw view.error;
  return view.value;
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
