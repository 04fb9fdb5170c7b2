import { CODE, DIGITS, LETTERS, toByteSet, wordBytes } from './byte-classes.ts';
import { codeOfEscape, escapeBefore, lengthOfEscape, readEscape } from './escapes.ts';
import type { ScanWindow } from './scan-window.ts';

const tokenBytes = toByteSet(`${LETTERS}${DIGITS}_-.+/=~`);
const base64UrlBytes = toByteSet(`${LETTERS}${DIGITS}_-`);
const keyIdBytes = toByteSet('ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789');
const lowerCase = toByteSet('abcdefghijklmnopqrstuvwxyz');

const MIN_WEB_TOKEN_BYTES = 17;
const MIN_CREDENTIAL_BYTES = 8;
/** Of something that the capture cut off. */
const MIN_CUT_BYTES = 4;
const KEY_ID_BYTES = 20;
const KEY_ID_PREFIX_BYTES = 4;
const MAX_PEM_LABEL_BYTES = 64;
const PEM_END = '-----END';

/** `eyJ` is how every JSON web token begins: base64url of `{"`. `at` is its last letter. */
export function findWebToken(window: ScanWindow, at: number): number {
  const start = at - 2;
  const isStart = window.at(start) === 0x65 && window.at(at - 1) === 0x79 && !isInsideOfWord(window, start);
  if (!isStart) return at + 1;
  let end = at + 1;
  let dots = 0;
  for (; end < window.end; end += 1) {
    const byte = window.bytes[end] ?? 0;
    if (byte === CODE.dot) dots += 1;
    else if (base64UrlBytes[byte] !== 1) break;
  }
  // Two dots make a signed token; cut off by the capture limit it has one at least.
  return dots >= 1 && end - start >= MIN_WEB_TOKEN_BYTES ? window.found(start, end) : end;
}

/** The `D` of `%3D` and the `n` of `\n` belong to no word. */
function isInsideOfWord(window: ScanWindow, start: number): boolean {
  if (base64UrlBytes[window.at(start - 1)] !== 1) return false;
  return window.at(start - 2) !== CODE.backslash && escapeBefore(window.bytes, window.start, start) < 0;
}

/** `Bearer TOKEN` and `Basic CREDENTIALS` (RFC 6750, RFC 7617), in any case. */
export function findCredentials(window: ScanWindow, at: number): number {
  const isBearer = window.isWordAt(at, 'bearer');
  if (!isBearer && !window.isWordAt(at, 'basic')) return at + 1;
  if (isInsideOfWord(window, at)) return at + 1;
  const blankAt = at + (isBearer ? 6 : 5);
  const from = blankAt + blankLength(window, blankAt);
  if (from === blankAt) return from;
  const end = window.whileOneOf(tokenBytes, from);
  return isCredential(window, { from, end, isBearer }) ? window.found(from, end) : from;
}

/** A blank as such, or as a query has it. */
function blankLength(window: ScanWindow, at: number): number {
  const byte = window.at(at);
  if (byte === CODE.space || byte === CODE.plus) return 1;
  const escape = readEscape(window.bytes, at, window.end);
  return codeOfEscape(escape) === CODE.space ? lengthOfEscape(escape) : 0;
}

/** Words of prose are of small letters alone; where the bytes end, half a credential is one. */
function isCredential(
  window: ScanWindow,
  { from, end, isBearer }: { from: number; end: number; isBearer: boolean },
): boolean {
  const length = end - from;
  if (length >= MIN_CREDENTIAL_BYTES && (isBearer || length % 4 === 0)) return true;
  const isCut = end === window.end && length >= MIN_CUT_BYTES;
  return isCut && window.whileOneOf(lowerCase, from) < end;
}

/** The id of an access key of AWS: `AKIA` or `ASIA` and 16 characters. */
export function findKeyId(window: ScanWindow, at: number): number {
  if (!window.isTextAt(at, 'AKIA') && !window.isTextAt(at, 'ASIA')) return at + 1;
  const end = window.whileOneOf(keyIdBytes, at);
  const isCut = end === window.end && end - at >= KEY_ID_PREFIX_BYTES + MIN_CUT_BYTES;
  const isKeyId = (end - at === KEY_ID_BYTES || isCut) && !isInsideOfWord(window, at);
  return isKeyId ? window.found(at, end) : end;
}

/** `-----BEGIN … PRIVATE KEY-----` (RFC 7468), up to its end or that of the bytes. `at` is the `B`. */
export function findPrivateKey(window: ScanWindow, at: number): number {
  if (!window.isTextAt(at, 'BEGIN') || window.at(at - 1) !== CODE.dash || wordBytes[window.at(at + 5)] === 1)
    return at + 1;
  const stopAt = Math.min(window.end, at + MAX_PEM_LABEL_BYTES);
  let isPrivate = false;
  let label = at + 5;
  for (; label < stopAt && window.at(label) !== CODE.dash; label += 1)
    isPrivate ||= window.isTextAt(label, 'PRIVATE');
  if (!isPrivate || window.at(label) !== CODE.dash) return label;
  while (window.at(label) === CODE.dash) label += 1;
  let end = label;
  while (end < window.end && !(window.bytes[end] === CODE.dash && window.isTextAt(end, PEM_END))) end += 1;
  return window.found(label, end);
}
