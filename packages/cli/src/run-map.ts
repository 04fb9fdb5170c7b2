import { parseAnswer } from './answer.ts';
import { ApiClient, type JsonObject } from './api-client.ts';
import { clientOptions } from './client-options.ts';
import { completenessLines, listOf, objectOf } from './completeness-lines.ts';
import { formatDuration } from './format-value.ts';
import { hasColor, type Io } from './io.ts';
import { neutralText } from './neutral-text.ts';
import { queryParameters } from './query-parameters.ts';
import { type Cell, type TableColumn, toTable } from './table.ts';
import type { ApiOptionValues, RangeOptionValues } from './verb-options.ts';

const columns: readonly TableColumn[] = [
  { title: 'FROM', align: 'left', isFlexible: true },
  { title: 'TO', align: 'left', isFlexible: true },
  { title: 'RATE/S', align: 'right' },
  { title: 'ERRORS', align: 'right' },
  { title: 'p50', align: 'right' },
  { title: 'p99', align: 'right' },
];
const RED = '31';

/** Who asks whom: each asker once, with those whom it asks below it. */
export async function runMap(values: ApiOptionValues & RangeOptionValues, io: Io): Promise<number> {
  const client = new ApiClient(clientOptions(values, io));
  const text = await client.get('/api/v1/map', queryParameters(values, io.nowMs()));
  if (values.json === true) return (await io.out(`${text}\n`)) ? 0 : 1;
  const answer = parseAnswer(text);
  const edges = listOf(answer['edges']).map(objectOf);
  const style = { hasColor: hasColor(io), widthColumns: io.widthColumns };
  await io.out(toTable(columns, toRows(edges), style));
  io.talk(completenessLines(answer, edges.length));
  return 0;
}

function toRows(edges: readonly JsonObject[]): readonly (readonly Cell[])[] {
  const byAsker = Map.groupBy(edges, (edge) => String(edge['from']));
  return [...byAsker].flatMap(([from, asked]) =>
    asked.map((edge, index) => [{ text: index === 0 ? named(from) : '' }, ...cellsOf(edge)]),
  );
}

function cellsOf(edge: JsonObject): readonly Cell[] {
  const ratio = Number(edge['error_ratio']);
  return [
    { text: `${named(String(edge['to']))}${edge['encrypted'] === true ? ' (TLS)' : ''}` },
    { text: Number(edge['requests_per_second']).toFixed(2) },
    { text: `${(ratio * 100).toFixed(1)} %`, color: ratio > 0 ? RED : undefined },
    { text: durationOf(edge['duration_p50_ns']) },
    { text: durationOf(edge['duration_p99_ns']) },
  ];
}

/** `/nginx` outside of a cluster → `nginx`. */
function named(id: string): string {
  return neutralText(id.startsWith('/') ? id.slice(1) : id);
}

function durationOf(value: unknown): string {
  return typeof value === 'number' ? formatDuration(value) : '-';
}
