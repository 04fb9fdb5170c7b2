import { ManualClock } from '@tomte/kit';
import {
  askEngine,
  differenceOf,
  isWithValues,
  type PrometheusReply,
  type PromqlQuestion,
  Random,
  sampleSourceOf,
  startTestPrometheus,
  startTestStore,
  type TestPrometheus,
  type TestStore,
  type TimedSeries,
} from '@tomte/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningApi, startApi } from './server.ts';
import { storeRunner } from './store-runner.ts';
import { metricExpressions } from './testing/metric-expressions.ts';
import { firstHourMs, metricRows, untilMs } from './testing/metric-rows.ts';

/** Some minutes where Prometheus is not built yet. */
const BUILD_TIMEOUT_MS = 25 * 60_000;
const LOOKBACK_SECONDS = 75;
const SEED = 20_260_115;

let test: TestStore;
let api: RunningApi;
let samples: readonly TimedSeries[] = [];
let prometheus: TestPrometheus | string = 'not started';

async function insert(table: string, rows: readonly object[]): Promise<void> {
  const url = new URL(test.server.url);
  url.searchParams.set('query', `INSERT INTO tomte.${table} FORMAT JSONEachRow`);
  const login = Buffer.from(`${test.server.user}:${test.server.password}`).toString('base64');
  const body = rows.map((row) => JSON.stringify(row)).join('\n');
  const response = await fetch(url, { method: 'POST', body, headers: { authorization: `Basic ${login}` } });
  expect(await response.text()).toBe('');
}

async function ask(path: string, parameters: Record<string, string>): Promise<PrometheusReply> {
  const url = `${api.url}/prometheus/api/v1/${path}`;
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(parameters) });
  return (await response.json()) as PrometheusReply; // Proof: the envelope of Prometheus.
}

async function get(path: string): Promise<{ readonly status: number; readonly body: PrometheusReply }> {
  const response = await fetch(`${api.url}/prometheus/api/v1/${path}`);
  return { status: response.status, body: (await response.json()) as PrometheusReply }; // Proof: as above.
}

interface Found {
  readonly metric: Record<string, string>;
  readonly value: readonly [number, string];
  readonly values: readonly (readonly [number, string])[];
}

async function found(query: string, timeMs: number): Promise<readonly Found[]> {
  const { data } = await ask('query', { query, time: String(timeMs / 1_000) });
  return (data as { readonly result: readonly Found[] }).result; // Proof: a vector or a matrix.
}

/** Every sample that there is, as the API tells it. */
async function allSamples(): Promise<readonly TimedSeries[]> {
  const series = await found('{__name__=~".+"}[3h]', firstHourMs + 3 * 3_600_000 - 60_000);
  return series.map(({ metric, values }) => ({
    labels: metric,
    timesMs: values.map(([seconds]) => seconds * 1_000),
    values: values.map(([, text]) => Number(text)),
  }));
}

beforeAll(async () => {
  test = await startTestStore();
  for (const [table, rows] of Object.entries(metricRows(new Random(SEED)))) await insert(table, rows);
  const clock = new ManualClock(BigInt(firstHourMs + 3 * 3_600_000) * 1_000_000n);
  api = await startApi({ sql: storeRunner(test.store, 30_000), clock, host: '127.0.0.1', port: 0 });
  samples = await allSamples();
  prometheus = await startTestPrometheus({ series: samples, lookbackSeconds: LOOKBACK_SECONDS });
}, BUILD_TIMEOUT_MS);

afterAll(async () => {
  await api?.close();
  await test?.close();
  if (typeof prometheus !== 'string') await prometheus.close();
});

async function sqlNumber(sql: string): Promise<number> {
  const { rows } = await test.store.query({ sql, params: {} });
  return Number(rows[0]?.[0]);
}

/** Before this time, after the start of its hour. */
function since(timeMs: number, column = 'start_time'): string {
  const text = (ms: number): string => `'${new Date(ms).toISOString().replace('T', ' ').slice(0, 19)}'`;
  const hourMs = Math.floor((timeMs - 1) / 3_600_000) * 3_600_000;
  return `${column} >= toDateTime(${text(hourMs)}, 'UTC') AND ${column} < toDateTime(${text(timeMs)}, 'UTC')`;
}

describe('samples are what the rows say', () => {
  const times = [50, 59.75, 60, 60.25, 75, 100, 139].map((minutes) => firstHourMs + minutes * 60_000);

  it.each(times)('at %d', async (timeMs) => {
    // An exchange that both ends saw is one: its server's row; `outside` has the client's alone.
    const served = `${since(timeMs)} AND role = 'server'`;
    const [counted] = await found('sum(tomte_requests_total{service_name="cart"})', timeMs);
    expect(Number(counted?.value[1] ?? 0)).toBe(
      await sqlNumber(`SELECT count() FROM requests WHERE ${served}`),
    );
    const known = `${served} AND duration_ns IS NOT NULL`;
    const [bucket] = await found(
      'sum(http_server_request_duration_seconds_bucket{service_name="cart",le="0.025"})',
      timeMs,
    );
    expect(Number(bucket?.value[1] ?? 0)).toBe(
      await sqlNumber(`SELECT count() FROM requests WHERE ${known} AND duration_ns <= 25000000`),
    );
    const [sum] = await found('sum(http_server_request_duration_seconds_sum{service_name="cart"})', timeMs);
    expect(Number(sum?.value[1] ?? 0)).toBeCloseTo(
      (await sqlNumber(`SELECT sum(duration_ns) FROM requests WHERE ${known}`)) / 1e9,
      6,
    );
    const [client] = await found('sum(http_client_request_duration_seconds_count)', timeMs);
    expect(Number(client?.value[1] ?? 0)).toBe(
      await sqlNumber(
        `SELECT count() FROM requests WHERE ${since(timeMs)} AND role = 'client' AND duration_ns IS NOT NULL`,
      ),
    );
    const [bytes] = await found('sum(tomte_connection_sent_bytes_total)', timeMs);
    expect(Number(bytes?.value[1] ?? 0)).toBe(
      await sqlNumber(`SELECT sum(sent_bytes) FROM connections WHERE ${since(timeMs, 'end_time')}`),
    );
  });

  it('of the whole time, every request is an increase', async () => {
    const first = firstHourMs + 29 * 60_000;
    const values =
      (await found('tomte_requests_total{outcome="ok",service_name="cart"}[3h]', untilMs + 60_000))[0]
        ?.values ?? [];
    const numbers = values.filter(([seconds]) => seconds * 1_000 > first).map(([, text]) => Number(text));
    const increase = numbers.reduce((sum, value, index) => {
      const before = numbers[index - 1] ?? 0;
      return sum + (value < before ? value : value - before);
    }, 0);
    expect(increase).toBe(
      await sqlNumber("SELECT count() FROM requests WHERE role = 'server' AND outcome = 'ok'"),
    );
  });

  it('counts a loss that the kernel has counted once', async () => {
    const [lost] = await found('sum(tomte_lost_events_total{reason="ring_full"})', firstHourMs + 50 * 60_000);
    expect(lost?.value[1]).toBe('9');
  });
});

describe('a real Prometheus over the same samples', () => {
  it(`answers ${metricExpressions.length} expressions as we do`, async ({ skip }) => {
    if (typeof prometheus === 'string') return skip(prometheus);
    const options = { source: sampleSourceOf(samples), lookbackMs: LOOKBACK_SECONDS * 1_000 };
    const differences: string[] = [];
    let withValues = 0;
    for (const [index, query] of metricExpressions.entries()) {
      const { times, parameters } = question(query);
      const theirs = await prometheus.ask('query_range', parameters);
      if (isWithValues(theirs)) withValues += 1;
      // Through the whole API, which reads the rows anew, as often as time allows.
      const ours = index % 10 === 0 ? await ask('query_range', parameters) : await askEngine(times, options);
      const difference = differenceOf(withoutOurNotes(ours), theirs, { isOrdered: false, isPlaced: true });
      if (difference !== undefined) differences.push(`${query}: ${difference}`);
    }
    expect(differences).toEqual([]);
    expect(metricExpressions.length).toBeGreaterThan(500);
    expect(withValues).toBeGreaterThan(400);
  }, 600_000);

  it('answers at one time as the API does', async ({ skip }) => {
    if (typeof prometheus === 'string') return skip(prometheus);
    for (const query of metricExpressions.slice(0, 30)) {
      const parameters = { query, time: secondsAt(97) };
      const [ours, theirs] = await Promise.all([
        ask('query', parameters),
        prometheus.ask('query', parameters),
      ]);
      const strictness = { isOrdered: false, isPlaced: true };
      expect([query, differenceOf(withoutOurNotes(ours), theirs, strictness)]).toEqual([query, undefined]);
    }
  }, 600_000);
});

const secondsAt = (minutes: number): string => String(firstHourMs / 1_000 + minutes * 60 + 7.5);

interface Question {
  readonly times: PromqlQuestion;
  readonly parameters: Record<string, string>;
}

function question(query: string): Question {
  const [start, end] = [secondsAt(31), secondsAt(135)];
  const times = { query, startMs: Number(start) * 1_000, endMs: Number(end) * 1_000, stepMs: 60_000 };
  return { times, parameters: { query, start, end, step: '60' } };
}

function withoutOurNotes(reply: PrometheusReply): PrometheusReply {
  const foreign = (notes: readonly string[] = []): string[] =>
    notes.filter((note) => !note.startsWith('Tomte:'));
  return { ...reply, warnings: foreign(reply.warnings), infos: foreign(reply.infos) };
}

describe('Prometheus’ HTTP API', () => {
  const time = String(firstHourMs / 1_000 + 5_400);
  const span = `start=${firstHourMs / 1_000}&end=${firstHourMs / 1_000 + 9_000}`;

  it('tells its errors in their envelope', async () => {
    expect(await get('query?query=up%7B')).toMatchObject({
      status: 400,
      body: { status: 'error', errorType: 'bad_data' },
    });
    expect(await get('query')).toMatchObject({ status: 400, body: { errorType: 'bad_data' } });
    expect(await get(`query?query=1&time=x`)).toMatchObject({ status: 400, body: { errorType: 'bad_data' } });
    expect(await get('query_range?query=1&start=0&end=1e6&step=1')).toMatchObject({ status: 400 });
    const two = `${encodeURIComponent('http_server_request_duration_seconds_count + on () tomte_requests_total')}&time=${time}`;
    expect(await get(`query?query=${two}`)).toMatchObject({ status: 422, body: { errorType: 'execution' } });
    expect((await get('query?query=limitk(1,up)')).body.error).toContain('PROMQL_NOT_SUPPORTED');
  });

  it('lists names, values, series, and what metrics are', async () => {
    const labels = await get(`labels?${span}&match[]=tomte_requests_total`);
    expect(labels.body.data).toEqual([
      '__name__',
      'k8s_namespace_name',
      'network_protocol_name',
      'outcome',
      'service_name',
    ]);
    const names = (await get(`label/__name__/values?${span}`)).body.data;
    expect(names).toContain('http_server_request_duration_seconds_bucket');
    expect(names).toContain('tomte_agent_up');
    const services = await get(`label/service_name/values?${span}`);
    expect(services.body.data).toEqual(['cart', 'frontend', 'pay.example']);
    const series = await get(
      `series?${span}&match[]=${encodeURIComponent('{__name__=~"http_server.*_count",service_name="pay.example"}')}`,
    );
    expect(series.body.data).toContainEqual({
      __name__: 'http_server_request_duration_seconds_count',
      service_name: 'pay.example',
      http_request_method: 'GET',
      http_response_status_code: '200',
    });
    expect((await get(`label/le/values?${span}&limit=3`)).body).toMatchObject({
      data: ['+Inf', '0.005', '0.01'],
      warnings: ['results truncated due to limit'],
    });
    const metadata = (await get('metadata?metric=http_server_request_duration_seconds')).body.data;
    expect(metadata).toMatchObject({
      http_server_request_duration_seconds: [{ type: 'histogram', unit: 'seconds' }],
    });
    expect((await get('query_exemplars?query=up')).body.data).toEqual([]);
    expect((await get('status/buildinfo')).body.data).toMatchObject({ version: '3.0.0' });
  });

  it('says how complete an answer is', async () => {
    const lacking = await get(`query_range?query=tomte_requests_total&step=60&${span}`);
    expect(lacking.body.warnings).toContain(
      'Tomte: lost in this time: 9 events, 900 bytes (ring_full, socket_data)',
    );
    expect((await get('query?query=1%2B1')).body).toEqual({
      status: 'success',
      data: { resultType: 'scalar', result: [firstHourMs / 1_000 + 10_800, '2'] },
    });
  });

  it('refuses what is too much before it is read into memory', async () => {
    const query = encodeURIComponent('count_over_time({__name__=~".+"}[5y])');
    const { status, body } = await get(`query?query=${query}&time=${time}`);
    expect([status, body.errorType]).toEqual([422, 'execution']);
  });
});
