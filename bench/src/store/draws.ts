import type { ClickHouseClient } from '@clickhouse/client';
import { AppError } from '@tomte/kit';
import { compileQuestion, findView, parseQuestion, views } from '@tomte/query';
import type { Store } from '@tomte/store';
import { Random } from '@tomte/testkit';

const HOUR_SECONDS = 3_600;
const LIST_SECONDS = 900;
const SERVICES = 250;
/** A view that answers in seconds gets fewer draws than were asked for: the notes say how many. */
const MAX_VIEW_MS = 180_000;
/** Read past the kernel's page cache, whatever the size. */
const DIRECT_IO = ' SETTINGS min_bytes_to_use_direct_io = 1';

export interface DrawTimes {
  readonly coldMs: number[];
  readonly warmMs: number[];
  /** Warm, asked once more: what differs from warm is noise. */
  readonly againMs: number[];
  /** What the store said of questions that it did not answer: their time is infinite. */
  readonly failures: string[];
}

interface Setting {
  readonly store: Store;
  readonly client: ClickHouseClient;
  /** The hour that holds the rows. */
  readonly startNs: bigint;
  readonly draws: number;
  readonly log: (line: string) => void;
}

type Parameters = Readonly<Record<string, readonly string[]>>;

/**
 * Random questions to one view, each cold, then warm: from the question to rows in this process. The files are
 * in the page cache, since they were just written; cold reads pass it by.
 */
export async function measureDraws(view: 'requests' | 'edges', setting: Setting): Promise<DrawTimes> {
  const { store, client, draws, startNs, log } = setting;
  const random = new Random(view === 'requests' ? 11 : 13);
  const times: DrawTimes = { coldMs: [], warmMs: [], againMs: [], failures: [] };
  const time = (asked: ReturnType<typeof compile>): Promise<number> => timeOf(store, asked, times.failures);
  const deadline = performance.now() + MAX_VIEW_MS;
  for (let draw = 0; draw < draws && performance.now() < deadline; draw += 1) {
    const parameters = view === 'requests' ? listOf(random, startNs) : mapOf(random, startNs);
    const question = compile(view, parameters, startNs);
    await dropCaches(client);
    times.coldMs.push(await time({ ...question, sql: question.sql + DIRECT_IO }));
    times.warmMs.push(await time(question));
    times.againMs.push(await time(question));
    if (draw % 20 === 19) log(`${view}: ${draw + 1} of ${draws} draws`);
  }
  return times;
}

/** Requests of one service in a quarter of the hour, the newest 100. */
function listOf(random: Random, startNs: bigint): Parameters {
  const from = random.below(HOUR_SECONDS - LIST_SECONDS);
  const range = { from: [isoAt(startNs, from)], to: [isoAt(startNs, from + LIST_SECONDS)] };
  return { ...range, service_name: [`service-${random.below(SERVICES)}`], limit: ['100'] };
}

/** All edges of an hour that ends in the last five minutes of the rows. */
function mapOf(random: Random, startNs: bigint): Parameters {
  const end = HOUR_SECONDS - random.below(300);
  return { from: [isoAt(startNs, end - HOUR_SECONDS)], to: [isoAt(startNs, end)] };
}

function isoAt(startNs: bigint, seconds: number): string {
  return new Date(Number(startNs / 1_000_000n) + seconds * 1_000).toISOString();
}

function compile(name: string, parameters: Parameters, startNs: bigint) {
  const view = findView(views, name);
  if (!view.ok) throw view.error;
  const nowNs = startNs + BigInt(HOUR_SECONDS) * 1_000_000_000n;
  const question = parseQuestion(view.value, parameters, nowNs);
  if (!question.ok) throw question.error;
  return compileQuestion(question.value);
}

async function timeOf(
  store: Store,
  question: ReturnType<typeof compile>,
  failures: string[],
): Promise<number> {
  const startMs = performance.now();
  try {
    await store.query(question);
    return performance.now() - startMs;
  } catch (thrown) {
    failures.push(AppError.from(thrown, 'BENCH_FAILED').toLine());
    return Infinity;
  }
}

async function dropCaches(client: ClickHouseClient): Promise<void> {
  for (const cache of ['MARK', 'UNCOMPRESSED', 'QUERY'])
    await client.command({ query: `SYSTEM DROP ${cache} CACHE` });
}
