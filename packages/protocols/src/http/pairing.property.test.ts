import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Exchange, GapReason, Side } from '../contract.ts';
import { latin1, Recorder } from '../testing/recorder.ts';
import { http } from './index.ts';

/**
 * A conversation whose every message names its turn (nonce), in pieces with times of their own, with holes
 * torn into it. Whatever the holes: no exchange may join a request with another one's response.
 */
interface TurnPlan {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'DELETE';
  readonly requestBody: 'none' | 'length' | 'chunked';
  readonly response: 'length' | 'chunked' | 'no_content' | 'not_modified';
  readonly bodyBytes: number;
  readonly hasInterim: boolean;
}

interface Piece {
  readonly side: Side;
  readonly bytes: Uint8Array;
}

interface Hole {
  readonly side: Side;
  readonly start: number;
  readonly bytes: number;
  readonly reason: GapReason;
}

interface Schedule {
  readonly kind: 'sequential' | 'bursts' | 'window';
  readonly depth: number;
}

function chunked(body: string): string {
  const half = Math.ceil(body.length / 2);
  const chunks = [body.slice(0, half), body.slice(half)].filter((chunk) => chunk !== '');
  return `${chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('')}0\r\n\r\n`;
}

function requestOf(plan: TurnPlan, nonce: number): string {
  const head = `${plan.method} /turn/${nonce}?n=${nonce} HTTP/1.1\r\nHost: h\r\nX-Nonce: ${nonce}\r\n`;
  const body = `<${nonce}>`.padEnd(plan.bodyBytes, '.');
  if (plan.requestBody === 'none') return `${head}\r\n`;
  if (plan.requestBody === 'length') return `${head}Content-Length: ${body.length}\r\n\r\n${body}`;
  return `${head}Transfer-Encoding: chunked\r\n\r\n${chunked(body)}`;
}

const statusOf = (plan: TurnPlan): string =>
  ({ length: '200 OK', chunked: '200 OK', no_content: '204 No Content', not_modified: '304 Not Modified' })[
    plan.response
  ];

function responseOf(plan: TurnPlan, nonce: number): string {
  const interim = plan.hasInterim ? 'HTTP/1.1 100 Continue\r\n\r\n' : '';
  const head = `${interim}HTTP/1.1 ${statusOf(plan)}\r\nServer: s\r\nX-Nonce: ${nonce}\r\n`;
  const body = `[${nonce}]`.padEnd(plan.bodyBytes, '.');
  const isBodiless =
    plan.method === 'HEAD' || plan.response === 'no_content' || plan.response === 'not_modified';
  if (plan.response === 'chunked') {
    return `${head}Transfer-Encoding: chunked\r\n\r\n${isBodiless ? '' : chunked(body)}`;
  }
  const length = plan.response === 'no_content' ? '' : `Content-Length: ${body.length}\r\n`;
  return `${head}${length}\r\n${isBodiless ? '' : body}`;
}

/** The order in which whole messages pass: [side, turn]. */
function orderOf(count: number, { kind, depth }: Schedule): (readonly [Side, number])[] {
  const order: (readonly [Side, number])[] = [];
  const flight = kind === 'sequential' ? 1 : depth;
  if (kind === 'window') {
    for (let turn = 0; turn < Math.min(flight, count); turn += 1) order.push(['request', turn]);
    for (let turn = 0; turn < count; turn += 1) {
      order.push(['response', turn]);
      if (turn + flight < count) order.push(['request', turn + flight]);
    }
    return order;
  }
  for (let first = 0; first < count; first += flight) {
    const burst = Array.from({ length: Math.min(flight, count - first) }, (_, at) => first + at);
    for (const turn of burst) order.push(['request', turn]);
    for (const turn of burst) order.push(['response', turn]);
  }
  return order;
}

function toPieces(plans: readonly TurnPlan[], schedule: Schedule, pieceBytes: number): Piece[] {
  return orderOf(plans.length, schedule).flatMap(([side, turn]) => {
    const plan = plans[turn];
    if (plan === undefined) return [];
    const bytes = latin1(side === 'request' ? requestOf(plan, turn) : responseOf(plan, turn));
    const count = Math.ceil(bytes.length / pieceBytes);
    return Array.from({ length: count }, (_, at) => ({
      side,
      bytes: bytes.subarray(at * pieceBytes, (at + 1) * pieceBytes),
    }));
  });
}

/** Feeds pieces; what a hole covers is left out and told when the next byte of that side comes, or at the end. */
function play(recorder: Recorder, pieces: readonly Piece[], holes: readonly Hole[]): void {
  const at: Record<Side, number> = { request: 0, response: 0 };
  const owed: Record<Side, { bytes: number; reason: GapReason }> = {
    request: { bytes: 0, reason: 'ring_full' },
    response: { bytes: 0, reason: 'ring_full' },
  };
  const settle = (side: Side): void => {
    if (owed[side].bytes > 0) recorder.gap(side, owed[side].bytes, owed[side].reason);
    owed[side].bytes = 0;
  };
  for (const { side, bytes } of pieces) {
    let start = 0;
    for (let offset = 0; offset <= bytes.length; offset += 1) {
      const position = at[side] + offset;
      const hole = holes.find(
        (each) => each.side === side && position >= each.start && position < each.start + each.bytes,
      );
      if (offset < bytes.length && hole === undefined) continue;
      if (offset > start) {
        settle(side);
        recorder.push(side, bytes.subarray(start, offset));
      }
      start = offset + 1;
      if (hole !== undefined && offset < bytes.length)
        owed[side] = { bytes: owed[side].bytes + 1, reason: hole.reason };
    }
    at[side] += bytes.length;
  }
  settle('request');
  settle('response');
  recorder.end();
}

const plan: fc.Arbitrary<TurnPlan> = fc.record({
  method: fc.constantFrom('GET', 'HEAD', 'POST', 'DELETE'),
  requestBody: fc.constantFrom('none', 'none', 'length', 'chunked'),
  response: fc.constantFrom('length', 'length', 'chunked', 'no_content', 'not_modified'),
  bodyBytes: fc.integer({ min: 4, max: 90 }),
  hasInterim: fc.boolean(),
});
const plans = fc.array(plan, { minLength: 1, maxLength: 12 });
/** Not `not_in_memory`: what it hides is never a head, and these gaps lie anywhere. */
const reason = fc.constantFrom<GapReason>('ring_full', 'capture_limit', 'governor');

function streamBytes(pieces: readonly Piece[], side: Side): number {
  return pieces.reduce((sum, piece) => (piece.side === side ? sum + piece.bytes.length : sum), 0);
}

/** Position up to which each side must be seen, so that a client with a window shows that it pipelines. */
function firstTurns(all: readonly TurnPlan[], { kind, depth }: Schedule): Record<Side, number> {
  if (kind !== 'window') return { request: 0, response: 0 };
  const requests = all.slice(0, depth).map((each, nonce) => requestOf(each, nonce).length);
  const responses = all.slice(0, 1).map((each, nonce) => responseOf(each, nonce).length);
  const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0);
  return { request: sum(requests), response: sum(responses) };
}

const scenario = fc
  .record({
    all: plans,
    schedule: fc.record({
      kind: fc.constantFrom<Schedule['kind']>('sequential', 'sequential', 'bursts', 'window'),
      depth: fc.integer({ min: 2, max: 4 }),
    }),
    pieceBytes: fc.constantFrom(7, 61, 100_000),
    cuts: fc.array(
      fc.record({
        side: fc.constantFrom<Side>('request', 'response'),
        startRatio: fc.double({ min: 0, max: 1, noNaN: true }),
        bytes: fc.integer({ min: 1, max: 400 }),
        reason,
      }),
      { minLength: 1, maxLength: 4 },
    ),
  })
  .map(({ all, schedule, pieceBytes, cuts }) => {
    const pieces = toPieces(all, schedule, pieceBytes);
    const seen = firstTurns(all, schedule);
    const holes: Hole[] = cuts.map(({ side, startRatio, ...rest }) => ({
      side,
      start: seen[side] + Math.floor(startRatio * Math.max(0, streamBytes(pieces, side) - seen[side])),
      ...rest,
    }));
    return { all, schedule, pieces, holes };
  });

function requestPositions(all: readonly TurnPlan[]): readonly number[] {
  let position = 0;
  return all.map((each, nonce) => {
    const start = position;
    position += requestOf(each, nonce).length;
    return start;
  });
}

describe('pairing', () => {
  it('joins each request with its own response or none, whatever is lost', () => {
    fc.assert(
      fc.property(scenario, ({ all, pieces, holes }) => {
        const recorder = new Recorder(http);
        play(recorder, pieces, holes);
        const positions = requestPositions(all);
        const seen = new Set<number>();
        for (const exchange of recorder.exchanges) {
          const turn = positions.indexOf(exchange.requestPosition);
          expect(turn).toBeGreaterThanOrEqual(0);
          expect(seen.has(turn)).toBe(false);
          seen.add(turn);
          expect(exchange.method).toBe(all[turn]?.method);
          expect(exchange.query).toBe(`n=${turn}`);
          const nonce = exchange.responseHeaders.get('x-nonce');
          if (nonce !== undefined) expect(nonce).toBe(String(turn));
          const body = /^\[(\d+)\]/.exec(new TextDecoder().decode(exchange.responseBody))?.[1];
          if (body !== undefined) expect(body).toBe(String(turn));
          const expected = all[turn];
          if (exchange.statusCode !== null && expected !== undefined) {
            expect(`${exchange.statusCode}`).toBe(statusOf(expected).slice(0, 3));
          }
        }
        expect(recorder.parser.open()).toEqual([]);
      }),
      { numRuns: 3000 },
    );
  });

  it('tells every exchange whole when nothing is lost', () => {
    fc.assert(
      fc.property(scenario, ({ all, pieces }) => {
        const recorder = new Recorder(http);
        play(recorder, pieces, []);
        expect(recorder.losses).toEqual([]);
        expect(recorder.exchanges.map((each) => each.index)).toEqual(all.map((_, turn) => turn));
        recorder.exchanges.forEach((exchange, turn) => {
          const expected = all[turn];
          if (expected === undefined) return;
          expect(exchange.requestBytes).toBe(requestOf(expected, turn).length);
          expect(exchange.responseBytes).toBe(responseOf(expected, turn).length);
          expect(exchange.responseHeaders.get('x-nonce')).toBe(String(turn));
          expect(exchange.outcome).toBe('ok');
          expect(exchange.missingReason).toBe('');
        });
      }),
      { numRuns: 500 },
    );
  });

  it('counts each byte that was there once: in an exchange or in a loss', () => {
    fc.assert(
      fc.property(scenario, ({ pieces, holes }) => {
        const recorder = new Recorder(http);
        play(
          recorder,
          pieces,
          holes.map((hole) => ({ ...hole, reason: 'ring_full' as const })),
        );
        for (const side of ['request', 'response'] as const) {
          const told = recorder.exchanges.reduce((sum, each) => sum + seenBytes(each, side), 0);
          const lost = recorder.losses.reduce((sum, each) => sum + (each.side === side ? each.bytes : 0), 0);
          // Line breaks between messages belong to none (RFC 9112 §2.2).
          expect(told + lost).toBeLessThanOrEqual(recorder.pushedBytes[side]);
          expect(told + lost).toBeGreaterThanOrEqual(recorder.pushedBytes[side] - 4);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

function seenBytes(exchange: Exchange, side: Side): number {
  return side === 'request'
    ? exchange.requestBytes - exchange.requestMissingBytes
    : exchange.responseBytes - exchange.responseMissingBytes;
}
