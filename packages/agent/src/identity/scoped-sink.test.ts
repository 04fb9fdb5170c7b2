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
function scoped(decisions: Map<number, ScopeDecision>, includeNamespaces: readonly string[] = []) {
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
  const scope = new Told({ includeNamespaces, excludeNamespaces: [] }, noPods, () => undefined);
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

test.each([
  ['all namespaces: captured meanwhile', [], 2],
  ['named namespaces: nothing of it before it is known', ['shop'], 1],
])('a process whose pod is not known yet, %s', (_name, include, count) => {
  const decisions = new Map<number, ScopeDecision>([[7, undefined]]);
  const { sink, pipeline, rows } = scoped(decisions, include);
  talk(sink, 7, 1, 1);
  decisions.set(7, 'captured');
  talk(sink, 7, 500, 2);
  pipeline.stop();
  expect(rows('requests').length).toBe(count);
});
