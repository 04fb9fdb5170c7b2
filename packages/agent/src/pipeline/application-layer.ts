import type {
  ConnectionParser,
  Decompress,
  ExchangeSink,
  ParserLimits,
  ProtocolParser,
  Side,
  StreamEnd,
} from '@tomte/protocols';
import type { ProtocolName } from '@tomte/model';
import type { Hole } from './ordered-stream.ts';

/** What every connection shares. */
export interface ApplicationOptions {
  readonly parsers: readonly ProtocolParser[];
  readonly parserLimits: ParserLimits;
  readonly decompress: Decompress;
  readonly maxRecognitionBytes: number;
  readonly maxRecognitionEvents: number;
  readonly maxHeldBytes: number;
}

export interface ApplicationObserver extends ExchangeSink {
  /** Once: the protocol of the connection, or that none of ours was found. */
  recognised(protocol: ProtocolName, requestsAreSent: boolean): void;
  /** Bytes before the first recognisable message of a connection that was joined late, or lost its beginning. */
  skipped(bytes: number, atNs: number): void;
}

/** A piece of a stream that waits for the protocol to be recognised. */
type Held =
  | {
      readonly kind: 'bytes';
      readonly isSent: boolean;
      readonly bytes: Uint8Array;
      readonly position: number;
      readonly atNs: number;
    }
  | { readonly kind: 'hole'; readonly isSent: boolean; readonly hole: Hole };

interface Recognising {
  readonly kind: 'recognising';
  held: Held[];
  heldBytes: number;
  sentPrefix: Uint8Array;
  receivedPrefix: Uint8Array;
  eventCount: number;
}
interface Parsing {
  readonly kind: 'parsing';
  readonly parser: ConnectionParser;
  readonly requestsAreSent: boolean;
}
interface Opaque {
  readonly kind: 'opaque';
}

const noBytes = new Uint8Array(0);
const opaque: Opaque = { kind: 'opaque' };
const recognising = (): Recognising => ({
  kind: 'recognising',
  held: [],
  heldBytes: 0,
  sentPrefix: noBytes,
  receivedPrefix: noBytes,
  eventCount: 0,
});

/**
 * What runs on a connection above TCP or TLS: finds out which protocol it is from the first bytes of
 * both directions, then feeds its parser. Until then pieces wait, within bounds.
 */
export class ApplicationLayer {
  #state: Recognising | Parsing | Opaque = recognising();
  /** False too once bytes before the first recognisable message were lost or passed over. */
  #fromStart: boolean;
  readonly #options: ApplicationOptions;
  readonly #observer: ApplicationObserver;

  constructor(fromStart: boolean, options: ApplicationOptions, observer: ApplicationObserver) {
    this.#fromStart = fromStart;
    this.#options = options;
    this.#observer = observer;
  }

  get parser(): ConnectionParser | undefined {
    return this.#state.kind === 'parsing' ? this.#state.parser : undefined;
  }

  get isOpaque(): boolean {
    return this.#state.kind === 'opaque';
  }

  get heldBytes(): number {
    if (this.#state.kind === 'parsing') return this.#state.parser.heldBytes;
    return this.#state.kind === 'recognising' ? this.#state.heldBytes : 0;
  }

  /** Bytes of a direction, in order; valid during the call only. */
  bytes(isSent: boolean, bytes: Uint8Array, position: number, atNs: number): void {
    const state = this.#state;
    if (state.kind === 'parsing') {
      state.parser.push(sideOf(state, isSent), bytes, position, atNs);
      if (state.parser.isFinished) this.#finish();
    } else if (state.kind === 'recognising') {
      this.#recognise(state, isSent, bytes, { position, atNs });
    }
  }

  missing(isSent: boolean, hole: Hole): void {
    const state = this.#state;
    if (state.kind === 'parsing') {
      state.parser.gap(sideOf(state, isSent), hole.count, hole.position, hole);
      if (state.parser.isFinished) this.#finish();
    } else if (state.kind === 'recognising') {
      // A hole before anything was recognised: what comes behind it may begin inside a message.
      this.#fromStart = false;
      this.#hold(state, { kind: 'hole', isSent, hole }, hole.atNs);
    }
  }

  end(isSent: boolean, how: StreamEnd, atNs: number): void {
    if (this.#state.kind === 'parsing') this.#state.parser.end(sideOf(this.#state, isSent), how, atNs);
  }

  /** Forgets the state, for instance to free memory. Nothing more is parsed. */
  abandon(): void {
    this.#state = opaque;
  }

  /** The protocol is none of ours, or ended (an upgrade): the source need not send payload any more. */
  #finish(): void {
    this.#state = opaque;
    this.#observer.recognised('unknown', false);
  }

  #recognise(
    state: Recognising,
    isSent: boolean,
    bytes: Uint8Array,
    at: { position: number; atNs: number },
  ): void {
    state.eventCount += 1;
    const prefix = grow(
      isSent ? state.sentPrefix : state.receivedPrefix,
      bytes,
      this.#options.maxRecognitionBytes,
    );
    const sent = isSent ? prefix : state.sentPrefix;
    const received = isSent ? state.receivedPrefix : prefix;
    let isUndecided = false;
    for (const parser of this.#options.parsers) {
      const verdict = parser.recognise([sent, received]);
      if (verdict.kind === 'yes') {
        this.#begin(state, parser, verdict.requestDirection === 0);
        this.bytes(isSent, bytes, at.position, at.atNs);
        return;
      }
      if (verdict.kind === 'need_more') isUndecided = true;
    }
    if (!isUndecided) this.#notRecognised(state, bytes.length, at.atNs);
    else if (state.eventCount > this.#options.maxRecognitionEvents) this.#finish();
    else this.#wait(state, isSent, bytes, at);
  }

  #wait(
    state: Recognising,
    isSent: boolean,
    bytes: Uint8Array,
    at: { position: number; atNs: number },
  ): void {
    const copy = bytes.slice();
    const prefix = grow(
      isSent ? state.sentPrefix : state.receivedPrefix,
      copy,
      this.#options.maxRecognitionBytes,
    );
    if (isSent) state.sentPrefix = prefix;
    else state.receivedPrefix = prefix;
    this.#hold(state, { kind: 'bytes', isSent, bytes: copy, ...at }, at.atNs);
  }

  #hold(state: Recognising, held: Held, atNs: number): void {
    state.held.push(held);
    if (held.kind === 'bytes') state.heldBytes += held.bytes.length;
    const isTooMuch =
      state.heldBytes > this.#options.maxHeldBytes ||
      state.held.length > 2 * this.#options.maxRecognitionEvents;
    if (isTooMuch) this.#notRecognised(state, 0, atNs);
  }

  /** A connection that was joined late, or whose beginning was lost, may begin inside a message: the next event gets its chance. */
  #notRecognised(state: Recognising, bytes: number, atNs: number): void {
    if (this.#fromStart || state.eventCount > this.#options.maxRecognitionEvents) {
      this.#finish();
      return;
    }
    this.#observer.skipped(state.heldBytes + bytes, atNs);
    const next = recognising();
    next.eventCount = state.eventCount;
    this.#state = next;
  }

  #begin(state: Recognising, protocol: ProtocolParser, requestsAreSent: boolean): void {
    this.#observer.recognised(protocol.name, requestsAreSent);
    const parser = protocol.connect(
      {
        limits: this.#options.parserLimits,
        decompress: this.#options.decompress,
        fromStart: this.#fromStart,
      },
      this.#observer,
    );
    this.#state = { kind: 'parsing', parser, requestsAreSent };
    for (const held of state.held) {
      if (held.kind === 'bytes') this.bytes(held.isSent, held.bytes, held.position, held.atNs);
      else this.missing(held.isSent, held.hole);
    }
  }
}

function sideOf(state: Parsing, isSent: boolean): Side {
  return isSent === state.requestsAreSent ? 'request' : 'response';
}

function grow(prefix: Uint8Array, bytes: Uint8Array, maxBytes: number): Uint8Array {
  if (prefix.length === 0) return bytes.length > maxBytes ? bytes.subarray(0, maxBytes) : bytes;
  if (prefix.length >= maxBytes) return prefix;
  const added = Math.min(bytes.length, maxBytes - prefix.length);
  const grown = new Uint8Array(prefix.length + added);
  grown.set(prefix);
  grown.set(bytes.subarray(0, added), prefix.length);
  return grown;
}
