import { createRequire } from 'node:module';
import { isInterimStatus } from '../http/framing.ts';
import { latin1 } from './recorder.ts';
import { toReadMessage } from './read-message.ts';
import type { Reading, ReadMessage } from './read-message.ts';

/**
 * llhttp as an oracle: the one inside Node, through the binding that Node's own HTTP server uses. It is as
 * pinned as Node is, and needs no package. Fed byte by byte, so that its callbacks tell where messages begin
 * and end.
 */
type Callback = (...values: unknown[]) => unknown;

interface NativeParser {
  initialize(type: number, resource: object, maxHeaderSize: number, lenientFlags: number): void;
  execute(bytes: Uint8Array): unknown;
  finish(): unknown;
  [event: number]: Callback;
}

interface NativeParserClass {
  new (): NativeParser;
  readonly REQUEST: number;
  readonly RESPONSE: number;
  readonly kOnMessageBegin: number;
  readonly kOnHeaders: number;
  readonly kOnHeadersComplete: number;
  readonly kOnBody: number;
  readonly kOnMessageComplete: number;
  readonly kLenientAll: number;
}

interface Binding {
  readonly HTTPParser: NativeParserClass;
  readonly methods: readonly string[];
}

const { HTTPParser, methods } = createRequire(import.meta.url)('_http_common') as Binding; // Proof: Node 24 exports both; every comparison exercises them.

/** Names by llhttp's numbers (its `llhttp.h`): Node lists HTTP's up to SOURCE in order, and QUERY behind RTSP's. */
const methodNames: readonly string[] = Object.assign([...methods.slice(0, 34)], { 46: 'QUERY' });

const MAX_HEADER_BYTES = 65_536;
/** What a callback answers when no body follows (a response to HEAD), or none and no message either (CONNECT). */
const SKIP_BODY = 1;
const SKIP_BODY_AND_UPGRADE = 2;

export const llhttpVersion: string = process.versions['llhttp'] ?? '';

/** `lenient`: with all that llhttp can be told to bear. */
export type Strictness = 'strict' | 'lenient';

const flagsOf: Readonly<Record<Strictness, number>> = { strict: 0, lenient: HTTPParser.kLenientAll };

/** Collects what llhttp says of one stream. */
class Collector {
  readonly messages: ReadMessage[] = [];
  isUpgraded = false;
  at = 0;
  /** Start of the message under way; -1 between messages. */
  beganAt = -1;
  readonly #parser: NativeParser;
  readonly #isRequest: boolean;
  readonly #methods: string[];
  #pairs: string[] = [];
  #target = '';
  #head:
    { start: string; version: string; pairs: string[]; keepsAlive: boolean; upgrades: boolean } | undefined;
  #body = '';

  constructor(requestMethods: readonly string[] | undefined, strictness: Strictness) {
    this.#isRequest = requestMethods === undefined;
    this.#methods = [...(requestMethods ?? [])];
    const parser = new HTTPParser();
    const type = this.#isRequest ? HTTPParser.REQUEST : HTTPParser.RESPONSE;
    parser.initialize(type, {}, MAX_HEADER_BYTES, flagsOf[strictness]);
    parser[HTTPParser.kOnMessageBegin] = () => void (this.beganAt = this.at - 1);
    parser[HTTPParser.kOnHeaders] = (pairs, target) => {
      this.#pairs.push(...(pairs as string[]));
      this.#target += String(target);
    };
    parser[HTTPParser.kOnHeadersComplete] = (...values) => this.#headEnded(values);
    parser[HTTPParser.kOnBody] = (bytes) =>
      void (this.#body += Buffer.from(bytes as Uint8Array).toString('latin1'));
    parser[HTTPParser.kOnMessageComplete] = () => this.#messageEnded();
    this.#parser = parser;
  }

  #headEnded(values: readonly unknown[]): number {
    const [major, minor, pairs, method, target, status, , upgrades, keepsAlive] = values;
    const start = this.#isRequest
      ? `${methodNames[Number(method)] ?? ''} ${this.#target}${String(target ?? '')}`
      : String(status);
    const allPairs = [...this.#pairs, ...((pairs ?? []) as string[])];
    this.#head = {
      start,
      version: `${String(major)}.${String(minor)}`,
      pairs: allPairs,
      keepsAlive: keepsAlive === true,
      upgrades: upgrades === true,
    };
    this.#pairs = [];
    this.#target = '';
    this.#body = '';
    if (this.#isRequest || isInterimStatus(Number(status))) return 0;
    const answered = this.#methods.shift();
    if (answered !== 'CONNECT' || Number(status) >= 300) return answered === 'HEAD' ? SKIP_BODY : 0;
    this.#head.upgrades = true;
    return SKIP_BODY_AND_UPGRADE;
  }

  #messageEnded(): void {
    const head = this.#head;
    this.#head = undefined;
    if (head === undefined) return;
    const { start, version, pairs, keepsAlive, upgrades } = head;
    const [from, to] = [this.beganAt, this.at];
    const [trailerPairs, body] = [this.#pairs, this.#body];
    this.messages.push(
      toReadMessage({ start, version, pairs, trailerPairs, body, from, to, keepsAlive, upgrades }),
    );
    this.#pairs = [];
    this.#target = '';
    this.beganAt = -1;
    this.isUpgraded = head.upgrades;
  }

  execute(bytes: Uint8Array): unknown {
    return this.#parser.execute(bytes);
  }

  finish(): unknown {
    return this.#parser.finish();
  }
}

function codeOf(result: unknown): string {
  if (!(result instanceof Error)) return '';
  return 'code' in result ? String(result.code) : result.message;
}

/** Reads a stream of messages. `requestMethods`: what the responses answer, one by one; undefined for requests. */
export function readByLlhttp(
  text: string,
  requestMethods: readonly string[] | undefined,
  strictness: Strictness,
): Reading {
  const collector = new Collector(requestMethods, strictness);
  const bytes = latin1(text);
  let error = '';
  while (collector.at < bytes.length && error === '' && !collector.isUpgraded) {
    const byte = bytes.subarray(collector.at, collector.at + 1);
    collector.at += 1;
    error = codeOf(collector.execute(byte));
  }
  const beganAt = collector.beganAt;
  if (error === '' && !collector.isUpgraded) error = codeOf(collector.finish());
  return { messages: collector.messages, error, failedAt: error === '' ? -1 : beganAt };
}
