import type { Redactor } from '../redaction/redactor.ts';
import { BodyWalker } from './body-walker.ts';
import type { ContentRange } from './body-walker.ts';
import { contextBefore } from './mask-context.ts';
import { beginsMessage, findHeadEnd, maskHead, maskLines } from './message-head.ts';

/** Bytes of one event that wait until they are masked. */
export interface PendingBytes {
  readonly bytes: Buffer;
  isDone: boolean;
}

/** A head longer than this is masked line by line, as it is. */
const MAX_HEAD_BYTES = 64 * 1024;
/** Content of a body that is looked at together: names and values may lie in different events. */
const WINDOW_BYTES = 64 * 1024;
/** Of it, what waits for the next window: a secret may show by what follows. */
const OVERLAP_BYTES = 1_024;
const ASTERISK = 0x2a;
const MAX_REMEMBERED_METHODS = 1_024;

/** Methods of the requests of a connection that have no answer yet: a HEAD has no body in its answer. */
export class PendingMethods {
  readonly #methods: string[] = [];

  push(method: string): void {
    if (this.#methods.length < MAX_REMEMBERED_METHODS) this.#methods.push(method);
  }

  shift(): string {
    return this.#methods.shift() ?? '';
  }
}

/**
 * Masks one direction of a connection in place, byte for byte: heads of HTTP/1 by the names of their
 * fields, bodies by their content without the framing of chunks, all else as text. What it cannot decide yet
 * waits, within bounds.
 */
export class StreamMasker {
  readonly #redactor: Redactor;
  readonly #methods: PendingMethods;
  #pending: PendingBytes[] = [];
  /** The pending bytes in one piece; masks are made here and copied back. */
  #flat = Buffer.alloc(0);
  /** Up to here of `#flat` everything is decided. */
  #decided = 0;
  #scannedFrom = 0;
  #state: 'head' | 'body' | 'text' | 'hidden' = 'head';
  #body: BodyWalker | undefined;
  #isEncoded = false;
  /** What stood before the bytes that come next, as it was: a name and its value may lie in two windows. */
  #context: Buffer = Buffer.alloc(0);
  /** Whether the last of them is of a secret. */
  #isSecretOpen = false;

  constructor(redactor: Redactor, methods: PendingMethods) {
    this.#redactor = redactor;
    this.#methods = methods;
  }

  get heldBytes(): number {
    return this.#flat.length;
  }

  push(pending: PendingBytes): void {
    if (this.#flat.length === 0 && this.#isBetween() && beginsMessage(pending.bytes)) {
      this.#state = 'head';
      this.#context = Buffer.alloc(0);
    }
    this.#pending.push(pending);
    this.#flat =
      this.#flat.length === 0 ? Buffer.from(pending.bytes) : Buffer.concat([this.#flat, pending.bytes]);
    this.#advance();
    this.#release();
  }

  /** Bytes are missing here. A body of known length goes on; anything else begins anew. A secret that was not over is not over behind them. */
  gap(count: number): void {
    if (this.#state === 'body' && this.#body?.skip(count) === true) {
      this.#maskWindow();
      this.#context = this.#contextOfOpenSecret;
      this.#body.forgetContent();
      this.#decided = this.#flat.length;
      this.#release();
      return;
    }
    this.finish();
  }

  /** Decides everything that waits, as far as it can be. */
  finish(): void {
    if (this.#state === 'body') this.#maskWindow();
    else if (this.#flat.length > this.#decided) this.#maskAsText(this.#decided);
    this.#context = this.#contextOfOpenSecret;
    this.#decided = this.#flat.length;
    this.#release();
    this.#state = this.#state === 'hidden' || (this.#state === 'body' && this.#isEncoded) ? 'hidden' : 'text';
    this.#body = undefined;
  }

  #isBetween(): boolean {
    return this.#state === 'text' || this.#state === 'hidden';
  }

  #advance(): void {
    for (;;) {
      if (this.#decided >= this.#flat.length) return;
      if (this.#isBetween()) {
        if (this.#state === 'hidden') this.#flat.fill(ASTERISK, this.#decided);
        else this.#maskAsText(this.#decided);
        this.#decided = this.#flat.length;
        return;
      }
      const isFurther = this.#state === 'head' ? this.#advanceHead() : this.#advanceBody();
      if (!isFurther) return;
    }
  }

  /** True when the state changed. */
  #advanceHead(): boolean {
    const start = this.#decided;
    if (!beginsMessage(this.#flat.subarray(start)) && this.#flat.length - start >= 24) {
      this.#state = 'text';
      return true;
    }
    const end = findHeadEnd(this.#flat, Math.max(start, this.#scannedFrom), this.#flat.length);
    if (end < 0) {
      this.#scannedFrom = Math.max(start, this.#flat.length - 3);
      if (this.#flat.length - start <= MAX_HEAD_BYTES) return false;
      this.#state = 'text';
      return true;
    }
    const head = maskHead(this.#flat, { start, end }, this.#redactor, () => this.#methods.shift());
    this.#decided = end;
    this.#scannedFrom = end;
    if (head === undefined) {
      this.#state = 'text';
      return true;
    }
    if (head.isRequest) this.#methods.push(head.method);
    this.#isEncoded = head.isEncoded;
    if (head.framing.kind === 'upgraded') this.#state = 'text';
    else if (head.framing.kind !== 'none') {
      this.#body = new BodyWalker(head.framing, end, (bytes, trailer) =>
        maskLines(bytes, trailer, this.#redactor),
      );
      this.#state = 'body';
    }
    return true;
  }

  /** True when the body has ended. */
  #advanceBody(): boolean {
    const body = this.#body;
    if (body === undefined) return false;
    body.walk(this.#flat);
    if (body.isLost) {
      this.finish();
      return true;
    }
    if (!body.isDone) {
      if (body.contentBytes >= WINDOW_BYTES) this.#slideWindow(body);
      return false;
    }
    this.#maskWindow();
    this.#decided = body.position;
    this.#scannedFrom = body.position;
    this.#body = undefined;
    this.#context = Buffer.alloc(0);
    this.#state = 'head';
    return true;
  }

  /** Masks what is there and lets go of all but its end. */
  #slideWindow(body: BodyWalker): void {
    this.#maskWindow(OVERLAP_BYTES);
    this.#decided = body.dropContent(OVERLAP_BYTES);
  }

  /** The last `heldBytes` stay as they are. */
  #maskWindow(heldBytes = 0): void {
    const body = this.#body;
    if (body === undefined || body.content.length === 0) return;
    if (this.#isEncoded) {
      for (const { start, end } of body.content) this.#flat.fill(ASTERISK, start, end);
      return;
    }
    this.#maskContent(body.content, heldBytes);
  }

  /** Ranges of `#flat`, as one text behind its context. */
  #maskContent(ranges: readonly ContentRange[], heldBytes: number): void {
    const original = Buffer.concat([
      this.#context,
      ...ranges.map(({ start, end }) => this.#flat.subarray(start, end)),
    ]);
    const masked = Buffer.from(original);
    this.#redactor.mask(masked, 0, masked.length);
    const decidedEnd = original.length - heldBytes;
    let at = this.#context.length;
    for (const { start, end } of ranges) {
      masked.copy(this.#flat, start, at, Math.min(decidedEnd, at + end - start));
      at += end - start;
      if (at >= decidedEnd) break;
    }
    this.#context = contextBefore(original, masked, decidedEnd);
    this.#isSecretOpen = masked[decidedEnd - 1] === ASTERISK;
  }

  get #contextOfOpenSecret(): Buffer {
    return this.#isSecretOpen ? this.#context : Buffer.alloc(0);
  }

  #maskAsText(from: number): void {
    const range = { start: from, end: this.#flat.length };
    this.#maskContent([range], 0);
    maskLines(this.#flat, range, this.#redactor);
  }

  /** Copies decided bytes back into their events, and lets events go that are decided to their end. */
  #release(): void {
    let at = 0;
    let count = 0;
    for (const pending of this.#pending) {
      if (at + pending.bytes.length > this.#decided) break;
      this.#flat.copy(pending.bytes, 0, at, at + pending.bytes.length);
      pending.isDone = true;
      at += pending.bytes.length;
      count += 1;
    }
    if (count === 0) return;
    this.#pending.splice(0, count);
    this.#flat = this.#flat.subarray(at);
    this.#decided -= at;
    this.#scannedFrom = Math.max(0, this.#scannedFrom - at);
    this.#body?.shift(at);
  }
}
