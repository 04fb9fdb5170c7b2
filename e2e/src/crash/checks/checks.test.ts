import type { LoggedRequest } from '@tomte/workloads';
import { expect, test } from 'vitest';
import type { Kill } from '../killer.ts';
import { parseOptions } from '../options.ts';
import { findBatchProblems, type StoredBatch } from './batches.ts';
import { findWindowProblems } from './down-windows.ts';
import { findMissing, findUnexpected } from './missing.ts';
import { findRecordingProblems } from './recordings.ts';

/** Each check is shown what it must find: one that cannot fail proves nothing. */
const batch = (seq: number, more: Partial<StoredBatch> = {}): StoredBatch => ({
  ...{ table: 'requests', spoolId: '7', rows: 3, copies: 1 },
  seq,
  ...more,
});

test.each([
  ['whole', [batch(2), batch(1), batch(3)], []],
  ['a gap', [batch(1), batch(3)], ['batch 2 of 3 is missing']],
  ['twice', [batch(1), batch(2, { copies: 2 })], ['batch 2 of requests is stored 2 times']],
  ['in two tables', [batch(1), batch(1, { table: 'loss' })], ['batch 1 stands in requests and in loss']],
])('batches: %s', (_name, batches, problems) => {
  expect(findBatchProblems(batches)).toEqual(problems);
});

test('a recording of which a batch or a row is missing or too much', () => {
  const expected = [{ spoolId: '7', batches: 2, rows: 6, requests: 6 }];
  expect(findRecordingProblems(expected, [batch(1), batch(2)])).toEqual([]);
  expect(findRecordingProblems(expected, [batch(1)])).toHaveLength(1);
  expect(findRecordingProblems(expected, [batch(1), batch(2, { rows: 4 })])).toHaveLength(1);
  expect(findRecordingProblems(expected, [batch(1), batch(2), batch(1, { spoolId: '8' })])).toHaveLength(1);
});

const kill = (atMs: number, victim: Kill['victim'] = 'agent'): Kill => ({
  ...{ victim, atMs, pid: 1, unacknowledged: 1, askedBeforeMs: 1 },
});

test.each([
  ['of its own', [{ startMs: 90, endMs: 130 }], 0],
  ['none', [], 1],
  ['beside it', [{ startMs: 101, endMs: 130 }], 2],
  [
    'one too many',
    [
      { startMs: 90, endMs: 130 },
      { startMs: 95, endMs: 120 },
    ],
    1,
  ],
])('a death with a window: %s', (_name, windows, problems) => {
  expect(findWindowProblems(windows, [kill(100), kill(500, 'collector')])).toHaveLength(problems);
});

test('two deaths may share a window, and each needs one', () => {
  const deaths = [kill(100), kill(120)];
  expect(findWindowProblems([{ startMs: 90, endMs: 130 }], deaths)).toEqual([]);
  expect(findWindowProblems([{ startMs: 90, endMs: 110 }], deaths)).toHaveLength(1);
});

const ports = { http: 80, https: 443 };
const line = (nonce: string, time: number): LoggedRequest => ({
  ...{ nonce, time, seconds: 0.2, method: 'GET', target: '/', status: 200 },
  scheme: 'http',
});

test('a request without a row is told unless the time in which it ran touches a window', () => {
  const windows = [{ startMs: 10_000, endMs: 11_000 }];
  const lines = [line('stored', 9.5), line('before', 9.98), line('during', 10.1), line('after', 11.3)];
  const found = findMissing({ role: 'server', lines }, new Map([['stored@80 server', 1]]), {
    ports,
    windows,
  });
  expect(found.inWindows).toBe(1);
  expect(found.problems.map((problem) => problem.split(' ')[2])).toEqual(['before', 'after']);
});

test('rows that are there twice, and rows that no log knows', () => {
  const sides = [{ role: 'server', lines: [line('a', 1), line('b', 1)] } as const];
  const stored = new Map([
    ['a@80 server', 1],
    ['b@80 server', 2],
    ['c@80 server', 1],
  ]);
  expect(findUnexpected(sides, stored, ports)).toEqual(['b@80 server: 2 rows', 'c@80 server: in no log']);
});

test('options that mean nothing are refused with a code', () => {
  expect(parseOptions(['--kills', '7', '--feed', 'live'])).toMatchObject({
    kills: 7,
    feeds: ['live'],
    seed: 1,
  });
  for (const args of [['--kills', '0'], ['--kills', '1e3'], ['--feed', 'x'], ['--kill', '3'], ['extra']])
    expect(() => parseOptions(args)).toThrow(expect.objectContaining({ code: 'CRASH_OPTIONS_INVALID' }));
});
