import { CR, HTAB, isTokenByte, MAX_METHOD_BYTES, SP } from './syntax.ts';
import { toByteText } from './text.ts';

export interface RequestLine {
  readonly kind: 'request';
  readonly method: string;
  /** One character a byte. */
  readonly target: string;
  readonly version: string;
}

export interface StatusLine {
  readonly kind: 'response';
  readonly statusCode: number;
  readonly version: string;
}

const ZERO = 48;
const VERSION_BYTES = 8;
const STATUS_LINE_BYTES = 12;
/** Methods that are remembered, a power of two. */
const MAX_METHODS = 64;

const versions = Array.from({ length: 10 }, (_, minor) => `1.${minor}`);
const methods = new Array<string>(MAX_METHODS).fill('');
/** By minor version and status: each is made once. */
const statusLines = new Array<StatusLine | undefined>(10_000).fill(undefined);

/** Where one of these stands in the first line, it is no request line: binary protocols are told apart by them. */
export function isForeignByte(byte: number): boolean {
  return byte < SP && byte !== HTAB && byte !== CR;
}

/**
 * The line in `from`..`end` (its line break is behind that), RFC 9112 §3. A target with spaces is taken whole:
 * servers answer such a request (mostly with 400), and an observer should show it. Undefined for what is not
 * HTTP/1.x; HTTP/0.9 lines have no version and are none.
 */
export function parseRequestLine(bytes: Uint8Array, from: number, end: number): RequestLine | undefined {
  let methodEnd = from;
  while (methodEnd < end && isTokenByte(bytes[methodEnd])) methodEnd += 1;
  const methodBytes = methodEnd - from;
  if (methodBytes === 0 || methodBytes > MAX_METHOD_BYTES || bytes[methodEnd] !== SP) return undefined;
  if (!endsInVersion(bytes, methodEnd + 2, end)) return undefined;
  let start = methodEnd + 1;
  let targetEnd = end - VERSION_BYTES - 1;
  for (let at = start; at < targetEnd; at += 1) if (isForeignByte(bytes[at] ?? 0)) return undefined;
  while (start < targetEnd && isBlank(bytes[start])) start += 1;
  while (targetEnd > start && isBlank(bytes[targetEnd - 1])) targetEnd -= 1;
  if (start === targetEnd) return undefined;
  return {
    kind: 'request',
    method: methodIn(bytes, from, methodEnd),
    target: toByteText(bytes, start, targetEnd),
    version: versionAt(bytes, end - 1),
  };
}

function isBlank(byte: number | undefined): boolean {
  return byte === SP || byte === HTAB;
}

/** The same string for the same method, where it was seen before. */
function methodIn(bytes: Uint8Array, from: number, to: number): string {
  const slot = ((bytes[from] ?? 0) * 5 + (bytes[to - 1] ?? 0) + (to - from) * 3) & (MAX_METHODS - 1);
  const known = methods[slot] ?? '';
  if (known.length === to - from && isTextAt(known, bytes, from)) return known;
  const method = toByteText(bytes, from, to);
  methods[slot] = method;
  return method;
}

function isTextAt(text: string, bytes: Uint8Array, from: number): boolean {
  for (let at = 0; at < text.length; at += 1) if (bytes[from + at] !== text.charCodeAt(at)) return false;
  return true;
}

function versionAt(bytes: Uint8Array, minorAt: number): string {
  return versions[(bytes[minorAt] ?? 0) - ZERO] ?? '';
}

/** The line in `from`..`end`, RFC 9112 §4. The reason phrase and the space before it may be absent. */
export function parseStatusLine(bytes: Uint8Array, from: number, end: number): StatusLine | undefined {
  const codeEnd = from + STATUS_LINE_BYTES;
  if (codeEnd > end || !isVersion(bytes, from) || bytes[from + VERSION_BYTES] !== SP) return undefined;
  if (codeEnd < end && bytes[codeEnd] !== SP) return undefined;
  let statusCode = 0;
  for (let at = codeEnd - 3; at < codeEnd; at += 1) {
    const digit = (bytes[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return undefined;
    statusCode = statusCode * 10 + digit;
  }
  const minorAt = from + VERSION_BYTES - 1;
  const index = ((bytes[minorAt] ?? 0) - ZERO) * 1000 + statusCode;
  return (statusLines[index] ??= { kind: 'response', statusCode, version: versionAt(bytes, minorAt) });
}

/** ` HTTP/1.x` right before `end`, and behind `from`. */
export function endsInVersion(bytes: Uint8Array, from: number, end: number): boolean {
  const start = end - VERSION_BYTES;
  return start > from && bytes[start - 1] === SP && isVersion(bytes, start);
}

const versionStart = 'HTTP/1.';

/** `HTTP/1.x` at `at`. */
function isVersion(bytes: Uint8Array, at: number): boolean {
  const minor = (bytes[at + versionStart.length] ?? 0) - ZERO;
  return minor >= 0 && minor <= 9 && isTextAt(versionStart, bytes, at);
}
