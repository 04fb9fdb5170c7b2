import { ByteStore } from './byte-store.ts';
import { endsInVersion, parseStatusLine } from './start-line.ts';
import {
  COLON,
  CR,
  isRegisteredMethod,
  isTokenByte,
  isWholeMethod,
  LF,
  MAX_METHOD_BYTES,
  SP,
} from './syntax.ts';

/** Bytes of one unfinished line that are kept while looking for a start line; longer start lines are passed over. */
const MAX_LINE_BYTES = 8192;
/** Arrival times kept for the pieces of one line. */
const MAX_MARKS = 16;
const VERSION_BYTES = 9;

interface Mark {
  readonly offset: number;
  readonly atNs: number;
}

/**
 * Start of a plausible start line inside `line` (its end: LF, or CRLF), or -1. The message before it may
 * end without a line break, so the start line may stand behind anything; but then its method must be a
 * registered word, since an unknown one could not be told from the tail of the body before it.
 * @param isStartKnown false when the byte before `line` was lost: the first word may be the tail of another.
 */
function findStartLine(line: Uint8Array, isRequest: boolean, isStartKnown: boolean): number {
  let end = line.length - 1;
  if (line[end - 1] === CR) end -= 1;
  return isRequest ? findRequestLine(line, end, isStartKnown) : findStatusLine(line, end);
}

function findRequestLine(line: Uint8Array, end: number, isStartKnown: boolean): number {
  if (!endsInVersion(line, 0, end)) return -1;
  const targetEnd = end - VERSION_BYTES;
  let targetStart = targetEnd;
  while (targetStart > 0 && (line[targetStart - 1] ?? 0) > SP) targetStart -= 1;
  const methodEnd = targetStart - 1;
  if (targetStart === targetEnd || line[methodEnd] !== SP) return -1;
  let methodStart = methodEnd;
  while (methodStart > 0 && isTokenByte(line[methodStart - 1])) methodStart -= 1;
  if (methodEnd - methodStart > MAX_METHOD_BYTES) return -1;
  const method = String.fromCharCode(...line.subarray(methodStart, methodEnd));
  const isPlausible = methodStart === 0 && !isStartKnown ? isWholeMethod(method) : isRegisteredMethod(method);
  return isPlausible ? methodStart : -1;
}

function findStatusLine(line: Uint8Array, end: number): number {
  for (let at = end - 12; at >= 0; at -= 1) {
    if (line[at] !== 72 || line[at + 1] !== 84 || line[at + 4] !== 47) continue;
    if (parseStatusLine(line, at, end) !== undefined) return at;
  }
  return -1;
}

/** Is it what may follow a start line: an empty line, or a header field? */
function isFieldOrEnd(line: Uint8Array): boolean {
  if (line[0] === LF || (line[0] === CR && line[1] === LF)) return true;
  let at = 0;
  while (isTokenByte(line[at])) at += 1;
  return at > 0 && line[at] === COLON;
}

/**
 * Finds the next message after a loss: a start line followed by a header field or an empty line. Keeps at
 * most one unfinished line and, behind a candidate, one more.
 */
export class BoundaryFinder {
  readonly #isRequest: boolean;
  readonly #store = new ByteStore();
  #marks: Mark[] = [];
  #isStartKnown = false;
  /** Length of the candidate start line at the store's begin; 0 while there is none. */
  #candidateBytes = 0;
  #candidateNs = 0;
  #seenBytes = 0;

  constructor(isRequest: boolean) {
    this.#isRequest = isRequest;
  }

  get heldBytes(): number {
    return this.#store.heldBytes;
  }

  /** Bytes seen since `begin` that lie before what is in the store (all of them, when nothing was found). */
  get seenBytes(): number {
    return this.#seenBytes;
  }

  /** After `push` found a boundary: start line and next line. */
  get found(): Uint8Array {
    return this.#store.view();
  }

  /** Arrival of the first byte of what was found. */
  get foundNs(): number {
    return this.#candidateNs;
  }

  begin(): void {
    this.#store.clear();
    this.#marks = [];
    this.#isStartKnown = false;
    this.#candidateBytes = 0;
    this.#seenBytes = 0;
  }

  /** Takes bytes from `from` on; the result is where the boundary's second line ends, or -1 when all were taken in vain. */
  push(bytes: Uint8Array, from: number, atNs: number): number {
    let at = from;
    while (at < bytes.length) {
      const lf = bytes.indexOf(LF, at);
      const end = lf < 0 ? bytes.length : lf + 1;
      this.#seenBytes += end - at;
      if (lf < 0) this.#keep(bytes, at, atNs);
      else if (this.#takeLine(bytes.subarray(at, end), atNs)) return end;
      at = end;
    }
    return -1;
  }

  /** An unfinished line: its last bytes are kept. */
  #keep(bytes: Uint8Array, from: number, atNs: number): void {
    if (this.#store.length + bytes.length - from > 2 * MAX_LINE_BYTES) this.#dropCandidate();
    const start = Math.max(from, bytes.length - MAX_LINE_BYTES);
    const excess = this.#store.length + bytes.length - start - 2 * MAX_LINE_BYTES;
    if (excess > 0 || start > from) this.#forget(start > from ? this.#store.length : excess);
    this.#addMark(atNs);
    this.#store.append(bytes, start, bytes.length);
  }

  #forget(count: number): void {
    this.#store.drop(count);
    this.#isStartKnown = false;
    this.#marks = this.#marks.map((mark) => ({ offset: Math.max(0, mark.offset - count), atNs: mark.atNs }));
  }

  #addMark(atNs: number): void {
    if (this.#marks.length === MAX_MARKS) this.#marks.splice(0, 1);
    this.#marks.push({ offset: this.#store.length, atNs });
  }

  /** The line that `tail` ends; true when it confirms the candidate before it. */
  #takeLine(tail: Uint8Array, atNs: number): boolean {
    let line = tail;
    if (this.#store.length > 0) {
      this.#addMark(atNs);
      this.#store.append(tail, 0, tail.length);
      line = this.#store.view().subarray(this.#candidateBytes);
      if (this.#candidateBytes > 0 && isFieldOrEnd(line)) return true;
      this.#dropCandidate();
      line = this.#store.view();
    }
    const start = findStartLine(line, this.#isRequest, this.#isStartKnown);
    if (start < 0) this.#store.clear();
    else this.#becomeCandidate(line, start, atNs);
    this.#marks = [];
    this.#isStartKnown = true;
    return false;
  }

  #becomeCandidate(line: Uint8Array, start: number, atNs: number): void {
    const mark = this.#marks.findLast((each) => each.offset <= start) ?? this.#marks[0];
    this.#candidateNs = mark?.atNs ?? atNs;
    const kept = line.subarray(start);
    this.#store.clear();
    this.#store.append(kept, 0, kept.length);
    this.#candidateBytes = kept.length;
  }

  #dropCandidate(): void {
    if (this.#candidateBytes === 0) return;
    this.#forget(this.#candidateBytes);
    this.#candidateBytes = 0;
    this.#isStartKnown = true;
  }
}
