import type { BodyFraming } from './message-head.ts';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SEMICOLON = 0x3b;
const ASTERISK = 0x2a;
/** A chunk's size with its extensions (RFC 9112 §7.1). */
const MAX_SIZE_LINE_BYTES = 1_024;
const MAX_TRAILER_BYTES = 16 * 1024;

export interface ContentRange {
  start: number;
  end: number;
}

/** Finds the content of a body between its framing, as bytes come. Positions are those of the caller's buffer. */
export class BodyWalker {
  readonly #framing: BodyFraming;
  /** Content of the window, in order, without the framing of chunks. */
  content: ContentRange[] = [];
  position: number;
  isDone = false;
  /** The framing is broken: nobody knows where the body ends. */
  isLost = false;
  #remaining: number;
  #chunk: 'size' | 'content' | 'content_end' | 'trailer' = 'size';
  #lineStart: number;
  #trailerStart = 0;
  readonly #maskTrailer: (bytes: Buffer, trailer: ContentRange) => void;

  /** @param maskTrailer takes the secrets out of the fields behind the last chunk, in place */
  constructor(
    framing: BodyFraming,
    start: number,
    maskTrailer: (bytes: Buffer, trailer: ContentRange) => void,
  ) {
    this.#framing = framing;
    this.#maskTrailer = maskTrailer;
    this.position = start;
    this.#lineStart = start;
    this.#remaining = framing.kind === 'length' ? framing.bytes : 0;
  }

  get contentBytes(): number {
    return this.content.reduce((total, { start, end }) => total + end - start, 0);
  }

  walk(bytes: Buffer): void {
    while (this.position < bytes.length && !this.isDone && !this.isLost) {
      if (this.#framing.kind === 'until_close') this.#take(bytes.length - this.position);
      else if (this.#framing.kind === 'length') this.#takeRemaining(bytes);
      else this.#walkChunked(bytes);
    }
  }

  /** Bytes are missing. True when they are all content, so that the rest of the framing holds. */
  skip(count: number): boolean {
    if (this.#framing.kind === 'until_close') return true;
    const isContent = this.#framing.kind === 'length' || this.#chunk === 'content';
    if (!isContent || count > this.#remaining) return false;
    this.#remaining -= count;
    if (this.#remaining === 0 && this.#framing.kind === 'length') this.isDone = true;
    else if (this.#remaining === 0) this.#chunk = 'content_end';
    return true;
  }

  forgetContent(): void {
    this.content = [];
  }

  /** Keeps the last `keptBytes` of content and returns where they begin. */
  dropContent(keptBytes: number): number {
    let kept = 0;
    for (let index = this.content.length - 1; index >= 0; index -= 1) {
      const range = this.content[index];
      if (range === undefined) break;
      const take = Math.min(keptBytes - kept, range.end - range.start);
      range.start = range.end - take;
      kept += take;
      if (kept < keptBytes) continue;
      this.content.splice(0, index);
      break;
    }
    return this.content[0]?.start ?? this.position;
  }

  /** The caller's buffer lost its first bytes. */
  shift(count: number): void {
    this.position -= count;
    this.#lineStart = Math.max(0, this.#lineStart - count);
    this.#trailerStart = Math.max(0, this.#trailerStart - count);
    for (const range of this.content) {
      range.start = Math.max(0, range.start - count);
      range.end -= count;
    }
  }

  #take(count: number): void {
    const last = this.content.at(-1);
    if (last?.end === this.position) last.end += count;
    else this.content.push({ start: this.position, end: this.position + count });
    this.position += count;
  }

  #takeRemaining(bytes: Buffer): void {
    const count = Math.min(this.#remaining, bytes.length - this.position);
    this.#take(count);
    this.#remaining -= count;
    if (this.#remaining === 0 && this.#framing.kind === 'length') this.isDone = true;
  }

  #walkChunked(bytes: Buffer): void {
    if (this.#chunk === 'content') {
      this.#takeRemaining(bytes);
      if (this.#remaining > 0) return;
      this.#chunk = 'content_end';
      this.#lineStart = this.position;
      return;
    }
    const feed = bytes.indexOf(LINE_FEED, this.position);
    const end = feed < 0 ? bytes.length : feed + 1;
    this.position = end;
    if (this.#chunk === 'size') maskExtension(bytes, this.#lineStart, end);
    const lineBytes = end - this.#lineStart;
    if (lineBytes > (this.#chunk === 'trailer' ? MAX_TRAILER_BYTES : MAX_SIZE_LINE_BYTES)) this.isLost = true;
    if (feed < 0 || this.isLost) return;
    const line = bytes.toString('latin1', this.#lineStart, end).trim();
    this.#lineStart = end;
    this.#line(line);
    if (this.#chunk === 'trailer' && this.isDone)
      this.#maskTrailer(bytes, { start: this.#trailerStart, end });
  }

  #line(line: string): void {
    if (this.#chunk === 'content_end') {
      this.isLost = line !== '';
      this.#chunk = 'size';
    } else if (this.#chunk === 'trailer') this.isDone = line === '';
    else {
      const size = /^([0-9a-fA-F]{1,12})(?:[\s;]|$)/.exec(line)?.[1];
      this.isLost = size === undefined;
      this.#remaining = size === undefined ? 0 : Number.parseInt(size, 16);
      this.#chunk = this.#remaining === 0 ? 'trailer' : 'content';
      this.#trailerStart = this.#lineStart;
    }
  }
}

/** What follows a chunk's size (RFC 9112 §7.1.1) tells nobody anything; it goes whole. */
function maskExtension(bytes: Buffer, start: number, end: number): void {
  const at = bytes.subarray(start, end).indexOf(SEMICOLON);
  if (at < 0) return;
  let stop = end;
  while (bytes[stop - 1] === LINE_FEED || bytes[stop - 1] === CARRIAGE_RETURN) stop -= 1;
  if (stop > start + at + 1) bytes.fill(ASTERISK, start + at + 1, stop);
}
