import { describe, expect, it } from 'vitest';
import {
  compileQuestion,
  findView,
  nextCursor,
  parseQuestion,
  type QuestionParameters,
  sourceOf,
} from './question.ts';
import { parseRequestId } from './request-id.ts';
import { compileRequestById } from './request-by-id.ts';
import { views } from './views/index.ts';

const nowNs = 1_767_225_600_000_000_000n;
const key = ['1767225599000000001', '7', '11', '0', '2'];

function parse(name: string, parameters: QuestionParameters = {}) {
  const view = findView(views, name);
  if (!view.ok) throw view.error;
  return parseQuestion(view.value, { ...needed[name], ...parameters }, nowNs);
}

/** What a view does not go without. */
const needed: Readonly<Record<string, QuestionParameters>> = { address: { address: ['203.0.113.7'] } };

function ask(name: string, parameters: QuestionParameters = {}) {
  const question = parse(name, parameters);
  if (!question.ok) throw question.error;
  return question.value;
}

function text(name: string, parameters: QuestionParameters = {}): string {
  const { sql, params } = compileQuestion(ask(name, parameters));
  return `${sql}\n-- ${JSON.stringify(params)}\n`;
}

describe('compiled text is golden', () => {
  it.each(views.map((view) => view.name))('%s', async (name) => {
    await expect(text(name)).toMatchFileSnapshot(`../testdata/${name}.golden.sql`);
  });

  it('requests with filters, each side, the second page, oldest first', async () => {
    const first = { 'status_code.ge': ['500'], sides: ['each'], order: ['asc'], limit: ['7'] };
    const cursor = nextCursor(ask('requests', first), key);
    const second = text('requests', { ...first, cursor: [cursor] });
    await expect(second).toMatchFileSnapshot('../testdata/requests-page.golden.sql');
  });

  it('edges of an hour, by the minute', async () => {
    const rollup = text('edges', { from: ['-1h'], service_name: ['nginx'] });
    await expect(rollup).toMatchFileSnapshot('../testdata/edges-rollup.golden.sql');
    expect(sourceOf(ask('edges', { from: ['-3599s'] })).table).toBe('requests');
    expect(sourceOf(ask('edges', { from: ['-1h'], path: ['/'] })).table).toBe('requests');
  });

  it('services of a long range, by the minute', async () => {
    const rollup = text('services', { from: ['-2h'], service_name: ['nginx'] });
    await expect(rollup).toMatchFileSnapshot('../testdata/services-rollup.golden.sql');
    expect(sourceOf(ask('services', { from: ['-7199s'] })).table).toBe('requests');
    expect(sourceOf(ask('services', { from: ['-2h'], path: ['/'] })).table).toBe('requests');
    expect(sourceOf(ask('services', { from: ['-2h'], to: ['-90s'] }))).toEqual({
      table: 'requests',
      range: { fromNs: nowNs - 7_200_000_000_000n, toNs: nowNs - 90_000_000_000n },
    });
    expect(sourceOf(ask('services', { source: ['rollup'], from: ['-150s'], to: ['-90s'] }))).toEqual({
      table: 'service_1m',
      range: { fromNs: nowNs - 180_000_000_000n, toNs: nowNs - 60_000_000_000n },
    });
  });

  it('services and edges of one service', async () => {
    const both = ['services', 'edges'].map((name) => text(name, { service_name: ['nginx'] })).join('');
    await expect(both).toMatchFileSnapshot('../testdata/one-service.golden.sql');
  });

  it('one request', async () => {
    const id = parseRequestId('187a0bd9c7ca0001-7-b-0-2');
    if (!id.ok) throw id.error;
    const { sql } = compileRequestById(id.value);
    await expect(`${sql}\n`).toMatchFileSnapshot('../testdata/request-by-id.golden.sql');
  });
});

describe('every view', () => {
  it.each(views.map((view) => view.name))('%s never carries a value of the asker as text', (name) => {
    const marker = '99991';
    const sql = compileQuestion(ask(name, { 'k8s_cluster_name.contains': [marker], limit: ['9973'] })).sql;
    expect(sql).not.toContain(marker);
    expect(sql).not.toContain('9973');
  });

  it.each(views.map((view) => view.name))('%s is bounded in time and rows', (name) => {
    const { sql } = compileQuestion(ask(name));
    expect(sql).toMatch(/WHERE r\.\w+ (?:>=|<) fromUnixTimestamp64Nano/);
    expect(sql).toMatch(/LIMIT \{p\d+:UInt64\}$/);
  });

  it.each(views.map((view) => view.name))('%s selects the columns that it declares', (name) => {
    const { sql, columns } = compileQuestion(ask(name));
    const select = sql.slice(0, sql.indexOf('\nFROM'));
    const names = [...select.matchAll(/ AS (\w+)(?:,\n|$)/g)]
      .map((match) => match[1])
      .filter((one) => one !== '_key');
    expect(names).toEqual(Object.keys(columns));
  });
});

describe('every link', () => {
  const links = views.flatMap((view) => (view.links ?? []).map((link) => ({ view, link })));

  it.each(
    links.map(({ view, link }) => [`${view.name}.${link.column} to ${link.view}`, view, link] as const),
  )('%s leads somewhere', (_, view, link) => {
    const target = findView(views, link.view);
    if (!target.ok) throw target.error;
    for (const column of [link.column, ...Object.values(link.parameters)])
      expect(Object.keys(view.columns)).toContain(column);
    const { params, record } = target.value;
    for (const name of Object.keys(link.parameters))
      expect([...Object.keys(params), ...Object.keys(record.columns)]).toContain(name);
  });
});

describe('a question that cannot be meant is refused', () => {
  it.each([
    ['requests', { limit: ['0'] }, 'QUERY_LIMIT_INVALID'],
    ['requests', { limit: ['10001'] }, 'QUERY_LIMIT_INVALID'],
    ['requests', { from: ['-1m', '-2m'] }, 'QUERY_PARAM_REPEATED'],
    ['requests', { sides: ['both'] }, 'QUERY_PARAM_INVALID'],
    ['requests', { order: ['up'] }, 'QUERY_PARAM_INVALID'],
    ['services', { order: ['asc'] }, 'QUERY_PARAM_INVALID'],
    ['services', { cursor: ['x'] }, 'QUERY_CURSOR_INVALID'],
    ['requests', { cursor: ['!'] }, 'QUERY_CURSOR_INVALID'],
    ['requests', { nosuch: ['1'] }, 'QUERY_COLUMN_UNKNOWN'],
    ['address', { address: [''] }, 'QUERY_PARAM_INVALID'],
    ['address', { address: ['x'.repeat(1_025)] }, 'QUERY_PARAM_INVALID'],
    ['deploy-comparison', { at: ['yesterday'] }, 'QUERY_TIME_INVALID'],
    ['requests-over-time', { step: ['25h'] }, 'QUERY_PARAM_INVALID'],
  ])('%s %j', (name, parameters, code) => {
    expect(parse(name, parameters)).toMatchObject({ ok: false, error: { code } });
  });

  it('refuses a cursor of another question', () => {
    const cursor = nextCursor(ask('requests'), key);
    const other = parse('requests', { cursor: [cursor], method: ['GET'] });
    expect(other).toMatchObject({ error: { code: 'QUERY_CURSOR_INVALID' } });
  });

  it('refuses a cursor with a forged key', () => {
    const cursor = nextCursor(ask('requests'), ['1) OR (1=1', '7', '11', '0', '2']);
    expect(parse('requests', { cursor: [cursor] })).toMatchObject({
      error: { code: 'QUERY_CURSOR_INVALID' },
    });
  });
});

it('keeps the range of the first page', () => {
  const first = ask('requests', { from: ['-5m'] });
  const view = first.view;
  const later = parseQuestion(
    view,
    { from: ['-5m'], cursor: [nextCursor(first, key)] },
    nowNs + 60_000_000_000n,
  );
  expect(later).toMatchObject({ value: { range: first.range, after: key } });
});

it.each(['', 'x', '1-2-3-4', '1-2-3-4-3', 'ffffffffffffffff-1-1-1-1', '1-2-3-4-2;'])(
  'refuses the id %j',
  (id) => {
    expect(parseRequestId(id)).toMatchObject({ ok: false, error: { code: 'QUERY_ID_INVALID' } });
  },
);
