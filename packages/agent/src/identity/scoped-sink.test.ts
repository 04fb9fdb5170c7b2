import { expect, test } from 'vitest';
import { buildConnection, buildProcess, ConversationBuilder } from '../testing/event-builders.ts';
import { makeHarness } from '../testing/pipeline-harness.ts';
import { CaptureScope } from './capture-scope.ts';
import type { ScopeDecision } from './capture-scope.ts';
import { ScopedSink } from './scoped-sink.ts';

const MS = 1e6;
const ask = 'GET /a HTTP/1.1\r\nHost: cart\r\n\r\n';
const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** A scope that decides as it is told, and a sink over a real pipeline. */
function scoped(
  decisions: Map<number, ScopeDecision>,
  includeNamespaces: readonly string[] = [],
  excludeNamespaces: readonly string[] = [],
) {
  const noPods = {
    isSynced: true,
    podOfUid: () => undefined,
    podOfContainer: () => undefined,
    pods: () => [],
    requestCount: 0,
    close: () => undefined,
  };
  class Told extends CaptureScope {
    override decide(pid: number): ScopeDecision {
      return decisions.get(pid);
    }
  }
  const harness = makeHarness();
  const excluded: number[] = [];
  const scope = new Told({ includeNamespaces, excludeNamespaces }, noPods, () => undefined);
  return { sink: new ScopedSink(harness.pipeline, scope, (pid) => excluded.push(pid)), excluded, ...harness };
}

function talk(sink: ScopedSink, pid: number, atMs: number, connectionId: number): void {
  const builder = new ConversationBuilder(connectionId);
  sink.connection(buildConnection({ pid, connectionId, atNs: atMs * MS }));
  sink.data(builder.data('received', ask, { pid, atNs: atMs * MS }));
  sink.data(builder.data('sent', answer, { pid, atNs: atMs * MS }));
}

test('nothing of a process that is left out goes on, and the source is told once', () => {
  const { sink, excluded, pipeline, rows } = scoped(
    new Map([
      [7, 'captured'],
      [8, 'left_out'],
    ]),
  );
  for (const pid of [7, 8]) sink.process(buildProcess({ pid }));
  for (let round = 1; round <= 3; round += 1) {
    talk(sink, 7, round, round);
    talk(sink, 8, round, 10 + round);
  }
  pipeline.stop();
  expect(rows('requests').map((row) => row['pid'])).toEqual([7, 7, 7]);
  expect(rows('process_events').map((row) => row['pid'])).toEqual([7]);
  expect(excluded).toEqual([8]);
});

test('what closes after the end of a process that is left out does not go on either', () => {
  const { sink, pipeline, rows, excluded } = scoped(new Map([[8, 'left_out']]));
  sink.process(buildProcess({ pid: 8 }));
  sink.connection(buildConnection({ pid: 8 }));
  sink.process(buildProcess({ kind: 'exit', pid: 8, atNs: 5 * MS }));
  sink.connection(buildConnection({ pid: 8, kind: 'closed', atNs: 6 * MS }));
  pipeline.stop();
  expect([rows('connections'), rows('process_events'), excluded]).toEqual([[], [], [8]]);
});

test('what is not asked for is dropped here and goes on in the kernel: a runtime starts what is', () => {
  const { sink, pipeline, rows, excluded } = scoped(new Map([[8, 'not_asked_for']]), ['shop']);
  talk(sink, 8, 1, 1);
  pipeline.stop();
  expect([rows('requests'), excluded]).toEqual([[], []]);
});

test('a new program is decided anew: runc becomes the program of a pod', () => {
  const decisions = new Map<number, ScopeDecision>([[7, 'captured']]);
  const { sink, excluded } = scoped(decisions);
  sink.process(buildProcess({ pid: 7 }));
  decisions.set(7, 'left_out');
  sink.process(buildProcess({ pid: 7 }));
  expect(excluded).toEqual([7]);
});

test('what comes before the pod of a process is known waits, and goes on in its order once it is captured', () => {
  const decisions = new Map<number, ScopeDecision>();
  const { sink, pipeline, rows } = scoped(decisions);
  sink.process(buildProcess({ pid: 7 }));
  talk(sink, 7, 1, 1);
  expect(sink.earliestHeldNs).toBe(0);
  decisions.set(7, 'captured');
  sink.tick(50 * MS);
  expect(sink.earliestHeldNs).toBe(0);
  sink.tick(150 * MS);
  expect(sink.earliestHeldNs).toBe(Infinity);
  talk(sink, 7, 160, 2);
  pipeline.stop();
  expect(rows('requests').map((row) => row['status_code'])).toEqual([200, 200]);
  expect(rows('process_events').length).toBe(1);
  expect(rows('loss')).toEqual([]);
});

test('nothing of our own pod goes on although it ran before it was known', () => {
  const decisions = new Map<number, ScopeDecision>();
  const { sink, pipeline, rows, excluded } = scoped(decisions);
  sink.process(buildProcess({ pid: 8 }));
  talk(sink, 8, 1, 1);
  sink.process(buildProcess({ kind: 'exit', pid: 8, atNs: 2 * MS }));
  decisions.set(8, 'left_out');
  sink.tick(200 * MS);
  sink.end();
  pipeline.stop();
  expect(['requests', 'connections', 'process_events', 'loss'].map((table) => rows(table))).toEqual([
    [],
    [],
    [],
    [],
  ]);
  expect(excluded).toEqual([8]);
});

const counters = { capturedEvents: 0n, capturedBytes: 0n, droppedEvents: 0n, droppedBytes: 0n };

const counted = ['lifecycle 2 0', `socket_data 2 ${ask.length + answer.length}`];

test.each([
  { where: 'no namespaces are named: captured', include: [], exclude: [], requests: 1, lost: [] },
  { where: 'namespaces are named: counted', include: ['shop'], exclude: [], requests: 0, lost: counted },
  { where: 'namespaces are left out: counted', include: [], exclude: ['bank'], requests: 0, lost: counted },
])('a pod that stays unknown where $where', ({ include, exclude, requests, lost }) => {
  const { sink, pipeline, rows } = scoped(new Map(), include, exclude);
  sink.process(buildProcess({ pid: 7 }));
  talk(sink, 7, 1, 1);
  sink.tick(1_000 * MS);
  expect(sink.earliestHeldNs).toBe(0);
  sink.tick(1_600 * MS);
  expect(sink.earliestHeldNs).toBe(Infinity);
  sink.counters({ atNs: 1_700 * MS, ...counters });
  pipeline.stop();
  expect(rows('requests').length).toBe(requests);
  const told = rows('loss').map(({ source, events, bytes, reason }) => {
    expect(reason).toBe('pod_unknown');
    return `${String(source)} ${String(events)} ${String(bytes)}`;
  });
  expect(told.toSorted()).toEqual(lost);
});

test('the end of a process that never executed a program is decided by its parent', () => {
  const decisions = new Map<number, ScopeDecision>([
    [7, 'captured'],
    [8, 'not_asked_for'],
  ]);
  const { sink, pipeline, rows } = scoped(decisions, ['shop']);
  sink.process(buildProcess({ kind: 'exit', pid: 70, parentPid: 7, atNs: 5 * MS }));
  sink.process(buildProcess({ kind: 'exit', pid: 80, parentPid: 8, atNs: 6 * MS }));
  sink.end();
  pipeline.stop();
  expect(rows('process_events').map(({ pid }) => pid)).toEqual([70]);
  expect(rows('loss')).toEqual([]);
});

test('a connection stays in its order although another process goes on with it', () => {
  const decisions = new Map<number, ScopeDecision>([[9, 'captured']]);
  const { sink, pipeline, rows } = scoped(decisions);
  const builder = new ConversationBuilder(1);
  sink.connection(buildConnection({ pid: 7, connectionId: 1 }));
  sink.data(builder.data('received', ask, { pid: 7, atNs: MS }));
  sink.data(builder.data('sent', answer, { pid: 9, atNs: 2 * MS }));
  decisions.set(7, 'captured');
  sink.tick(200 * MS);
  pipeline.stop();
  expect(rows('requests').map((row) => row['status_code'])).toEqual([200]);
  expect(rows('loss')).toEqual([]);
});

test('a process id that is used again meanwhile is decided by itself', () => {
  const decisions = new Map<number, ScopeDecision>();
  const { sink, pipeline, rows, excluded } = scoped(decisions);
  sink.process(buildProcess({ pid: 7, executable: '/bin/first' }));
  sink.process(buildProcess({ kind: 'exit', pid: 7, executable: '/bin/first', atNs: MS }));
  decisions.set(7, 'left_out');
  sink.process(buildProcess({ pid: 7, executable: '/bin/second', atNs: 2 * MS }));
  pipeline.stop();
  expect(new Set(rows('process_events').map((row) => row['process_executable']))).toEqual(
    new Set(['/bin/first']),
  );
  expect(excluded).toEqual([7]);
});

test('beyond its bounds nothing is held: captured at once, or dropped and counted', () => {
  for (const include of [[], ['shop']]) {
    const { sink, pipeline, rows } = scoped(new Map(), include);
    const processes = 300;
    for (let pid = 1; pid <= processes; pid += 1) sink.process(buildProcess({ pid, atNs: pid }));
    pipeline.tick(10 * MS);
    const waiting = 256;
    const now = { events: rows('process_events').length };
    sink.end();
    pipeline.stop();
    const lostEvents = rows('loss').reduce((sum, row) => sum + Number(row['events']), 0);
    expect([rows('process_events').length, lostEvents]).toEqual(
      include.length === 0 ? [processes, 0] : [0, processes],
    );
    expect(now.events).toBeLessThanOrEqual(processes - waiting);
  }
});

test('bytes that are held have a bound too', () => {
  const { sink, pipeline, rows } = scoped(new Map());
  const builder = new ConversationBuilder(1);
  sink.connection(buildConnection({ pid: 7 }));
  const body = 'x'.repeat(16 * 1024);
  for (let each = 0; each < 200; each += 1) sink.data(builder.data('sent', body, { pid: 7, atNs: MS }));
  expect(sink.earliestHeldNs).toBe(MS);
  sink.end();
  sink.connection(buildConnection({ pid: 7, kind: 'closed', sentBytes: 200 * body.length, atNs: 2 * MS }));
  sink.end();
  pipeline.stop();
  expect(rows('connections').map((row) => Number(row['sent_bytes']))).toEqual([200 * body.length]);
  expect(rows('loss').filter((row) => row['reason'] === 'ring_full')).toEqual([]);
});
