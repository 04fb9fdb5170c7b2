import { CODE, DIGITS, LETTERS, toByteSet } from './byte-classes.ts';
import { codeOfEscape, lengthOfEscape, readEscape } from './escapes.ts';
import type { ScanWindow } from './scan-window.ts';

const emailLocalBytes = toByteSet(`${LETTERS}${DIGITS}._+-`);
const domainBytes = toByteSet(`${LETTERS}${DIGITS}.-`);
const authorityEnds = toByteSet('/?# \t\r\n"\'<>');
const digitBytes = toByteSet(DIGITS);
const networkBytes = toByteSet(LETTERS + DIGITS);
const credentialsEnds = toByteSet(' \t\r\n"\'<>=');

const MAX_CREDENTIALS_BYTES = 128;
const MAX_LOCAL_PART_BYTES = 64;
const MAX_AUTHORITY_BYTES = 512;
const MAX_PORT_DIGITS = 5;

/** Behind the `://` that a separator at `next - 1` begins, however its slashes are written, or -1. */
export function findAuthority(window: ScanWindow, next: number): number {
  const second = behindSlash(window, next);
  return second < 0 ? -1 : behindSlash(window, second);
}

/** `/`, `\/`, `%2F`, `\u002f` or `&#47;`. */
function behindSlash(window: ScanWindow, at: number): number {
  const byte = window.at(at);
  if (byte === CODE.slash) return at + 1;
  if (byte === CODE.backslash && window.at(at + 1) === CODE.slash) return at + 2;
  const escape = readEscape(window.bytes, at, window.end);
  return codeOfEscape(escape) === CODE.slash ? at + lengthOfEscape(escape) : -1;
}

/**
 * RFC 3986 §3.2.1. The last `@` of the authority ends them, for passwords are not always encoded. Where the
 * bytes end before any `@`, what stands behind a colon and is no port is a password that was cut off.
 */
export function findUrlCredentials(window: ScanWindow, from: number): number {
  const stopAt = Math.min(window.end, from + MAX_AUTHORITY_BYTES);
  let lastAt = -1;
  let behindLastAt = from;
  let colonAt = -1;
  let at = from;
  while (at < stopAt) {
    const escape = readEscape(window.bytes, at, window.end);
    const code = escape === 0 ? (window.bytes[at] ?? 0) : codeOfEscape(escape);
    const next = at + Math.max(1, lengthOfEscape(escape));
    if (authorityEnds[code] === 1) break;
    if (code === CODE.at) {
      lastAt = at;
      behindLastAt = next;
    } else if (code === CODE.colon && colonAt < 0) colonAt = next;
    at = next;
  }
  if (lastAt >= 0) {
    window.found(from, lastAt);
    return behindLastAt;
  }
  const isCut = at >= stopAt && colonAt >= 0 && window.at(from) !== CODE.openBracket;
  return isCut && !isPort(window, colonAt) ? window.found(from, Math.min(at, window.end)) : from;
}

/** As far as it goes, for it may be cut off too. */
function isPort(window: ScanWindow, at: number): boolean {
  const end = window.whileOneOf(digitBytes, at);
  return end === window.end && end - at <= MAX_PORT_DIGITS;
}

/** `user:password@tcp(host:port)/`, how drivers of Go name a database. The `@` stands at `at`. */
export function findDriverCredentials(window: ScanWindow, at: number): number {
  const networkEnd = window.whileOneOf(networkBytes, at + 1);
  if (networkEnd === at + 1 || window.at(networkEnd) !== CODE.openParenthesis) return at + 1;
  const stopAt = Math.max(window.start, at - MAX_CREDENTIALS_BYTES);
  let start = at;
  let isPassword = false;
  for (; start > stopAt && credentialsEnds[window.bytes[start - 1] ?? 0] === 0; start -= 1)
    isPassword ||= window.bytes[start - 1] === CODE.colon;
  return isPassword ? Math.max(at + 1, window.found(start, at)) : at + 1;
}

/** The `@` stands from `at` to `next`. */
export function findEmailAddress(window: ScanWindow, at: number, next: number): number {
  const { bytes } = window;
  let start = at;
  const stopAt = Math.max(window.start, at - MAX_LOCAL_PART_BYTES);
  while (start > stopAt && emailLocalBytes[bytes[start - 1] ?? 0] === 1) start -= 1;
  let end = window.whileOneOf(domainBytes, next);
  while (end > next && (window.at(end - 1) === CODE.dot || window.at(end - 1) === CODE.dash)) end -= 1;
  let lastDot = end - 1;
  while (lastDot > next && window.at(lastDot) !== CODE.dot) lastDot -= 1;
  const isAddress = start < at && lastDot > next && end - lastDot > 2;
  return isAddress ? window.found(start, end) : next;
}
