import fc from 'fast-check';
import type { BlockRow } from '@tomte/testkit';
import { readBlockRows } from '@tomte/testkit';
import { expandBlocks } from '@tomte/wire';
import { expect, test } from 'vitest';
import { appendAgentDown } from '../agent/agent-core.ts';
import { buildConnection, ConversationBuilder } from '../testing/event-builders.ts';
import { type Harness, makeHarness, NOON_NS } from '../testing/pipeline-harness.ts';

const MS = 1e6;
/** Events come to the pipeline in another order than they happened, by no more than this. */
const DISORDER_MS = 40;

interface Step {
  readonly happensMs: number;
  readonly comesMs: number;
  give(harness: Harness): void;
}

/** An exchange on a connection of its own, which is closed some time later. */
const exchange = fc.record({
  startMs: fc.integer({ min: 0, max: 5_000 }),
  answersAfterMs: fc.integer({ min: 1, max: 1_500 }),
  closesAfterMs: fc.integer({ min: 1, max: 900 }),
  lateMs: fc.array(fc.integer({ min: 0, max: DISORDER_MS }), { minLength: 4, maxLength: 4 }),
  /** The end of the answer may come before its beginning: it waits behind a hole. */
  hasHole: fc.boolean(),
});

function stepsOf(
  of: typeof exchange extends fc.Arbitrary<infer T> ? T : never,
  connectionId: number,
): Step[] {
  const talk = new ConversationBuilder(connectionId);
  const [startMs, answersMs] = [of.startMs, of.startMs + of.answersAfterMs];
  const question = talk.data('received', 'GET / HTTP/1.1\r\n\r\n', { atNs: startMs * MS });
  const head = talk.data('sent', 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab', { atNs: answersMs * MS });
  const body = talk.data('sent', 'cd', { atNs: answersMs * MS });
  const closed = { connectionId, kind: 'closed' as const, atNs: (answersMs + of.closesAfterMs) * MS };
  const step = (atNs: number, index: number, give: Step['give']): Step => ({
    happensMs: atNs / MS,
    comesMs: atNs / MS + (of.lateMs[index] ?? 0),
    give,
  });
  const ask = step(question.atNs, 0, ({ pipeline }) => {
    pipeline.connection(buildConnection({ connectionId, atNs: question.atNs }));
    pipeline.data(question);
  });
  const answers = [
    step(head.atNs, 1, ({ pipeline }) => {
      pipeline.data(head);
      if (!of.hasHole) pipeline.data(body);
    }),
    ...(of.hasHole ? [step(body.atNs, 3, ({ pipeline }) => pipeline.data(body))] : []),
  ].map((answer) => after(answer, [ask]));
  const close = step(closed.atNs, 2, ({ pipeline }) => pipeline.connection(buildConnection(closed)));
  return [ask, ...answers, after(close, answers)];
}

/** A source hands over in order what happened on one connection, but for pieces of one direction. */
function after(step: Step, others: readonly Step[]): Step {
  return { ...step, comesMs: Math.max(step.comesMs, ...others.map((other) => other.comesMs + 1)) };
}

/** When what a row tells of had happened. */
function endOf(table: string, row: BlockRow): bigint {
  if (table === 'connections') return BigInt(String(row['end_time']));
  const duration = row['duration_ns'];
  return BigInt(String(row['start_time'])) + (typeof duration === 'bigint' ? duration : 0n);
}

test('a batch says up to when everything is in it or in those before it: nothing earlier comes later', () => {
  fc.assert(
    fc.property(fc.array(exchange, { minLength: 3, maxLength: 41 }), (exchanges) => {
      let nowMs = 0;
      const harness = makeHarness({ handedOverToNs: () => (nowMs - DISORDER_MS) * MS });
      const steps = exchanges.flatMap((one, index) => stepsOf(one, index + 1));
      steps.sort((a, b) => a.comesMs - b.comesMs);
      for (const step of steps) {
        for (; nowMs < step.comesMs; nowMs += 1) if (nowMs % 100 === 0) harness.pipeline.tick(nowMs * MS);
        step.give(harness);
      }
      harness.pipeline.stop();
      let completeToNs = 0n;
      for (const batch of harness.batches) {
        const rows = batch.table === 'loss' ? [] : readBlockRows(expandBlocks(batch) ?? new Uint8Array(0));
        for (const row of rows) expect(endOf(batch.table, row)).toBeGreaterThanOrEqual(completeToNs);
        if (batch.completeToNs > completeToNs) completeToNs = batch.completeToNs;
      }
      // It is no empty promise: it follows the time by the age of a batch and a tick.
      const lastMs = Math.max(...steps.map((step) => step.comesMs));
      if (lastMs > 2_500)
        expect(completeToNs).toBeGreaterThan(NOON_NS + BigInt(Math.floor(lastMs - 2_500)) * BigInt(MS));
    }),
    { numRuns: 211 },
  );
});

test('before the row about a dead agent is sealed, no batch says that it is complete beyond that death', () => {
  const harness = makeHarness({ handedOverToNs: () => undefined });
  const { pipeline, batches } = harness;
  const deathNs = NOON_NS - 5_000_000_000n;
  pipeline.connection(buildConnection({ atNs: 10 * MS, kind: 'closed', connectionId: 3 }));
  pipeline.tick(2_000 * MS);
  expect(batches.map((batch) => [batch.table, batch.completeToNs])).toEqual([['connections', 0n]]);
  const attached = makeHarness({ handedOverToNs: () => 10_000 * MS });
  attached.pipeline.connection(buildConnection({ atNs: 10 * MS, kind: 'closed', connectionId: 3 }));
  appendAgentDown(attached.pipeline, { completeToNs: deathNs, atNs: 20 * MS, detail: '' });
  attached.pipeline.tick(300 * MS);
  const sealed = attached.batches.map((batch) => batch.table);
  expect(sealed).toEqual(['connections', 'loss']);
  expect(attached.batches[0]?.completeToNs).toBe(deathNs);
  expect(attached.batches[1]?.completeToNs).toBe(NOON_NS + 300_000_000n);
});
