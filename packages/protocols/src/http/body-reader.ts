import type { GapReason, ParserLimits } from '../contract.ts';
import { ByteStore } from './byte-store.ts';
import { ChunkLine } from './chunk-line.ts';
import type { Framing } from './framing.ts';
import { findHeadEnd } from './field-cache.ts';
import { parseFields } from './fields.ts';
import type { Message } from './message.ts';
import { CR, LF } from './syntax.ts';

type State = 'peek' | 'length' | 'chunk_line' | 'chunk_data' | 'chunk_end' | 'trailer' | 'close';

/**
 * - `more`: the body goes on. `done`: it ended.
 * - `maybe_done`: what was cut has exactly the size of a last chunk; the next bytes tell.
 * - `bad`: the bytes are no such body. `limit`: more framing than `maxHeaderBytes`.
 * - `unknown`: a gap swallowed framing, so that nobody can tell where the body ends.
 */
export type BodyStatus = 'more' | 'done' | 'maybe_done' | 'bad' | 'limit' | 'unknown';

/** CRLF behind a chunk. */
const CHUNK_END_BYTES = 2;
/** `0` CRLF CRLF. */
const LAST_CHUNK_BYTES = 5;
const MAX_TRAILER_FIELDS = 16;
/** What stands in place of a body, when the head answered a HEAD. */
export const nextHead = Uint8Array.from('HTTP/1.', (character) => character.charCodeAt(0));
const lineFeed = new Uint8Array([LF]);

/** Reads one body by its framing (RFC 9112 §6, §7). Data is skipped, not looked at. */
export class BodyReader {
  readonly #limits: ParserLimits;
  readonly #chunkLine = new ChunkLine();
  readonly #trailer = new ByteStore();
  #state: State = 'length';
  #stateAfterPeek: State = 'length';
  #remainingBytes = 0;
  #scanFrom = 0;
  #sawCr = false;
  #peekedBytes = 0;
  #status: BodyStatus = 'more';

  constructor(limits: ParserLimits) {
    this.#limits = limits;
  }

  get status(): BodyStatus {
    return this.#status;
  }

  get isUntilClose(): boolean {
    return this.#state === 'close';
  }

  get isPeeking(): boolean {
    return this.#state === 'peek';
  }

  /** Bytes taken of what may be the next head; all of it, once `status` is `done`. */
  get peekedBytes(): number {
    return this.#peekedBytes;
  }

  get heldBytes(): number {
    return this.#trailer.heldBytes;
  }

  /** @param isCertain false when the head may answer a HEAD: then a status line in place of the body ends it. */
  begin(framing: Framing, isCertain: boolean): void {
    this.#status = 'more';
    this.#peekedBytes = 0;
    this.#remainingBytes = framing.kind === 'length' ? framing.bytes : 0;
    if (framing.kind === 'chunked') this.#chunkLine.begin();
    const state = framing.kind === 'chunked' ? 'chunk_line' : framing.kind === 'close' ? 'close' : 'length';
    this.#stateAfterPeek = state;
    this.#state = isCertain ? state : 'peek';
  }

  /** Takes what it can of `bytes` from `at` on; the result is where the body's bytes end (`status` says how). */
  take(bytes: Uint8Array, at: number, message: Message): number {
    let next = at;
    while (next < bytes.length && this.#status === 'more') next = this.#step(bytes, next, message);
    return next;
  }

  #step(bytes: Uint8Array, at: number, message: Message): number {
    switch (this.#state) {
      case 'length':
      case 'chunk_data':
        return this.#takeData(bytes, at, message);
      case 'chunk_line':
        return this.#takeChunkLine(bytes, at);
      case 'chunk_end':
        return this.#takeChunkEnd(bytes, at);
      case 'trailer':
        return this.#takeTrailer(bytes, at, message);
      case 'close':
        message.addBody(bytes, at, bytes.length, this.#limits.maxBodyBytes);
        return bytes.length;
      case 'peek':
        return this.#peek(bytes, at, message);
    }
  }

  #peek(bytes: Uint8Array, at: number, message: Message): number {
    if (bytes[at] === nextHead[this.#peekedBytes]) {
      this.#peekedBytes += 1;
      if (this.#peekedBytes === nextHead.length) this.#status = 'done';
      return at + 1;
    }
    const missed = nextHead.subarray(0, this.#peekedBytes);
    this.#peekedBytes = 0;
    this.#state = this.#stateAfterPeek;
    this.take(missed, 0, message);
    return at;
  }

  #takeData(bytes: Uint8Array, at: number, message: Message): number {
    const count = Math.min(this.#remainingBytes, bytes.length - at);
    message.addBody(bytes, at, at + count, this.#limits.maxBodyBytes);
    this.#remainingBytes -= count;
    if (this.#remainingBytes === 0) this.#dataEnded();
    return at + count;
  }

  #dataEnded(): void {
    if (this.#state === 'length') this.#status = 'done';
    else {
      this.#state = 'chunk_end';
      this.#sawCr = false;
    }
  }

  #takeChunkLine(bytes: Uint8Array, from: number): number {
    for (let at = from; at < bytes.length; at += 1) {
      const taken = this.#chunkLine.take(bytes[at] ?? 0);
      if (taken === 'more') {
        if (this.#chunkLine.lengthBytes < this.#limits.maxHeaderBytes) continue;
        this.#status = 'limit';
        return at + 1;
      }
      if (taken === 'bad') this.#status = 'bad';
      else this.#chunkLineEnded();
      return taken === 'bad' ? at : at + 1;
    }
    return bytes.length;
  }

  #chunkLineEnded(): void {
    this.#remainingBytes = this.#chunkLine.sizeBytes;
    if (this.#remainingBytes > 0) {
      this.#state = 'chunk_data';
      return;
    }
    this.#state = 'trailer';
    this.#trailer.clear();
    this.#trailer.append(lineFeed, 0, 1);
    this.#scanFrom = 0;
  }

  #takeChunkEnd(bytes: Uint8Array, at: number): number {
    const byte = bytes[at];
    if (byte === LF) {
      this.#chunkLine.begin();
      this.#state = 'chunk_line';
    } else if (byte === CR && !this.#sawCr) this.#sawCr = true;
    else {
      this.#status = 'bad';
      return at;
    }
    return at + 1;
  }

  /** Trailer fields and the empty line, read like a head behind the line break of the last chunk. */
  #takeTrailer(bytes: Uint8Array, at: number, message: Message): number {
    const before = this.#trailer.length;
    const room = this.#limits.maxHeaderBytes - before;
    const taken = Math.min(room, bytes.length - at);
    this.#trailer.append(bytes, at, at + taken);
    const end = findHeadEnd(this.#trailer.view(), this.#scanFrom);
    if (end < 0) {
      this.#scanFrom = Math.max(0, this.#trailer.length - 2);
      if (taken === room) this.#status = 'limit';
      return at + taken;
    }
    if (end > 3) message.trailers = readTrailers(this.#trailer.view(), 1, end);
    this.#trailer.clear();
    this.#status = 'done';
    return at + end - before;
  }

  /** `bytes` are not there; the result is how many of them are certainly this body's. */
  gap(bytes: number, reason: GapReason, message: Message): number {
    // What never was in the process's memory (sendfile) holds no head: these are the body's bytes.
    if (this.#state === 'peek' && this.#peekedBytes === 0 && reason === 'not_in_memory')
      this.#state = this.#stateAfterPeek;
    if (this.#state === 'close') {
      message.addGap(bytes, bytes, reason);
      return bytes;
    }
    if (this.#state === 'length') {
      const count = Math.min(bytes, this.#remainingBytes);
      message.addGap(count, count, reason);
      this.#remainingBytes -= count;
      if (this.#remainingBytes === 0) this.#status = 'done';
      return count;
    }
    if (this.#state === 'chunk_data' || this.#state === 'chunk_end')
      return this.#gapInChunk(bytes, reason, message);
    message.addGap(bytes, 0, reason);
    this.#status = 'unknown';
    return bytes;
  }

  #gapInChunk(bytes: number, reason: GapReason, message: Message): number {
    const dataBytes = Math.min(bytes, this.#remainingBytes);
    message.addGap(bytes, dataBytes, reason);
    this.#remainingBytes -= dataBytes;
    const framingBytes = bytes - dataBytes;
    if (this.#remainingBytes === 0 && this.#state === 'chunk_data') this.#dataEnded();
    if (framingBytes === 0) return bytes;
    const endBytes = CHUNK_END_BYTES - (this.#sawCr ? 1 : 0);
    if (framingBytes < endBytes) this.#sawCr = true;
    else if (framingBytes === endBytes) {
      this.#chunkLine.begin();
      this.#state = 'chunk_line';
    } else this.#status = framingBytes === endBytes + LAST_CHUNK_BYTES ? 'maybe_done' : 'unknown';
    return bytes;
  }
}

function readTrailers(bytes: Uint8Array, from: number, to: number): ReadonlyMap<string, string> {
  const { headers } = parseFields(bytes, from, to);
  return headers.size <= MAX_TRAILER_FIELDS ? headers : new Map([...headers].slice(0, MAX_TRAILER_FIELDS));
}
