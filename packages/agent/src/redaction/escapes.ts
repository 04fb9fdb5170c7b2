import { CODE } from './byte-classes.ts';

/** `&#x000041;`: zeros may stand before, up to here. */
const MAX_ENTITY_BYTES = 12;
const LENGTH_SHIFT = 8;

const hexValue = new Int8Array(256).fill(-1);
for (const [index, digit] of [...'0123456789abcdef'].entries()) {
  hexValue[digit.charCodeAt(0)] = index;
  hexValue[digit.toUpperCase().charCodeAt(0)] = index;
}

const namedEntities: readonly (readonly [name: string, code: number])[] = [
  ['&lt;', CODE.lessThan],
  ['&gt;', CODE.greaterThan],
  ['&quot;', CODE.doubleQuote],
  ['&apos;', CODE.singleQuote],
  ['&amp;', CODE.ampersand],
];

/** The byte that an escape stands for, and how many bytes the escape has; in one number, for it is read often. */
export function codeOfEscape(escape: number): number {
  return escape & 0xff;
}

export function lengthOfEscape(escape: number): number {
  return escape >> LENGTH_SHIFT;
}

/** The escape at `at`: `%41` (RFC 3986 §2.1), `\u0041` (RFC 8259 §7), `&#65;` or `&lt;` (HTML). 0 when there is none. */
export function readEscape(bytes: Uint8Array, at: number, end: number): number {
  switch (bytes[at]) {
    case CODE.percent:
      return readHex(bytes, at + 1, Math.min(end, at + 3)) === 2
        ? pack(at, at + 3, hexOf(bytes, at + 1, at + 3))
        : 0;
    case CODE.backslash:
      if (bytes[at + 1] !== 0x75 || readHex(bytes, at + 2, Math.min(end, at + 6)) !== 4) return 0;
      return pack(at, at + 6, hexOf(bytes, at + 2, at + 6));
    case CODE.ampersand:
      return readEntity(bytes, at, end);
    default:
      return 0;
  }
}

/** Where the escape begins that ends at `end`, or -1. */
export function escapeBefore(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[end - 1] !== CODE.semicolon) {
    if (end - 3 >= start && lengthOfEscape(readEscape(bytes, end - 3, end)) === 3) return end - 3;
    return end - 6 >= start && lengthOfEscape(readEscape(bytes, end - 6, end)) === 6 ? end - 6 : -1;
  }
  const stopAt = Math.max(start, end - MAX_ENTITY_BYTES);
  for (let at = end - 2; at >= stopAt; at -= 1) {
    if (bytes[at] !== CODE.ampersand) continue;
    return at + lengthOfEscape(readEscape(bytes, at, end)) === end ? at : -1;
  }
  return -1;
}

/** What is no byte of one character is nothing that a name or a separator has. */
function pack(at: number, end: number, code: number): number {
  return code > 0xff ? 0 : ((end - at) << LENGTH_SHIFT) | code;
}

/** Hexadecimal digits from `from` on, before `end`. */
function readHex(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && (hexValue[bytes[at] ?? 0] ?? -1) >= 0) at += 1;
  return at - from;
}

function hexOf(bytes: Uint8Array, from: number, end: number): number {
  let value = 0;
  for (let at = from; at < end; at += 1) value = value * 16 + (hexValue[bytes[at] ?? 0] ?? 0);
  return value;
}

function readEntity(bytes: Uint8Array, at: number, end: number): number {
  const stopAt = Math.min(end, at + MAX_ENTITY_BYTES);
  if (bytes[at + 1] === CODE.hash) return readNumericEntity(bytes, at, stopAt);
  for (const [name, code] of namedEntities)
    if (at + name.length <= stopAt && isAsciiAt(bytes, at, name)) return pack(at, at + name.length, code);
  return 0;
}

function readNumericEntity(bytes: Uint8Array, at: number, stopAt: number): number {
  const isHex = ((bytes[at + 2] ?? 0) | 0x20) === 0x78;
  const from = at + (isHex ? 3 : 2);
  const digits = readHex(bytes, from, stopAt);
  const end = from + digits;
  if (digits === 0 || end >= stopAt || bytes[end] !== CODE.semicolon) return 0;
  if (isHex) return pack(at, end + 1, hexOf(bytes, from, end));
  let value = 0;
  for (let index = from; index < end; index += 1) {
    const digit = hexValue[bytes[index] ?? 0] ?? 0;
    if (digit > 9) return 0;
    value = value * 10 + digit;
  }
  return pack(at, end + 1, value);
}

export function isAsciiAt(bytes: Uint8Array, at: number, text: string): boolean {
  for (let index = 0; index < text.length; index += 1)
    if (bytes[at + index] !== text.charCodeAt(index)) return false;
  return true;
}
