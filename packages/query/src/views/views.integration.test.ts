import { ManualClock } from '@tomte/kit';
import { startTestStore, type TestStore } from '@tomte/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileQuestion, parseQuestion, type QuestionParameters } from '../question.ts';
import { fillers, seed, seedRange } from '../testing/seed.ts';
import { views } from './index.ts';

let test: TestStore;

async function post(query: string, body = ''): Promise<void> {
  const url = new URL(test.server.url);
  url.searchParams.set('query', query);
  url.searchParams.set('database', 'tomte');
  const login = Buffer.from(`${test.server.user}:${test.server.password}`).toString('base64');
  const response = await fetch(url, { method: 'POST', body, headers: { authorization: `Basic ${login}` } });
  expect(await response.text()).toBe('');
}

beforeAll(async () => {
  test = await startTestStore();
  await post('SYSTEM STOP MERGES');
  for (const [table, rows] of Object.entries(seed))
    await post(`INSERT INTO ${table} FORMAT JSONEachRow`, rows.map((row) => JSON.stringify(row)).join('\n'));
  const clock = new ManualClock(1_768_500_000_000_000_000n);
  const keeper = test.store.createRollupKeeper({ clock, baseDays: 30 });
  while ((await keeper.runRound()).computedMinutes > 0);
  for (const filler of fillers) await post(filler);
});
afterAll(() => test.close());

/** What a view needs to say anything. */
const needed: Readonly<Record<string, QuestionParameters>> = { address: { address: ['203.0.113.7'] } };
/** Beside the defaults. */
const variants: readonly (readonly [string, string, QuestionParameters])[] = [
  ['requests-over-time-by-service', 'requests-over-time', { by: ['service'], step: ['5m'] }],
  ['requests-over-time-rollup', 'requests-over-time', { by: ['service'], step: ['5m'], source: ['rollup'] }],
  ['services-rollup', 'services', { source: ['rollup'] }],
  ['edges-rollup', 'edges', { source: ['rollup'] }],
  ['endpoints-rollup', 'endpoints', { source: ['rollup'] }],
  ['process-requests-rollup', 'process-requests', { source: ['rollup'] }],
  ['slo-burn-raw', 'slo-burn', { source: ['raw'], objective: ['99'] }],
  ['syscalls-over-time-by-pod', 'syscalls-over-time', { by: ['pod'], step: ['10s'] }],
  ['slow-requests-of-cart', 'slow-requests', { service_name: ['cart'], usual: ['0'] }],
  ['deploy-comparison-at', 'deploy-comparison', { at: ['2026-01-15T10:11:00Z'] }],
  ['pod-edges-of-pod', 'pod-edges', { k8s_pod_name: ['cart-1'] }],
  ['dependency-changes-within', 'dependency-changes', { from: ['2026-01-15T10:05:00Z'], before: ['5m'] }],
];
const cases = [...views.map(({ name }) => [name, name, needed[name] ?? {}] as const), ...variants];

function compiled(name: string, parameters: QuestionParameters) {
  const view = views.find((one) => one.name === name);
  if (view === undefined) throw new Error(`there is no view ${name}`);
  const asked = { from: [seedRange.from], to: [seedRange.to], ...parameters };
  const question = parseQuestion(view, asked, 1_768_500_000_000_000_000n);
  if (!question.ok) throw question.error;
  return { view, ...compileQuestion(question.value) };
}

describe('rows are golden', () => {
  it.each(cases)('%s', async (title, name, parameters) => {
    const { sql, params, view } = compiled(name, parameters);
    const answer = await test.store.query({ sql, params });
    const names = answer.columns.map((column) => column.name);
    expect(names.filter((one) => one !== '_key')).toEqual(Object.keys(view.columns));
    const rows = answer.rows.map(
      (row) => `${JSON.stringify(told(names, row), undefined, 1).replaceAll(/\n\s*/g, ' ')}\n`,
    );
    await expect(rows.join('')).toMatchFileSnapshot(`../../testdata/rows/${title}.golden.jsonl`);
  });
});

/** Names with values that say something: a row of all columns would hide what a view is about. */
function told(names: readonly string[], row: readonly unknown[]): object {
  const entries = names.map((name, index) => [name, row[index]] as const);
  return Object.fromEntries(
    entries.filter(
      ([, value]) =>
        value !== '' && value !== null && JSON.stringify(value) !== '{}' && JSON.stringify(value) !== '[]',
    ),
  );
}

interface PlanNode {
  readonly Plans?: readonly PlanNode[];
  readonly Description?: string;
  readonly Indexes?: readonly Record<string, unknown>[];
}

/** Of each table that a statement reads: parts and marks that are left after the indexes, of all. */
function marksOf(node: PlanNode): readonly string[] {
  const { Indexes: indexes = [], Description: table = '', Plans: plans = [] } = node;
  const first = indexes[0];
  const last = indexes.at(-1);
  const own =
    first === undefined || last === undefined
      ? []
      : [
          `${table}: parts ${String(last['Selected Parts'])}/${String(first['Initial Parts'])}, marks ${String(last['Selected Granules'])}/${String(first['Initial Granules'])}`,
        ];
  return [...own, ...plans.flatMap(marksOf)];
}

it('reads few marks: a view that looks at everything is seen here', async () => {
  const lines: string[] = [];
  for (const [title, name, parameters] of cases) {
    const { sql, params } = compiled(name, parameters);
    const answer = await test.store.query({ sql: `EXPLAIN indexes = 1, json = 1 ${sql}`, params });
    const plan = JSON.parse(answer.rows.map(([line]) => String(line)).join('\n')) as readonly {
      Plan: PlanNode;
    }[]; // Proof: ClickHouse's own plan.
    lines.push(
      `${title}\n${[...new Set(plan.flatMap(({ Plan: root }) => marksOf(root)))].map((line) => `  ${line}\n`).join('')}`,
    );
  }
  await expect(lines.join('')).toMatchFileSnapshot('../../testdata/marks.golden.txt');
});
