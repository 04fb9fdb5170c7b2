import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Exchange, Side } from './contract.ts';
import { parsers } from './registry.ts';
import { conversationsOf } from './testing/conversations.ts';
import type { Conversation } from './testing/conversations.ts';
import { latin1, Recorder, testLimits } from './testing/recorder.ts';

/** More than this for a connection is a leak: heads and lines under way, kept bodies, waiting requests. */
const MAX_HELD_BYTES =
  8 * testLimits.maxHeaderBytes + testLimits.maxPendingRequests * (8192 + 2 * testLimits.maxBodyBytes);

/** All of an exchange but the times of arrival, which depend on how the bytes were split. */
function withoutTimes(exchange: Exchange): unknown {
  const { requestStartNs: _a, requestEndNs, responseStartNs, responseEndNs, ...rest } = exchange;
  return {
    ...rest,
    hasEnds: [requestEndNs !== null, responseStartNs !== null, responseEndNs !== null],
    requestHeaders: [...exchange.requestHeaders],
    responseHeaders: [...exchange.responseHeaders],
    attributes: [...exchange.attributes],
  };
}

type Parser = (typeof parsers)[keyof typeof parsers];

function feed(
  recorder: Recorder,
  conversation: Conversation,
  cutsOf: (bytes: Uint8Array) => readonly number[],
): void {
  for (const [side, text] of conversation.messages) {
    const bytes = latin1(text);
    let from = 0;
    for (const to of [...cutsOf(bytes), bytes.length]) {
      if (to > from) recorder.push(side, bytes.subarray(from, to));
      from = Math.max(from, to);
    }
  }
}

function whole(parser: Parser, conversation: Conversation): Recorder {
  const recorder = new Recorder(parser);
  feed(recorder, conversation, () => []);
  return recorder;
}

const garbage = fc.uint8Array({ maxLength: 300 });
const side = fc.constantFrom<Side>('request', 'response');

describe.each(Object.values(parsers))('$name', (parser) => {
  const conversations = conversationsOf[parser.name === 'http' ? 'http' : 'http'];
  const conversation = fc.constantFrom(...conversations);

  it('has conversations to be tested with', () => {
    expect(conversations.length).toBeGreaterThan(2);
  });

  it.each(conversations)('$name: byte by byte gives the same exchanges', (each) => {
    const recorder = new Recorder(parser);
    feed(recorder, each, (bytes) => Array.from(bytes, (_, at) => at));
    recorder.end();
    const expected = whole(parser, each).end();
    expect(recorder.exchanges.map(withoutTimes)).toEqual(expected.exchanges.map(withoutTimes));
    expect(recorder.losses).toEqual(expected.losses);
    expect(expected.exchanges.length).toBeGreaterThan(0);
    expect(expected.losses).toEqual([]);
  });

  it('any split of the bytes gives the same exchanges', () => {
    fc.assert(
      fc.property(
        conversation,
        fc.array(fc.integer({ min: 0, max: 250 }), { maxLength: 12 }),
        (each, cuts) => {
          const recorder = new Recorder(parser);
          const sorted = [...cuts].sort((a, b) => a - b);
          feed(recorder, each, (bytes) => sorted.filter((cut) => cut < bytes.length));
          expect(recorder.end().exchanges.map(withoutTimes)).toEqual(
            whole(parser, each).end().exchanges.map(withoutTimes),
          );
        },
      ),
      { numRuns: 700 },
    );
  });

  it('a proper prefix never gives an exchange that the whole does not give', () => {
    for (const each of conversations) {
      const expected = whole(parser, each).end().exchanges.map(withoutTimes);
      const total = each.messages.reduce((sum, [, text]) => sum + text.length, 0);
      for (let length = 0; length < total; length += 1) {
        const recorder = new Recorder(parser);
        let left = length;
        for (const [which, text] of each.messages) {
          if (left > 0) recorder.push(which, text.slice(0, left));
          left -= text.length;
        }
        expect(expected.slice(0, recorder.exchanges.length)).toEqual(recorder.exchanges.map(withoutTimes));
      }
    }
  });

  it('random bytes never throw, never loop, never hold much, and every exchange ends', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(side, garbage), { maxLength: 20 }), fc.boolean(), (pushes, fromStart) => {
        const recorder = new Recorder(parser, { fromStart });
        for (const [which, bytes] of pushes) recorder.push(which, bytes);
        recorder.end();
        expect(recorder.maxHeldBytes).toBeLessThan(MAX_HELD_BYTES);
        expect(recorder.parser.open()).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it('garbled conversations never throw and never hold much', () => {
    const flips = fc.array(fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 255 })), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(conversation, flips, (each, changes) => {
        const recorder = new Recorder(parser);
        for (const [which, text] of each.messages) {
          const bytes = latin1(text);
          for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
          recorder.push(which, bytes);
        }
        recorder.parser.expire(1e15, 1);
        recorder.end();
        expect(recorder.maxHeldBytes).toBeLessThan(MAX_HELD_BYTES);
        expect(recorder.parser.open()).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  it('finds its way again after a hole and garbage on both sides', () => {
    fc.assert(
      fc.property(garbage, garbage, fc.integer({ min: 1, max: 1000 }), (before, after, hole) => {
        const recorder = new Recorder(parser);
        const first = conversations[0];
        if (first === undefined) return;
        feed(recorder, first, () => []);
        for (const which of ['request', 'response'] as const) {
          recorder.gap(which, hole).push(which, before).gap(which, hole);
          recorder.push(which, after).push(which, '\r\n');
        }
        const known = recorder.exchanges.length;
        feed(recorder, first, () => []);
        feed(recorder, first, () => []);
        recorder.end();
        const told = recorder.exchanges.slice(known).map(({ statusCode, path }) => ({ statusCode, path }));
        const last = whole(parser, first).exchanges.at(-1);
        expect(told.at(-1)).toEqual({ statusCode: last?.statusCode, path: last?.path });
      }),
      { numRuns: 500 },
    );
  });

  it('is recognised by each prefix of each conversation that is long enough, and by no shorter one as another', () => {
    const empty = new Uint8Array(0);
    for (const { messages } of conversations) {
      const first = messages[0];
      if (first === undefined) continue;
      const bytes = latin1(first[1]);
      for (let length = 0; length <= bytes.length; length += 1) {
        const prefix = bytes.subarray(0, length);
        const isLine = /HTTP\/1\.\d\r?\n/.test(first[1].slice(0, length));
        expect(parser.recognise([prefix, empty])).toEqual(
          isLine || length > 64 ? { kind: 'yes', requestDirection: 0 } : { kind: 'need_more' },
        );
        if (isLine) expect(parser.recognise([empty, prefix])).toEqual({ kind: 'yes', requestDirection: 1 });
      }
    }
  });
});
