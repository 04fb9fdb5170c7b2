import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient, JsonObject, Parameters } from './api-client.ts';
import { hasColor, type Io } from './io.ts';
import { parseAnswer, type Shown } from './answer.ts';
import { SeenRequests } from './seen-requests.ts';
import { columnWidths, tableLines } from './table.ts';
import { rowsOf, viewCells, viewColumns } from './view-table.ts';

const POLL_MS = 1_000;
const PAGE_ROWS = '1000';
/** Rows come a few seconds after their request began; this is looked over again in each poll. */
const OVERLAP_MS = 10_000;
/** A request that lasted longer arrives long after it began: those are few, and asked for apart. */
const LONG_REQUEST = '8s';
/** Their duration is not known. */
const WITHOUT_END = 'aborted,timed_out,not_observed';
const LONG_OVERLAP_MS = 600_000;
const LONG_POLLS = 5;

export interface Following {
  readonly client: ApiClient;
  readonly parameters: Parameters;
  readonly shown: Shown;
  readonly io: Io;
}

/** Prints new rows, oldest first, until the signal ends it: that is its normal end. With --json one row a line. */
export async function follow(following: Following): Promise<number> {
  try {
    return await pollOnAndOn(following);
  } catch (thrown) {
    if (following.io.signal.aborted) return 0;
    throw thrown;
  }
}

async function pollOnAndOn(following: Following): Promise<number> {
  const { parameters, shown, io } = following;
  const given = parameters.find(([name]) => name === 'from')?.[1];
  const filters = parameters.filter(([name]) => !['from', 'to', 'limit'].includes(name));
  const isEach = filters.some(
    ([name, value]) => (name === 'sides' && value === 'each') || /^role(\.|$)/.test(name),
  );
  const startMs = io.nowMs();
  const print = createPrinter(shown, io);
  const seen = new SeenRequests(isEach);
  const show = (rows: readonly JsonObject[]): Promise<boolean> =>
    print(rows.filter((row) => seen.isNew(row)));
  let from = given ?? String(startMs);
  for (let poll = 0; ; poll += 1) {
    if (!(await pages(following, [...filters, ['from', from]], show))) return 0;
    if (poll % LONG_POLLS === LONG_POLLS - 1) {
      const longFrom = String(Math.max(startMs - OVERLAP_MS, io.nowMs() - LONG_OVERLAP_MS));
      for (const late of lateFilters(filters))
        if (!(await pages(following, [...late, ['from', longFrom]], show))) return 0;
    }
    await delay(POLL_MS, undefined, { signal: io.signal });
    from = String(Math.max(startMs - OVERLAP_MS, io.nowMs() - OVERLAP_MS));
  }
}

/** Of the filters' requests those that may arrive long after they began: long ones, and those without an end. */
function lateFilters(filters: Parameters): readonly Parameters[] {
  const long = [
    ...filters.filter(([name]) => name !== 'duration_ns.gt'),
    ['duration_ns.gt', LONG_REQUEST] as const,
  ];
  const isOutcomeAsked = filters.some(([name]) => name.split('.')[0] === 'outcome');
  const endless = isOutcomeAsked ? filters : [...filters, ['outcome.in', WITHOUT_END] as const];
  return [long, endless];
}

/** Every page of one question. False when nobody reads any more. */
async function pages(
  { client, io }: Following,
  parameters: Parameters,
  show: (rows: readonly JsonObject[]) => Promise<boolean>,
): Promise<boolean> {
  let cursor: Parameters = [];
  for (;;) {
    const text = await client.get('/api/v1/requests', [
      ...parameters,
      ['order', 'asc'],
      ['limit', PAGE_ROWS],
      ...cursor,
    ]);
    const answer = parseAnswer(text);
    if (!(await show(rowsOf(answer)))) return false;
    const next = answer['next_cursor'];
    if (typeof next !== 'string' || io.signal.aborted) return true;
    cursor = [['cursor', next]];
  }
}

/** The head once, of the columns that the first rows have, then lines whose columns only grow. */
function createPrinter(
  { verb, view, isWide, isJson }: Shown,
  io: Io,
): (rows: readonly JsonObject[]) => Promise<boolean> {
  if (isJson) return (rows) => io.out(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  let columns: ReturnType<typeof viewColumns> | undefined;
  const style = { hasColor: hasColor(io), widthColumns: io.widthColumns };
  let widths: readonly number[] = [];
  return async (rows) => {
    if (rows.length === 0) return true;
    const hasHead = columns !== undefined;
    const own = (columns ??= viewColumns(verb, view, { isWide, rows }));
    const cells = rows.map((row) => viewCells(own, row));
    const needed = columnWidths(own, cells, io.widthColumns);
    widths = own.map(({ title }, index) => Math.max(title.length, widths[index] ?? 0, needed[index] ?? 0));
    const head = hasHead ? [] : [own.map((column) => ({ text: column.title, color: '1' }))];
    return io.out(tableLines(own, [...head, ...cells], widths, style));
  };
}
