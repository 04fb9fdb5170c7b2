import { parseRequestLine, parseStatusLine } from './start-line.ts';
import type { RequestLine, StatusLine } from './start-line.ts';
import { CR, isTokenByte, LF } from './syntax.ts';
import { toByteText, toReadable } from './text.ts';

export interface Head {
  readonly line: RequestLine | StatusLine;
  /** Names in lower case, repeated ones joined by `, ` in the order of the wire, values without outer blanks. */
  readonly headers: Map<string, string>;
  /** Lines that are no header field; servers differ in what they make of them, so they are only counted. */
  readonly malformedLines: number;
}

/**
 * Position behind the empty line that ends a head (RFC 9112 §2.1), or -1. Lines end in CRLF or in a bare LF
 * (§2.2: "MAY recognize a single LF"), as llhttp's lenient mode has it.
 */
export function findHeadEnd(bytes: Uint8Array, from: number): number {
  const length = bytes.length;
  for (let at = from; at < length; at += 1) {
    if (bytes[at] !== LF) continue;
    if (bytes[at + 1] === LF) return at + 2;
    if (bytes[at + 1] === CR && bytes[at + 2] === LF) return at + 3;
  }
  return -1;
}

/** Parses start line and fields; the bytes may lack the final empty line. Undefined when the start line is none. */
export function parseHead(bytes: Uint8Array, isRequest: boolean): Head | undefined {
  const text = toByteText(bytes);
  const lineEnd = text.indexOf('\n');
  if (lineEnd < 0) return undefined;
  const first = text.slice(0, text.charCodeAt(lineEnd - 1) === CR ? lineEnd - 1 : lineEnd);
  const line = isRequest ? parseRequestLine(first) : parseStatusLine(first);
  if (line === undefined) return undefined;
  const headers = new Map<string, string>();
  const malformedLines = readFields(text, lineEnd + 1, headers);
  return { line, headers, malformedLines };
}

/** Reads header or trailer fields into `fields`; returns how many lines were no field. */
export function readFields(text: string, from: number, fields: Map<string, string>): number {
  let malformed = 0;
  let last = '';
  for (let at = from; at < text.length;) {
    const lineEnd = text.indexOf('\n', at);
    if (lineEnd < 0) break;
    const end = text.charCodeAt(lineEnd - 1) === CR && lineEnd > at ? lineEnd - 1 : lineEnd;
    if (end > at) {
      const isFolded = text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9;
      if (isFolded) unfold(text.slice(at, end), last, fields);
      else last = readField(text, at, end, fields);
      if (last === '') malformed += 1;
    }
    at = lineEnd + 1;
  }
  return malformed;
}

/** obs-fold (RFC 9112 §5.2): the line continues the value before it, joined by one space. */
function unfold(line: string, name: string, fields: Map<string, string>): void {
  if (name === '') return;
  const before = fields.get(name) ?? '';
  const more = trimBlanks(line, 0, line.length);
  fields.set(name, before === '' ? toReadable(more) : `${before} ${toReadable(more)}`);
}

function readField(text: string, start: number, end: number, fields: Map<string, string>): string {
  const colon = text.indexOf(':', start);
  if (colon <= start || colon >= end) return '';
  let nameEnd = colon;
  while (nameEnd > start && isBlank(text.charCodeAt(nameEnd - 1))) nameEnd -= 1;
  for (let at = start; at < nameEnd; at += 1) if (!isTokenByte(text.charCodeAt(at))) return '';
  const name = text.slice(start, nameEnd).toLowerCase();
  const value = toReadable(trimBlanks(text, colon + 1, end));
  const before = fields.get(name);
  fields.set(name, before === undefined ? value : `${before}, ${value}`);
  return name;
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}

function trimBlanks(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}
