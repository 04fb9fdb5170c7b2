import type { ClickHouseClient } from '@clickhouse/client';
import { ask, Reading, type SqlRunner, storeRunner } from '@tomte/api';
import { AppError } from '@tomte/kit';
import { findView, parseQuestion, type Question, views } from '@tomte/query';
import type { Store } from '@tomte/store';
import { Random } from '@tomte/testkit';

const HOUR_SECONDS = 3_600;
const LIST_SECONDS = 900;
const SERVICES = 250;
/** A view that answers in seconds gets fewer draws than were asked for: the notes say how many. */
const MAX_VIEW_MS = 600_000;
/** Read past the kernel's page cache, whatever the size. */
const DIRECT_IO = ' SETTINGS min_bytes_to_use_direct_io = 1';
const QUERY_TIMEOUT_MS = 30_000;

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
 * Random questions to one view, each cold, then warm: answered as the API answers them, from the parsed question to rows
 * and completeness in this process. The files are in the page cache, since they were just written; cold reads pass it by.
 */
export async function measureDraws(view: 'requests' | 'edges', setting: Setting): Promise<DrawTimes> {
  const { store, client, draws, startNs, log } = setting;
  const random = new Random(view === 'requests' ? 11 : 13);
  const times: DrawTimes = { coldMs: [], warmMs: [], againMs: [], failures: [] };
  const warm = storeRunner(store, QUERY_TIMEOUT_MS);
  const cold: SqlRunner = {
    ...warm,
    run: (statement) => warm.run({ ...statement, sql: statement.sql + DIRECT_IO }),
  };
  const time = (runner: SqlRunner, asked: Question): Promise<number> => timeOf(runner, asked, times.failures);
  const deadline = performance.now() + MAX_VIEW_MS;
  for (let draw = 0; draw < draws && performance.now() < deadline; draw += 1) {
    const parameters = view === 'requests' ? listOf(random, startNs) : mapOf(random, startNs);
    const question = parse(view, parameters, startNs);
    await dropCaches(client);
    times.coldMs.push(await time(cold, question));
    times.warmMs.push(await time(warm, question));
    times.againMs.push(await time(warm, question));
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

function parse(name: string, parameters: Parameters, startNs: bigint): Question {
  const view = findView(views, name);
  if (!view.ok) throw view.error;
  const nowNs = startNs + BigInt(HOUR_SECONDS) * 1_000_000_000n;
  const question = parseQuestion(view.value, parameters, nowNs);
  if (!question.ok) throw question.error;
  return question.value;
}

async function timeOf(runner: SqlRunner, question: Question, failures: string[]): Promise<number> {
  const startMs = performance.now();
  try {
    await ask(new Reading(runner), question, AbortSignal.timeout(2 * QUERY_TIMEOUT_MS));
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
