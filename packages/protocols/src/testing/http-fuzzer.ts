import type { Exchange, ExchangeSink, ParserLimits, ParserLoss, Side, StreamEnd } from '../contract.ts';
import { http } from '../http/index.ts';
import { conversationsOf } from './conversations.ts';
import { vectors } from './http-vectors.ts';
import { Random } from './random.ts';
import { latin1, latin1Text } from './recorder.ts';

/** What an execution broke, with all that repeats it. */
class FuzzFailure extends Error {
  constructor(what: string, at: { seed: number; execution: number; streams: Streams }, cause?: unknown) {
    const streams = [at.streams.request, at.streams.response].map((each) =>
      JSON.stringify(Buffer.from(each).toString('latin1')),
    );
    super(`${what}\n--seed ${at.seed} --execution ${at.execution}\n${streams.join('\n')}`, { cause });
  }
}

type Streams = Readonly<Record<Side, Uint8Array>>;

const limits: ParserLimits = {
  maxBodyBytes: 64,
  maxHeaderBytes: 512,
  maxPendingRequests: 4,
  maxTargetBytes: 32,
};
/** More than this for a connection is a leak: two heads, a trailer, two lines to resume at, and what waits. */
const MAX_HELD_BYTES = 60_000;
const MAX_STREAM_BYTES = 4096;
/** A Buffer, as sources have them: some of its methods differ from Uint8Array's. */
const lentMemory = Buffer.alloc(MAX_STREAM_BYTES);
const ends: readonly StreamEnd[] = ['closed', 'reset', 'agent_stopped'];

/** Pieces of syntax that random bytes would hardly hit upon. */
const words = [
  ...[
    '\r\n',
    '\n',
    '\r\n\r\n',
    'GET / HTTP/1.1\r\n',
    'HTTP/1.1 200 OK\r\n',
    'HTTP/1.1 100 x\r\n\r\n',
    'HTTP/1.',
    ' ',
  ],
  ...[
    'Content-Length: 3\r\n',
    'Content-Length: 999999999999\r\n',
    'Transfer-Encoding: chunked\r\n',
    '0\r\n\r\n',
  ],
  ...[
    '5\r\nhello\r\n',
    'FFFFFFFF\r\n',
    ';x="\r\n',
    'HTTP/1.1 101 x\r\n',
    'CONNECT a:1 HTTP/1.1\r\n',
    ': ',
    '\t',
  ],
  ...[
    'Content-Encoding: gzip\r\n',
    'HEAD / HTTP/1.0\r\n',
    'HTTP/1.1 304 x\r\n',
    'Connection: close\r\n',
    '\x00',
  ],
].map(latin1);

const streamOf = (messages: readonly (readonly [Side, string])[], side: Side): Uint8Array =>
  latin1(messages.flatMap(([from, text]) => (from === side ? [text] : [])).join(''));

const sources: readonly Uint8Array[] = [
  ...conversationsOf.http.flatMap(({ messages }) => [
    streamOf(messages, 'request'),
    streamOf(messages, 'response'),
  ]),
  ...vectors.map(({ text }) => latin1(text)),
].filter(({ length }) => length > 0);

/**
 * Feeds broken conversations to the HTTP parser and holds it to what is true of any bytes: it does not throw,
 * it ends, it holds little, every request ends, no byte is counted twice, and the reading does not depend on
 * how the bytes were cut.
 */
export class HttpFuzzer {
  readonly #seed: number;
  readonly #scratch = new Uint8Array(2 * MAX_STREAM_BYTES);
  executionCount = 0;
  exchangeCount = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** One fresh connection. Executions follow from seed and number alone. */
  execute(execution: number): void {
    const random = new Random(Math.imul(this.#seed, 0x85eb_ca6b) ^ execution);
    const streams: Streams = { request: this.#mutate(random), response: this.#mutate(random) };
    const at = { seed: this.#seed, execution, streams };
    try {
      if (random.below(8) === 0) compareCuts(streams, random);
      else this.#play(streams, random);
    } catch (thrown) {
      throw new FuzzFailure(thrown instanceof Error ? thrown.message : String(thrown), at, thrown);
    }
    this.executionCount += 1;
  }

  #mutate(random: Random): Uint8Array {
    const source = sources[random.below(sources.length)] ?? new Uint8Array(0);
    const scratch = this.#scratch;
    scratch.set(source);
    let length = source.length;
    for (let times = random.below(5); times > 0; times -= 1) {
      const at = random.below(length + 1);
      const kind = random.below(5);
      if (kind === 0 && length > 0) scratch[at % length] = random.below(256);
      else if (kind === 1) length = remove(scratch, length, at, random.below(20));
      else if (kind === 2) length = insert(scratch, length, at, words[random.below(words.length)]);
      else if (kind === 3) length = insert(scratch, length, at, sources[random.below(sources.length)]);
      else length = insert(scratch, length, at, scratch.slice(at, Math.min(length, at + random.below(60))));
    }
    return scratch.slice(0, length);
  }

  /** Both sides in turns, in pieces, with holes. */
  #play(streams: Streams, random: Random): void {
    const watch = new Watch(random.below(4) > 0, false);
    const next = { request: 0, response: 0 };
    const pieceBytes = 1 + random.below(200);
    const hasHoles = random.below(3) === 0;
    let nowNs = 0;
    while (next.request < streams.request.length || next.response < streams.response.length) {
      const side: Side = random.below(2) === 0 ? 'request' : 'response';
      const from = next[side];
      const to = Math.min(streams[side].length, from + 1 + random.below(pieceBytes));
      next[side] = to;
      nowNs += 1e8;
      if (to === from) continue;
      if (hasHoles && random.below(8) === 0)
        watch.parser.gap(side, to - from, from, { reason: 'ring_full', atNs: nowNs });
      else watch.push(side, streams[side].subarray(from, to), from, nowNs);
      if (random.below(16) === 0) watch.parser.expire(nowNs, 1e9 * random.below(3));
    }
    watch.end(ends[random.below(ends.length)] ?? 'closed', nowNs + 1);
    this.exchangeCount += watch.exchangeCount;
  }
}

/** Moves what is behind `at` to the left by `count`. */
function remove(bytes: Uint8Array, length: number, at: number, count: number): number {
  const end = Math.min(length, at + count);
  bytes.copyWithin(at, end, length);
  return length - (end - at);
}

/** Puts `piece` in at `at`, unless the stream would grow too long. */
function insert(bytes: Uint8Array, length: number, at: number, piece: Uint8Array | undefined): number {
  if (piece === undefined || length + piece.length > MAX_STREAM_BYTES) return length;
  bytes.copyWithin(at + piece.length, at, length);
  bytes.set(piece, at);
  return length + piece.length;
}

/** A connection that counts what it is told. */
class Watch {
  exchangeCount = 0;
  summary = '';
  losses = '';
  readonly #summarises: boolean;
  readonly parser;
  readonly #pushedBytes: Record<Side, number> = { request: 0, response: 0 };
  readonly #toldBytes: Record<Side, number> = { request: 0, response: 0 };

  constructor(fromStart: boolean, summarises: boolean) {
    this.#summarises = summarises;
    const sink: ExchangeSink = {
      exchange: (exchange) => this.#exchange(exchange),
      loss: (loss) => this.#loss(loss),
    };
    this.parser = http.connect({ limits, decompress: () => undefined, fromStart }, sink);
  }

  #exchange(exchange: Exchange): void {
    this.exchangeCount += 1;
    this.#toldBytes.request += exchange.requestBytes - exchange.requestMissingBytes;
    this.#toldBytes.response += exchange.responseBytes - exchange.responseMissingBytes;
    if (this.#summarises) this.summary += summaryOf(exchange);
  }

  #loss({ side, bytes, position, detail }: ParserLoss): void {
    this.#toldBytes[side] += bytes;
    if (this.#summarises) this.losses += `${side} ${position} ${bytes} ${detail}\n`;
  }

  push(side: Side, bytes: Uint8Array, position: number, atNs: number): void {
    this.#pushedBytes[side] += bytes.length;
    // Bytes are the parser's during the call only: what it kept of them shows.
    const lent = lentMemory.subarray(0, bytes.length);
    lent.set(bytes);
    this.parser.push(side, lent, position, atNs);
    lent.fill(0x23);
    if (this.parser.heldBytes > MAX_HELD_BYTES) throw new Error(`holds ${this.parser.heldBytes} bytes`);
  }

  end(how: StreamEnd, atNs: number): void {
    this.parser.end('request', how, atNs);
    this.parser.end('response', how, atNs);
    if (this.parser.open().length > 0) throw new Error('a request is open behind the end');
    if (!this.parser.isFinished) throw new Error('not finished behind the end');
    for (const side of ['request', 'response'] as const) {
      const [told, pushed] = [this.#toldBytes[side], this.#pushedBytes[side]];
      if (told > pushed) throw new Error(`${told} bytes of the ${side}s told, ${pushed} seen`);
    }
  }
}

function summaryOf(exchange: Exchange): string {
  const { index, method, path, query, statusCode, outcome, requestBytes, responseBytes } = exchange;
  const line = `${index} ${method} ${path}?${query} ${statusCode} ${outcome} ${requestBytes} ${responseBytes}`;
  const fields = [exchange.requestHeaders, exchange.responseHeaders, exchange.attributes].map((each) => [
    ...each,
  ]);
  const bodies = [exchange.requestBody, exchange.responseBody].map((body) => latin1Text(body));
  return `${line} ${JSON.stringify([fields, bodies])}\n`;
}

interface Segment {
  readonly side: Side;
  readonly position: number;
  readonly bytes: Uint8Array;
}

/** Both streams in turns, in a few segments whose order stays. */
function segmentsOf(streams: Streams, random: Random): readonly Segment[] {
  const segments: Segment[] = [];
  const next = { request: 0, response: 0 };
  const stepBytes = 1 + random.below(400);
  while (next.request < streams.request.length || next.response < streams.response.length) {
    for (const side of ['request', 'response'] as const) {
      const position = next[side];
      next[side] = Math.min(streams[side].length, position + random.below(stepBytes) + 1);
      if (next[side] > position)
        segments.push({ side, position, bytes: streams[side].subarray(position, next[side]) });
    }
  }
  return segments;
}

function readCut(segments: readonly Segment[], nextCut: () => number): string {
  const watch = new Watch(true, true);
  for (const { side, position, bytes } of segments) {
    for (let from = 0; from < bytes.length;) {
      const to = Math.min(bytes.length, from + nextCut());
      watch.push(side, bytes.subarray(from, to), position + from, 1);
      from = to;
    }
  }
  // Behind an upgrade, or foreign first bytes, nothing more is read: how much was depends on the cuts.
  const isCutShort = watch.parser.isFinished;
  watch.end('closed', 2);
  return isCutShort ? watch.summary : watch.summary + watch.losses;
}

function compareCuts(streams: Streams, random: Random): void {
  const segments = segmentsOf(streams, random);
  const whole = readCut(segments, () => MAX_STREAM_BYTES);
  const cut = readCut(segments, () => 1 + random.below(40));
  if (whole !== cut) throw new Error(`read otherwise when cut:\n${whole}---\n${cut}`);
}
