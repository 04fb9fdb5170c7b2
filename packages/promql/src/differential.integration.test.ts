import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  askEngine,
  differenceOf,
  isWithValues,
  type PromqlQuestion,
  Random,
  sampleSourceOf,
  startTestPrometheus,
  type TestPrometheus,
} from '@tomte/testkit';
import { formatPromql } from './format-promql.ts';
import { parsePromql } from './parse/parse.ts';
import { handPicked } from './testing/expressions.ts';
import { ExpressionGenerator } from './testing/generate-expression.ts';
import { lengthMs, startMs, syntheticSeries } from './testing/synthetic-series.ts';

const SEED = 20_260_115;
const GENERATED = 700;
/** Some minutes where Prometheus is not built yet. */
const BUILD_TIMEOUT_MS = 25 * 60_000;
const LOOKBACK_MS = 75_000;

const series = syntheticSeries(new Random(SEED));
const options = { source: sampleSourceOf(series), lookbackMs: LOOKBACK_MS };
let prometheus: TestPrometheus | string = 'not started';

beforeAll(async () => {
  prometheus = await startTestPrometheus({ series, lookbackSeconds: LOOKBACK_MS / 1_000 });
}, BUILD_TIMEOUT_MS);

afterAll(async () => {
  if (typeof prometheus !== 'string') await prometheus.close();
});

interface Compared {
  readonly differences: readonly string[];
  /** Answers of which Prometheus' own hold values. */
  readonly withValues: number;
}

async function compare(queries: readonly string[], isPlaced: boolean): Promise<Compared> {
  const found: string[] = [];
  let withValues = 0;
  for (const query of queries) {
    for (const asked of timesOf(query)) {
      const [ours, theirs] = await Promise.all([askEngine(asked, options), askTheirs(asked)]);
      if (isWithValues(theirs)) withValues += 1;
      const isOrdered = asked.stepMs === 0 && /^sort/.test(query);
      const difference = differenceOf(ours, theirs, { isOrdered, isPlaced });
      if (difference !== undefined)
        found.push(`${query} ${asked.stepMs === 0 ? 'at one time' : 'over a range'}: ${difference}`);
    }
  }
  return { differences: found, withValues };
}

/** At one time that is on no grid, and over a range. */
function timesOf(query: string): readonly PromqlQuestion[] {
  const middleMs = startMs + lengthMs / 2;
  return [
    { query, startMs: 0, endMs: middleMs + 1_721_003, stepMs: 0 },
    { query, startMs: middleMs - 600_000, endMs: middleMs + 1_200_000, stepMs: 47_000 },
  ];
}

function askTheirs({
  query,
  startMs: from,
  endMs,
  stepMs,
}: PromqlQuestion): ReturnType<TestPrometheus['ask']> {
  if (typeof prometheus === 'string') throw new Error(prometheus);
  const seconds = (ms: number): string => String(ms / 1_000);
  if (stepMs === 0) return prometheus.ask('query', { query, time: seconds(endMs) });
  return prometheus.ask('query_range', {
    query,
    start: seconds(from),
    end: seconds(endMs),
    step: seconds(stepMs),
  });
}

describe('PromQL answers as a real Prometheus does', () => {
  test(`${handPicked.length} hand-picked expressions`, async ({ skip }) => {
    if (typeof prometheus === 'string') skip(prometheus);
    const { differences, withValues } = await compare(handPicked, true);
    expect(differences).toEqual([]);
    expect(withValues).toBeGreaterThan(650);
  });

  test(`${GENERATED} generated expressions`, async ({ skip }) => {
    if (typeof prometheus === 'string') skip(prometheus);
    const generator = new ExpressionGenerator(new Random(SEED));
    const queries = Array.from({ length: GENERATED }, () => generator.next());
    const { differences, withValues } = await compare(queries, false);
    expect(differences).toEqual([]);
    expect(withValues).toBeGreaterThan(650);
  });

  test('formats each of them as Prometheus does', async ({ skip }) => {
    if (typeof prometheus === 'string') return skip(prometheus);
    const other = prometheus;
    const generator = new ExpressionGenerator(new Random(SEED));
    const queries = [...handPicked, ...Array.from({ length: 300 }, () => generator.next())];
    for (const query of queries) {
      const parsed = parsePromql(query);
      if (!parsed.ok) continue;
      const { data } = await other.ask('format_query', { query });
      expect([query, formatPromql(parsed.value)]).toEqual([query, data]);
    }
  });
});
