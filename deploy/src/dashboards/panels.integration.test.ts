import { differenceOf, isWithValues, startTestPrometheus, type TestPrometheus } from '@tomte/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildBoard } from './board.ts';
import { boards } from './files.ts';
import { queriesOf, variableQueriesOf } from './parts.ts';
import { type CapturedRows, startCapturedRows } from './testing/captured-rows.ts';
import { GrafanaClient, type PrometheusEnvelope, questionOf, type Shown } from './testing/grafana-client.ts';
import { boundsSeconds, samplesFromSql } from './testing/sql-samples.ts';

/** Some minutes where Prometheus is not built yet. */
const START_TIMEOUT_MS = 30 * 60_000;
const TEST_TIMEOUT = { timeout: 300_000 };
/** The data source's interval of 15 s, five times. */
const LOOKBACK_SECONDS = 75;

/** Around the recorded eight seconds, which are within one hour of UTC. */
const fromMs = Date.UTC(2026, 10, 25, 19, 35);
const toMs = Date.UTC(2026, 10, 25, 19, 50);
const all = { namespace: '$__all', service: '$__all', syscall: '$__all', node: '$__all' } as const;
const wide: Shown = { fromMs, toMs, intervalMs: 15_000, variables: all };
/** As panels of a narrow window ask, whose range begins and ends beside the grid; some values of each variable. */
const narrow: Shown = {
  fromMs: fromMs + 7_123,
  toMs: toMs - 4_321,
  intervalMs: 60_000,
  variables: { ...all, service: ['nginx', 'service'], syscall: ['read', 'openat'], node: ['node-1'] },
};

let rows: CapturedRows;
let grafana: GrafanaClient;
let prometheus: TestPrometheus | string = 'not started';

beforeAll(async () => {
  rows = await startCapturedRows();
  grafana = new GrafanaClient(`${rows.url}/prometheus`);
  const series = await samplesFromSql(rows.ask, toMs);
  expect(series.length).toBeGreaterThan(100);
  prometheus = await startTestPrometheus({ series, lookbackSeconds: LOOKBACK_SECONDS });
}, START_TIMEOUT_MS);

afterAll(async () => {
  if (typeof prometheus !== 'string') await prometheus.close();
  await rows?.close();
});

interface Sampled {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

function resultOf({ status, data, error }: PrometheusEnvelope): readonly Sampled[] {
  expect([status, error]).toEqual(['success', undefined]);
  return (data as { readonly result: readonly Sampled[] }).result; // Proof: a vector or a matrix.
}

/** The query of a panel by the titles of dashboard and panel. */
function panelQuery(name: string, panel: string, index = 0) {
  const board = boards.find((one) => one.name === name);
  if (board === undefined) throw new Error(`there is no dashboard ${name}`);
  const query = queriesOf(buildBoard(board)).filter((one) => one.panel === panel)[index];
  if (query === undefined) throw new Error(`${name} has no query ${index} of ${panel}`);
  return query;
}

async function ask(name: string, panel: string, shown: Shown, index = 0): Promise<readonly Sampled[]> {
  const { expr, isInstant } = panelQuery(name, panel, index);
  const { path, form } = questionOf(expr, isInstant, shown);
  return resultOf(await grafana.post(path, form));
}

const numberOf = (sampled: Sampled | undefined): number => Number(sampled?.value?.[1]);

async function sql(statement: string): Promise<number> {
  const [row] = await rows.ask(`SELECT ${statement} AS v`);
  return Number(row?.['v']);
}

describe('panels over the recorded traffic are what SQL over its rows says', () => {
  const served = "FROM requests WHERE role = 'server'";
  const isError = "outcome IN ('server_error', 'aborted', 'timed_out')";
  const rangeSeconds = (toMs - fromMs) / 1_000;

  it('every exchange has a row of its server, which the SQL here counts', async () => {
    const lonely = `(SELECT count() FROM requests WHERE role = 'client' AND pair_key NOT IN (SELECT pair_key ${served}))`;
    expect(await sql(lonely)).toBe(0);
    expect(await sql(`(SELECT count() ${served})`)).toBeGreaterThan(1_000);
  });

  it('requests', async () => {
    const count = await sql(`(SELECT count() ${served})`);
    const [stat] = await ask('cluster', 'Requests', wide);
    expect(numberOf(stat) * rangeSeconds).toBeCloseTo(count, 6);
    const nginx = { ...wide, variables: { ...all, service: ['nginx'] } };
    const [own] = await ask('service', 'Requests', nginx);
    expect(numberOf(own) * rangeSeconds).toBeCloseTo(
      await sql(`(SELECT count() ${served} AND service_name = 'nginx')`),
      6,
    );
  });

  it('error ratio', async () => {
    const ratio = await sql(`(SELECT countIf(${isError}) / count() ${served})`);
    expect(ratio).toBeGreaterThan(0);
    expect(numberOf((await ask('cluster', 'Errors', wide))[0])).toBeCloseTo(ratio, 9);
  });

  it('percentiles lie in the bucket of the true ones', async () => {
    for (const [index, rank] of [0.5, 0.95, 0.99].entries()) {
      const title = ['Median', '95th percentile', '99th percentile'][index] ?? '';
      const shown = numberOf((await ask('cluster', title, wide))[0]);
      // Prometheus means the observation at rank × count, counted from 1.
      const exact = await sql(
        `(SELECT arraySort(groupArray(duration_ns))[toUInt64(ceil(${rank} * count()))] / 1e9 ${served} AND duration_ns IS NOT NULL)`,
      );
      const upper = boundsSeconds.find((bound) => exact <= bound) ?? Infinity;
      const lower = boundsSeconds.findLast((bound) => bound < exact) ?? 0;
      expect(shown, title).toBeGreaterThan(lower);
      expect(shown, title).toBeLessThanOrEqual(upper);
    }
  });

  it('answers by status, and bytes, add up to the counts', async () => {
    // The window that has all samples of the recorded seconds, the zero before them too, has their whole increase.
    const found = await ask('service', 'By status', wide);
    const statuses = await rows.ask(
      `SELECT toString(status_code) AS code ${served} GROUP BY code ORDER BY code`,
    );
    const codes = found.map(({ metric }) => metric['http_response_status_code']).toSorted();
    expect(codes).toEqual(statuses.map(({ code }) => code));
    for (const { metric, values = [] } of found) {
      const code = metric['http_response_status_code'] ?? '';
      const most = Math.max(...values.map(([, text]) => Number(text) * 60));
      expect(most, code).toBeCloseTo(await sql(`(SELECT count() ${served} AND status_code = ${code})`), 6);
    }
  });

  it('the heat map has every request in its bucket', async () => {
    const found = await ask('cluster', 'Requests by duration', wide);
    expect(found.map(({ metric }) => metric['le'])).toHaveLength(boundsSeconds.length + 1);
    for (const { metric, values = [] } of found) {
      const le = metric['le'] ?? '';
      const most = Math.max(...values.map(([, text]) => Number(text)));
      const upTo = le === '+Inf' ? '' : `AND duration_ns <= ${le} * 1e9`;
      expect(most, le).toBeCloseTo(
        await sql(`(SELECT count() ${served} AND duration_ns IS NOT NULL ${upTo})`),
        6,
      );
    }
  });

  it('lost bytes', async () => {
    const lost =
      "FROM loss WHERE detail = 'counted in the kernel' OR source NOT IN ('socket_data', 'tls_data')";
    expect(numberOf((await ask('agents', 'Lost bytes', wide))[0])).toBeCloseTo(
      await sql(`(SELECT sum(bytes) ${lost})`),
      3,
    );
  });
});

describe('a real Prometheus, over samples that SQL of its own makes of the rows,', () => {
  it.for(
    boards.flatMap((board) => [
      { board, shown: wide, width: 'wide' },
      { board, shown: narrow, width: 'narrow' },
    ]),
  )(
    'answers every panel of $board.name as we do, $width',
    TEST_TIMEOUT,
    async ({ board, shown }, { skip }) => {
      if (typeof prometheus === 'string') return skip(prometheus);
      const differences: string[] = [];
      let withValues = 0;
      const queries = queriesOf(buildBoard(board));
      for (const { panel, expr, isInstant } of queries) {
        const { path, form } = questionOf(expr, isInstant, shown);
        const [ours, theirs] = await Promise.all([grafana.post(path, form), prometheus.ask(path, form)]);
        if (isWithValues(theirs)) withValues += 1;
        const difference = differenceOf(withoutOurNotes(ours), theirs, { isOrdered: false, isPlaced: true });
        if (difference !== undefined) differences.push(`${panel}: ${difference}: ${form['query']}`);
      }
      expect(differences).toEqual([]);
      expect(withValues / queries.length).toBeGreaterThan(0.9);
    },
  );
});

function withoutOurNotes(reply: PrometheusEnvelope): PrometheusEnvelope {
  const foreign = (notes: readonly string[] = []): string[] =>
    notes.filter((note) => !note.startsWith('Tomte:'));
  return { ...reply, warnings: foreign(reply.warnings), infos: foreign(reply.infos) };
}

/** What each variable offers, in SQL of its own. */
const storedValues: Readonly<Record<string, string>> = {
  namespace: "SELECT DISTINCT k8s_namespace_name AS v FROM requests WHERE role = 'server' AND v != ''",
  service: "SELECT DISTINCT service_name AS v FROM requests WHERE role = 'server'",
  syscall: 'SELECT DISTINCT syscall AS v FROM syscall_stats',
  node: 'SELECT DISTINCT host_name AS v FROM agent_status',
};

describe('what else the data source asks', () => {
  it.each(boards)('values of the variables of $name', async (board) => {
    for (const [name, query] of variableQueriesOf(buildBoard(board))) {
      const found = await grafana.labelValues(query, wide);
      const stored = await rows.ask(`${storedValues[name]} ORDER BY v`);
      expect(found, query).toEqual(stored.map(({ v }) => v));
    }
  });

  it('"Save & test", and what kind of Prometheus it is', async () => {
    const asked = await grafana.post('query', { query: '1+1', time: String(toMs / 1_000) });
    expect(asked).toMatchObject({
      status: 'success',
      data: { resultType: 'scalar', result: [toMs / 1_000, '2'] },
    });
    expect(await grafana.get('status/buildinfo')).toMatchObject({ status: 'success' });
    expect(await grafana.get('metadata', { limit: '5000' })).toMatchObject({ status: 'success' });
  });

  it('series, by a form and by an address', async () => {
    const form = {
      'match[]': 'tomte_requests_total',
      start: String(fromMs / 1_000),
      end: String(toMs / 1_000),
    };
    const [posted, got] = [await grafana.post('series', form), await grafana.get('series', form)];
    expect(posted.data).toEqual(got.data);
    expect(posted.data).toContainEqual({
      __name__: 'tomte_requests_total',
      network_protocol_name: 'http',
      outcome: 'ok',
      service_name: 'nginx',
    });
  });
});
