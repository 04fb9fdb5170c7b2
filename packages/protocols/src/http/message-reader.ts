import type { GapReason, ParserLimits, ParserLoss } from '../contract.ts';
import { BodyReader, nextHead } from './body-reader.ts';
import { BoundaryFinder } from './boundary.ts';
import { ByteStore } from './byte-store.ts';
import type { Framing } from './framing.ts';
import { findHeadEnd } from './field-cache.ts';
import { HeadReader } from './head.ts';
import type { Head } from './head.ts';
import { Message } from './message.ts';
import { StartLineWatch } from './start-line-prefix.ts';
import { CR, LF } from './syntax.ts';

/** What a reader tells the connection, in the order of the stream. */
export interface MessageListener {
  /** First byte of a message. */
  started(message: Message): void;
  /** `message.head` is there: how does its body end? Not certain when it may answer a HEAD that was not seen. */
  framingOf(message: Message): { readonly framing: Framing; readonly isCertain: boolean };
  /** Whole (`isWhole`) or cut; `head` is undefined when not even its start line was seen whole. */
  done(message: Message): void;
  /** From here on any number of messages may have passed unseen. */
  countLost(reason: string): void;
  /** Bytes of the stream that belong to no message that could be told. */
  skipped(loss: Omit<ParserLoss, 'side'>): void;
  /** The very first bytes of the connection contradict the protocol. */
  contradicted(): void;
}

interface SkipReason {
  readonly reason: ParserLoss['reason'];
  readonly detail: string;
  /** Why the bytes before the skipped ones are not there, when it was a gap. */
  readonly lossReason?: GapReason;
}

const noStartLine: SkipReason = { reason: 'parser_resync', detail: 'no_start_line' };

type State = 'start' | 'head' | 'body' | 'maybe_end' | 'resync' | 'off';

/**
 * Reads one direction of a connection as HTTP/1 messages. Bodies are skipped without looking at their bytes;
 * only unfinished heads and lines are carried from push to push, at most `maxHeaderBytes` of them.
 */
export class MessageReader {
  readonly #isRequest: boolean;
  readonly #limits: ParserLimits;
  readonly #listener: MessageListener;
  readonly #store = new ByteStore();
  readonly #heads: HeadReader;
  readonly #startLine: StartLineWatch;
  readonly #body: BodyReader;
  readonly #boundary: BoundaryFinder;
  #state: State;
  #message: Message | undefined;
  /** A message whose end was cut away; proved when the next head is one. */
  #unproven: Message | undefined;
  #unprovenEnd = 0;
  #unprovenNs = 0;
  #isFirst: boolean;
  #scanFrom = 0;
  /** Line breaks passed over since the last message. */
  #blankBytes = 0;
  #skip: { reason: ParserLoss['reason']; position: number; bytes: number; detail: string };
  /** Arrival of the first byte of what may be the next head. */
  #peekNs = 0;
  #lossReason = 'joined_late';
  #position = 0;
  #atNs = 0;

  constructor(
    isRequest: boolean,
    options: { limits: ParserLimits; fromStart: boolean },
    listener: MessageListener,
  ) {
    this.#isRequest = isRequest;
    this.#limits = options.limits;
    this.#listener = listener;
    this.#heads = new HeadReader(isRequest);
    this.#startLine = new StartLineWatch(isRequest);
    this.#body = new BodyReader(options.limits);
    this.#boundary = new BoundaryFinder(isRequest);
    this.#isFirst = options.fromStart;
    this.#state = options.fromStart ? 'start' : 'resync';
    this.#skip = { reason: 'parser_resync', position: -1, bytes: 0, detail: 'joined_late' };
  }

  get heldBytes(): number {
    return this.#store.heldBytes + this.#boundary.heldBytes + this.#body.heldBytes;
  }

  push(bytes: Uint8Array, position: number, atNs: number): void {
    this.#atNs = atNs;
    if (this.#skip.position < 0) this.#skip.position = position;
    let at = 0;
    while (at < bytes.length && this.#state !== 'off') {
      this.#position = position + at;
      at = this.#step(bytes, at);
    }
    this.#position = position + bytes.length;
    if (this.#message !== undefined) {
      this.#message.lastNs = atNs;
      this.#message.sizeBytes = this.#position - this.#message.position;
    }
  }

  /** One state's work; the result is where the next begins. A call takes bytes or leaves its state. */
  #step(bytes: Uint8Array, at: number): number {
    switch (this.#state) {
      case 'start':
      case 'maybe_end':
        return this.#takeStart(bytes, at);
      case 'head':
        return this.#takeHead(bytes, at);
      case 'body':
        return this.#takeBody(bytes, at);
      case 'resync':
        return this.#takeResync(bytes, at);
      case 'off':
        return bytes.length;
    }
  }

  /** Empty lines before a start line are passed over (RFC 9112 §2.2). */
  #takeStart(bytes: Uint8Array, from: number): number {
    let at = from;
    while (at < bytes.length && (bytes[at] === LF || bytes[at] === CR)) at += 1;
    this.#blankBytes += at - from;
    if (at === bytes.length) return at;
    this.#begin(this.#position + at - from, this.#atNs);
    return at;
  }

  #begin(position: number, atNs: number): void {
    const message = new Message(position, atNs);
    this.#message = message;
    this.#store.clear();
    this.#scanFrom = 0;
    this.#startLine.begin();
    this.#state = 'head';
    this.#listener.started(message);
  }

  #takeHead(bytes: Uint8Array, at: number): number {
    if (this.#store.length > 0) return this.#carryHead(bytes, at);
    const heads = this.#heads;
    const head = heads.read(bytes, at, Math.min(bytes.length, at + this.#limits.maxHeaderBytes));
    if (heads.end < 0) return this.#carryHead(bytes, at);
    if (this.#headRead(head, this.#position + heads.end - at)) return heads.end;
    this.#notHttp(this.#position, heads.end - at);
    return at;
  }

  #carryHead(bytes: Uint8Array, at: number): number {
    const before = this.#store.length;
    const taken = Math.min(this.#limits.maxHeaderBytes - before, bytes.length - at);
    this.#store.append(bytes, at, at + taken);
    const view = this.#store.view();
    const end = findHeadEnd(view, this.#scanFrom);
    const start = this.#position - before;
    if (end >= 0 && this.#headRead(this.#heads.read(view, 0, end), start + end)) {
      this.#store.clear();
      return at + end - before;
    }
    this.#scanFrom = Math.max(0, this.#store.length - 2);
    if (end >= 0 || !this.#startLine.isPlausible(view)) return this.#carriedNotHttp(start, at + taken);
    if (this.#store.length >= this.#limits.maxHeaderBytes) this.#overflow(this.#position + taken);
    return at + taken;
  }

  /** What was carried is no head: it is looked through for one, as if it came now. */
  #carriedNotHttp(start: number, next: number): number {
    const carried = new Uint8Array(this.#store.view());
    this.#notHttp(start, carried.length);
    for (let at = 0; at < carried.length && this.#state !== 'off';) {
      this.#position = start + at;
      at = this.#step(carried, at);
    }
    return next;
  }

  /** The message's head, up to `end`. False when there is none. */
  #headRead(head: Head | undefined, end: number): boolean {
    const message = this.#message;
    if (message === undefined || head === undefined) return false;
    this.#isFirst = false;
    this.#blankBytes = 0;
    this.#proveEnd();
    message.head = head;
    message.lastNs = this.#atNs;
    this.#frame(message, end);
    return true;
  }

  #frame(message: Message, position: number): void {
    const { framing, isCertain } = this.#listener.framingOf(message);
    if (this.#state === 'off') return;
    if (framing.kind === 'none' || framing.kind === 'tunnel') return this.#finish(position, this.#atNs);
    if (framing.kind === 'unknown') return this.#cut(position, `framing_${framing.detail}`);
    this.#body.begin(framing, isCertain);
    this.#state = 'body';
  }

  #takeBody(bytes: Uint8Array, from: number): number {
    const message = this.#message;
    if (message === undefined) return bytes.length;
    if (this.#body.peekedBytes === 0) this.#peekNs = this.#atNs;
    const at = this.#body.take(bytes, from, message);
    const position = this.#position + at - from;
    if (this.#body.status === 'done' && this.#body.peekedBytes > 0) this.#finishBodiless(position);
    else if (this.#body.status === 'done') this.#finish(position, this.#atNs);
    else if (this.#body.status === 'bad') this.#cut(position, 'chunk_malformed');
    else if (this.#body.status === 'limit') this.#cut(position, 'chunk_too_long', 'parser_limit');
    return at;
  }

  /** The head was all there was: the next one has begun already. */
  #finishBodiless(position: number): void {
    const start = position - this.#body.peekedBytes;
    const atNs = this.#peekNs;
    if (this.#message !== undefined) this.#message.isBodiless = true;
    this.#finish(start, this.#message?.lastNs ?? atNs);
    if (this.#state === 'off') return;
    this.#begin(start, atNs);
    this.#store.append(nextHead, 0, nextHead.length);
  }

  #takeResync(bytes: Uint8Array, from: number): number {
    const end = this.#boundary.push(bytes, from, this.#atNs);
    if (end < 0) return bytes.length;
    const found = this.#boundary.found;
    this.#skip.bytes += this.#boundary.seenBytes - found.length;
    const position = this.#position + end - from - found.length;
    const atNs = this.#boundary.foundNs;
    // What was skipped may have held whole messages that came after others were seen on the other side.
    if (this.#skip.bytes > 0) this.#listener.countLost(this.#lossReason);
    this.#flushSkip();
    this.#begin(position, atNs);
    this.#rereadHead(found, position);
    return end;
  }

  /** The boundary's two lines, as if they came now; they may be a whole head already. */
  #rereadHead(found: Uint8Array, position: number): void {
    if (findHeadEnd(found, 0) === found.length) {
      const head = this.#heads.read(found, 0, found.length);
      if (this.#headRead(head, position + found.length)) return;
      this.#giveUp(position, noStartLine.reason);
      this.#enterResync(position + found.length, found.length, noStartLine);
      return;
    }
    this.#store.append(found, 0, found.length);
    if (found.length >= this.#limits.maxHeaderBytes) this.#overflow(position + found.length);
  }

  #finish(position: number, atNs: number, isEndSeen = true): void {
    const message = this.#message;
    this.#message = undefined;
    this.#state = 'start';
    if (message === undefined) return;
    message.isEndSeen = isEndSeen;
    message.end(position, atNs);
    this.#listener.done(message);
  }

  /** The message's end cannot be told from here on; what follows is looked through for the next start. */
  #cut(position: number, detail: string, reason: ParserLoss['reason'] = 'parser_resync'): void {
    this.#giveUp(position, reason);
    this.#enterResync(position, 0, { reason, detail });
  }

  #giveUp(position: number, reason: string): void {
    const message = this.#message;
    this.#message = undefined;
    if (message === undefined) return;
    message.cut(position, reason);
    this.#listener.done(message);
  }

  #enterResync(position: number, bytes: number, why: SkipReason): void {
    this.#blankBytes = 0;
    this.#store.clear();
    this.#boundary.begin();
    this.#skip = { reason: why.reason, detail: why.detail, position: position - bytes, bytes };
    this.#state = 'resync';
    this.#lossReason = why.lossReason ?? why.reason;
    this.#listener.countLost(this.#lossReason);
  }

  /**
   * What begins at `start` is no head. The first bytes of a connection speak for all of it; later, the same
   * bytes are looked through for the next start line.
   */
  #notHttp(start: number, seenBytes: number): void {
    const isForeign = this.#isFirst && this.#isRequest;
    const skippedBytes = isForeign ? seenBytes : 0;
    const blankBytes = this.#blankBytes;
    this.#isFirst = false;
    this.#disproveEnd();
    this.#giveUp(start, 'parser_resync');
    this.#enterResync(start + skippedBytes, skippedBytes + blankBytes, noStartLine);
    if (!isForeign) return;
    this.#flushSkip();
    this.#listener.contradicted();
  }

  /** A head beyond the limit: what is known of it is told, the rest is skipped. */
  #overflow(position: number): void {
    const bytes = this.#store.length;
    const isTold = this.#tellPartialHead();
    this.#giveUp(position, 'parser_limit');
    this.#enterResync(position, isTold ? 0 : bytes, { reason: 'parser_limit', detail: 'head_too_long' });
  }

  /** Start line and fields that were read whole, of a head without an end. */
  #tellPartialHead(): boolean {
    const message = this.#message;
    const bytes = this.#store.view();
    const head = this.#heads.readCut(bytes);
    if (message === undefined || head === undefined) return false;
    this.#proveEnd();
    message.head = head;
    this.#listener.framingOf(message);
    return true;
  }

  gap(bytes: number, position: number, reason: GapReason, atNs: number): void {
    this.#atNs = atNs;
    this.#position = position + bytes;
    switch (this.#state) {
      case 'off':
        return;
      case 'body':
        return this.#gapInBody(bytes, position, reason);
      case 'head':
        this.#gapInHead(bytes, reason);
        break;
      case 'start':
        this.#isFirst = false;
        break;
      case 'maybe_end':
        this.#disproveEnd();
        break;
      case 'resync':
        this.#skip.bytes += this.#boundary.seenBytes;
        this.#flushSkip();
        break;
    }
    this.#enterResync(this.#position, 0, { reason: 'parser_resync', detail: reason, lossReason: reason });
  }

  #gapInHead(bytes: number, reason: GapReason): void {
    const carried = this.#store.length;
    this.#isFirst = false;
    const isTold = this.#tellPartialHead();
    if (!isTold) {
      this.#disproveEnd();
      const position = this.#position - bytes - carried;
      this.#listener.skipped({ reason: 'parser_resync', position, bytes: carried, detail: 'head_cut' });
    }
    this.#message?.addGap(bytes, 0, reason);
    this.#giveUp(this.#position, reason);
  }

  #gapInBody(bytes: number, position: number, reason: GapReason): void {
    const message = this.#message;
    if (message === undefined) return;
    const taken = this.#body.gap(bytes, reason, message);
    const status = this.#body.status;
    message.sizeBytes = position + taken - message.position;
    if (status === 'more') return;
    if (status === 'maybe_done') return this.#holdEnd(message);
    if (status === 'done') this.#finish(position + taken, this.#atNs, false);
    else this.#giveUp(this.#position, reason);
    if (status !== 'done' || taken < bytes) {
      this.#enterResync(this.#position, 0, { reason: 'parser_resync', detail: reason, lossReason: reason });
    }
  }

  #holdEnd(message: Message): void {
    this.#unproven = message;
    this.#unprovenEnd = this.#position;
    this.#unprovenNs = this.#atNs;
    this.#message = undefined;
    this.#state = 'maybe_end';
  }

  #proveEnd(): void {
    const message = this.#unproven;
    if (message === undefined) return;
    this.#unproven = undefined;
    message.isEndInferred = true;
    message.end(this.#unprovenEnd, this.#unprovenNs);
    this.#listener.done(message);
  }

  #disproveEnd(): void {
    const message = this.#unproven;
    if (message === undefined) return;
    this.#unproven = undefined;
    message.cut(this.#unprovenEnd, 'parser_resync');
    this.#listener.done(message);
  }

  /** The other direction, or silence, shows that a message whose end was cut away before `untilNs` did end. */
  settle(untilNs: number): void {
    if (this.#state !== 'maybe_end' || this.#unprovenNs > untilNs) return;
    this.#state = 'start';
    this.#proveEnd();
  }

  /** The other direction shows that a head without a known request was all there was. */
  settlePeek(): void {
    const message = this.#message;
    if (this.#state !== 'body' || !this.#body.isPeeking || message === undefined) return;
    if (this.#body.peekedBytes > 0) return;
    message.isBodiless = true;
    this.#finish(this.#position, this.#atNs);
  }

  /** No more bytes. An unfinished message is cut with an empty reason; a body until close is whole if `isOrderly`. */
  end(isOrderly: boolean, atNs: number): void {
    this.#atNs = atNs;
    if (this.#state === 'maybe_end') this.settle(atNs);
    if (this.#state === 'body' && this.#body.isUntilClose && isOrderly) this.#finish(this.#position, atNs);
    if (this.#state === 'head') this.#endInHead();
    if (this.#state === 'resync') {
      this.#skip.bytes += this.#boundary.seenBytes;
      this.#flushSkip();
    }
    this.#giveUp(this.#position, '');
    this.stop();
  }

  #endInHead(): void {
    const bytes = this.#store.length;
    if (this.#tellPartialHead()) return;
    this.#disproveEnd();
    const position = this.#position - bytes;
    this.#listener.skipped({ reason: 'parser_resync', position, bytes, detail: 'head_cut' });
  }

  /** Ignores everything from here on. */
  stop(): void {
    this.#state = 'off';
    this.#message = undefined;
    this.#store.clear();
    this.#boundary.begin();
  }

  #flushSkip(): void {
    const { bytes } = this.#skip;
    if (bytes > 0) this.#listener.skipped({ ...this.#skip });
    this.#skip.bytes = 0;
  }
}
