import { isInterimStatus } from '../http/framing.ts';
import type { Framing } from '../http/framing.ts';
import type { Head } from '../http/head.ts';
import { requestFraming, responseFraming } from '../http/message-framing.ts';
import { MessageReader } from '../http/message-reader.ts';
import type { Message } from '../http/message.ts';
import { latin1, latin1Text, testLimits } from './recorder.ts';

/** One message in a form in which two readers can be compared. */
export interface ReadMessage {
  /** Method and target, or the status. */
  readonly start: string;
  readonly version: string;
  /** In the order of the wire. */
  readonly headers: Readonly<Record<string, string>>;
  readonly trailers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Positions in the stream of its first byte and of that behind its last. */
  readonly from: number;
  readonly to: number;
  readonly keepsAlive: boolean;
  /** The connection is another protocol's behind it. */
  readonly upgrades: boolean;
}

/** What a reader made of a stream. */
export interface Reading {
  readonly messages: readonly ReadMessage[];
  /** Why the reader stopped (llhttp), or first gave up a message (ours); empty when all was read. */
  readonly error: string;
  /** Start of the message that it stopped at; -1 when it lay between messages. */
  readonly failedAt: number;
}

export function toReadMessage(
  of: Omit<ReadMessage, 'headers' | 'trailers'> & {
    readonly pairs: readonly string[];
    readonly trailerPairs: readonly string[];
  },
): ReadMessage {
  const { pairs, trailerPairs, ...rest } = of;
  return { ...rest, headers: joinPairs(pairs), trailers: joinPairs(trailerPairs) };
}

function joinPairs(pairs: readonly string[]): Record<string, string> {
  const fields: Record<string, string> = {};
  for (let at = 0; at + 1 < pairs.length; at += 2) {
    const name = (pairs[at] ?? '').toLowerCase();
    const value = squeeze(toUtf8(pairs[at + 1] ?? '')).trim();
    const before = fields[name];
    fields[name] = before === undefined ? value : `${before}, ${value}`;
  }
  return fields;
}

/** Blanks inside a folded value are told differently and mean the same (RFC 9112 §5.2). */
function squeeze(value: string): string {
  return value.replace(/[ \t]+/g, ' ');
}

/** Ours tells bytes that are valid UTF-8 as such. */
function toUtf8(value: string): string {
  const bytes = Buffer.from(value, 'latin1');
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : value;
}

/**
 * Does the connection persist after this message, by its own head (RFC 9112 §9.3)? Like llhttp, without
 * regard to the request: an answer to HEAD that has no length counts as one that ends with the connection.
 */
function keepsAlive(head: Head): boolean {
  if (head.line.kind === 'response' && responseFraming(head, 'GET').kind === 'close') return false;
  const named = [head.fields.headers.get('connection'), head.fields.headers.get('proxy-connection')]
    .join()
    .toLowerCase();
  const options = named.split(',').map((each) => each.trim());
  if (options.includes('close')) return false;
  return head.line.version !== '1.0' || options.includes('keep-alive');
}

function toRecord(fields: ReadonlyMap<string, string> | undefined): Record<string, string> {
  return Object.fromEntries([...(fields ?? [])].map(([name, value]) => [name, squeeze(value)]));
}

const limits = { ...testLimits, maxHeaderBytes: 65_536, maxBodyBytes: 1 << 20 };

class OwnReading {
  readonly messages: ReadMessage[] = [];
  error = '';
  failedAt = -1;
  readonly #isRequest: boolean;
  readonly #methods: string[];
  readonly #framings = new Map<Message, Framing>();
  #last = 0;

  constructor(requestMethods: readonly string[] | undefined) {
    this.#isRequest = requestMethods === undefined;
    this.#methods = [...(requestMethods ?? [])];
  }

  framingOf(message: Message): { framing: Framing; isCertain: true } {
    const framing = this.#framing(message);
    this.#framings.set(message, framing);
    return { framing, isCertain: true };
  }

  #framing(message: Message): Framing {
    const head = message.head;
    if (head === undefined) return { kind: 'none' };
    if (this.#isRequest || head.line.kind === 'request') return requestFraming(head);
    return responseFraming(
      head,
      isInterimStatus(head.line.statusCode) ? 'GET' : (this.#methods.shift() ?? 'GET'),
    );
  }

  started(message: Message): void {
    this.#last = message.position;
  }

  done(message: Message): void {
    const framing = this.#framings.get(message) ?? { kind: 'none' };
    if (message.head === undefined || !message.isWhole) return;
    const { line, fields } = message.head;
    this.messages.push({
      start: line.kind === 'request' ? `${line.method} ${line.target}` : String(line.statusCode),
      version: line.version,
      headers: toRecord(fields.headers),
      trailers: toRecord(message.trailers),
      body: latin1Text(message.keptBody),
      from: message.position,
      to: message.position + message.sizeBytes,
      keepsAlive: keepsAlive(message.head),
      upgrades: framing.kind === 'tunnel',
    });
  }

  fail(reason: string): void {
    if (this.error === '') this.failedAt = this.#last;
    this.error ||= reason;
  }
}

/** Reads the same stream with the parser under test, cut into pieces at `cuts` (ascending). */
export function readByOurs(
  text: string,
  requestMethods: readonly string[] | undefined,
  cuts: readonly number[] = [],
): Reading {
  const reading = new OwnReading(requestMethods);
  const reader: MessageReader = new MessageReader(
    requestMethods === undefined,
    { limits, fromStart: true },
    {
      started: (message) => reading.started(message),
      framingOf: (message) => reading.framingOf(message),
      done: (message) => {
        reading.done(message);
        if (reading.messages.at(-1)?.upgrades === true) reader.stop();
      },
      countLost: (reason) => reading.fail(reason),
      skipped: ({ detail }) => reading.fail(detail),
      contradicted: () => reading.fail('contradicted'),
    },
  );
  const bytes = latin1(text);
  let from = 0;
  for (const to of [...cuts, bytes.length]) {
    if (to > from) reader.push(bytes.subarray(from, to), from, to);
    from = Math.max(from, to);
  }
  reader.end(true, bytes.length + 1);
  const { messages, error, failedAt } = reading;
  return { messages, error, failedAt };
}
