import { isRegisteredMethod, isTokenByte, MAX_METHOD_BYTES } from './syntax.ts';

export interface RequestLine {
  readonly kind: 'request';
  readonly method: string;
  readonly target: string;
  readonly version: string;
}

export interface StatusLine {
  readonly kind: 'response';
  readonly statusCode: number;
  readonly version: string;
}

/** Where one of these stands in the first line, it is no request line: binary protocols are told apart by them. */
function isForeignByte(byte: number): boolean {
  return byte < 32 && byte !== 9 && byte !== 13;
}

const requestLineTail = /^HTTP\/(1\.\d)$/;
const statusLine = /^HTTP\/(1\.\d) (\d{3})(?: |$)/;

/**
 * RFC 9112 §3. A target with spaces is taken whole: servers answer such a request (mostly with 400), and
 * an observer should show it. Undefined for what is not HTTP/1.x; HTTP/0.9 lines have no version and are none.
 */
export function parseRequestLine(line: string): RequestLine | undefined {
  const methodEnd = line.indexOf(' ');
  const versionStart = line.lastIndexOf(' ') + 1;
  if (methodEnd < 1 || methodEnd > MAX_METHOD_BYTES || versionStart <= methodEnd + 1) return undefined;
  for (let at = 0; at < methodEnd; at += 1) if (!isTokenByte(line.charCodeAt(at))) return undefined;
  for (let at = methodEnd; at < line.length; at += 1)
    if (isForeignByte(line.charCodeAt(at))) return undefined;
  const version = requestLineTail.exec(line.slice(versionStart))?.[1];
  const target = line.slice(methodEnd + 1, versionStart - 1).replace(/^[ \t]+|[ \t]+$/g, '');
  if (version === undefined || target === '') return undefined;
  return { kind: 'request', method: line.slice(0, methodEnd), target, version };
}

/** RFC 9112 §4. The reason phrase and the space before it may be absent. */
export function parseStatusLine(line: string): StatusLine | undefined {
  const found = statusLine.exec(line);
  if (found?.[1] === undefined || found[2] === undefined) return undefined;
  return { kind: 'response', statusCode: Number(found[2]), version: found[1] };
}

export type Plausibility = 'yes' | 'no' | 'need_more';

/** From here on an unfinished line with a registered method and a path is taken for a request. */
const ENOUGH_OF_LINE_BYTES = 64;
/** A request line longer than this is none. */
const MAX_LINE_BYTES = 65_536;

function statusLinePattern(at: number, byte: number): boolean {
  if (at === 7 || (at >= 9 && at <= 11)) return byte >= 48 && byte <= 57;
  if (at === 12) return byte === 32 || byte === 13 || byte === 10;
  return byte === 'HTTP/1.x '.charCodeAt(at);
}

/** Do the bytes begin a status line of HTTP/1.x? */
export function beginsStatusLine(bytes: Uint8Array): Plausibility {
  const count = Math.min(bytes.length, 13);
  for (let at = 0; at < count; at += 1) {
    if (!statusLinePattern(at, bytes[at] ?? 0)) return 'no';
  }
  return count > 8 ? 'yes' : 'need_more';
}

/** Do the bytes begin a request line of HTTP/1.x, whatever the method? */
export function beginsRequestLine(bytes: Uint8Array): Plausibility {
  let methodEnd = 0;
  while (methodEnd < bytes.length && isTokenByte(bytes[methodEnd])) methodEnd += 1;
  if (methodEnd > MAX_METHOD_BYTES) return 'no';
  if (methodEnd === bytes.length) return 'need_more';
  if (methodEnd === 0 || bytes[methodEnd] !== 32) return 'no';
  let lineEnd = methodEnd + 1;
  while (lineEnd < bytes.length && bytes[lineEnd] !== 10) {
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

/** ` HTTP/1.x` right before `end`, and behind `from`. */
export function endsInVersion(bytes: Uint8Array, from: number, end: number): boolean {
  const start = end - 9;
  if (start < from) return false;
  for (let at = 0; at < 8; at += 1) {
    if (bytes[start + at] !== ' HTTP/1.'.charCodeAt(at)) return false;
  }
  const minor = bytes[end - 1] ?? 0;
  return minor >= 48 && minor <= 57;
}
