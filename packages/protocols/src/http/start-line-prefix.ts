import { endsInVersion, isForeignByte } from './start-line.ts';
import { isRegisteredMethod, isTokenByte, LF, MAX_METHOD_BYTES } from './syntax.ts';

export type Plausibility = 'yes' | 'no' | 'need_more';

/** From here on an unfinished line with a registered method and a path is taken for a request. */
const ENOUGH_OF_LINE_BYTES = 64;
/** A request line longer than this is none. */
const MAX_LINE_BYTES = 65_536;

/** Version and status, and what stands behind them. */
const STATUS_BYTES = 13;

function statusLinePattern(at: number, byte: number): boolean {
  if (at === 7 || (at >= 9 && at <= 11)) return byte >= 48 && byte <= 57;
  if (at === 12) return byte === 32 || byte === 13 || byte === 10;
  return byte === 'HTTP/1.x '.charCodeAt(at);
}

/** Do the bytes begin a status line of HTTP/1.x? */
export function beginsStatusLine(bytes: Uint8Array): Plausibility {
  const count = Math.min(bytes.length, STATUS_BYTES);
  for (let at = 0; at < count; at += 1) {
    if (!statusLinePattern(at, bytes[at] ?? 0)) return 'no';
  }
  return count === STATUS_BYTES ? 'yes' : 'need_more';
}

/** Do the bytes begin a request line of HTTP/1.x, whatever the method? */
export function beginsRequestLine(bytes: Uint8Array): Plausibility {
  let methodEnd = 0;
  while (methodEnd < bytes.length && isTokenByte(bytes[methodEnd])) methodEnd += 1;
  if (methodEnd > MAX_METHOD_BYTES) return 'no';
  if (methodEnd === bytes.length) return 'need_more';
  if (methodEnd === 0 || bytes[methodEnd] !== 32) return 'no';
  let lineEnd = methodEnd + 1;
  while (lineEnd < bytes.length && bytes[lineEnd] !== LF) {
    if (isForeignByte(bytes[lineEnd] ?? 0)) return 'no';
    lineEnd += 1;
  }
  if (lineEnd === bytes.length) return unfinishedRequestLine(bytes, methodEnd);
  const textEnd = bytes[lineEnd - 1] === 13 ? lineEnd - 1 : lineEnd;
  return endsInVersion(bytes, methodEnd + 2, textEnd) ? 'yes' : 'no';
}

function unfinishedRequestLine(bytes: Uint8Array, methodEnd: number): Plausibility {
  if (bytes.length > MAX_LINE_BYTES) return 'no';
  const isPath = bytes[methodEnd + 1] === 47;
  if (bytes.length < ENOUGH_OF_LINE_BYTES || !isPath) return 'need_more';
  const method = String.fromCharCode(...bytes.subarray(0, methodEnd));
  return isRegisteredMethod(method) ? 'yes' : 'need_more';
}

/** Watches a start line grow, so that a foreign stream is not carried up to the limit. No byte is looked at often. */
export class StartLineWatch {
  readonly #isRequest: boolean;
  #checkedBytes = 0;
  #isWhole = false;

  constructor(isRequest: boolean) {
    this.#isRequest = isRequest;
  }

  begin(): void {
    this.#checkedBytes = 0;
    this.#isWhole = false;
  }

  /** May `bytes`, the head so far, still become one? Asked again with more of them. */
  isPlausible(bytes: Uint8Array): boolean {
    if (this.#isWhole) return true;
    const from = this.#checkedBytes;
    this.#checkedBytes = bytes.length;
    this.#isWhole = bytes.indexOf(LF, from) >= 0;
    if (!this.#isWhole && from >= ENOUGH_OF_LINE_BYTES)
      return !this.#isRequest || !hasForeignByte(bytes, from);
    return (this.#isRequest ? beginsRequestLine(bytes) : beginsStatusLine(bytes)) !== 'no';
  }
}

function hasForeignByte(bytes: Uint8Array, from: number): boolean {
  for (let at = from; at < bytes.length; at += 1) if (isForeignByte(bytes[at] ?? 0)) return true;
  return false;
}
