import { codingsOf } from './codings.ts';
import { FieldNames } from './field-name.ts';
import { framingsOf } from './framing.ts';
import type { Framings } from './framing.ts';
import { LineFeeds } from './line-feeds.ts';
import { COLON, CR, HTAB, LF, SP } from './syntax.ts';
import { isAscii, toByteText, toReadable } from './text.ts';

/**
 * The fields of a head or a trailer. Messages whose field lines are byte for byte the same may share one, so
 * nobody changes it.
 */
export class Fields {
  /** Names in lower case, repeated ones joined by `, ` in the order of the wire, values without outer blanks. */
  readonly headers: ReadonlyMap<string, string>;
  /** Lines that are no field; servers differ in what they make of them, so they are only counted. */
  readonly malformedLines: number;
  #framings: Framings | undefined;
  #codings: readonly string[] | undefined;

  constructor(headers: ReadonlyMap<string, string>, malformedLines: number) {
    this.headers = headers;
    this.malformedLines = malformedLines;
  }

  /** How these fields say that a body ends. */
  get framings(): Framings {
    return (this.#framings ??= framingsOf(this.headers));
  }

  /** What was done to the body, first to last; empty when it is plain. */
  get codings(): readonly string[] {
    return (this.#codings ??= codingsOf(this.headers));
  }
}

class FieldParser {
  readonly #names = new FieldNames();
  /** By hash of a name: the last block with such a name, so that a name's first value is set without a look. */
  readonly #lastBlockOf = new Uint32Array(FieldNames.hashCount);
  #blockNumber = 0;
  #text = '';
  #textStart = 0;
  #isAscii = true;
  #headers = new Map<string, string>();

  /** The lines of `text`, which stands at `from`. */
  parse(bytes: Uint8Array, from: number, text: string, lines: LineFeeds): Fields {
    const headers = new Map<string, string>();
    this.#headers = headers;
    this.#text = text;
    this.#isAscii = isAscii(text);
    this.#textStart = from;
    this.#blockNumber = (this.#blockNumber + 1) >>> 0;
    this.#names.beginBlock();
    let malformedLines = 0;
    let name = '';
    let at = from;
    for (let line = 0; line < lines.count; line += 1) {
      const lineEnd = lines.positions[line] ?? 0;
      const end = lineEnd > at && bytes[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd;
      if (end > at) {
        if (!isBlank(bytes[at])) name = this.#readField(bytes, at, end);
        else if (name !== '') this.#unfold(bytes, at, end, name);
        if (name === '') malformedLines += 1;
      }
      at = lineEnd + 1;
    }
    return new Fields(headers, malformedLines);
  }

  /** The name of the field in the line, empty when it is none. */
  #readField(bytes: Uint8Array, start: number, end: number): string {
    const names = this.#names;
    const name = names.read(bytes, start, end);
    let colon = names.end;
    while (colon < end && isBlank(bytes[colon])) colon += 1;
    if (name === '' || bytes[colon] !== COLON || colon >= end) return '';
    const value = this.#value(bytes, colon + 1, end);
    const { hash } = names;
    const before = this.#lastBlockOf[hash] === this.#blockNumber ? this.#headers.get(name) : undefined;
    this.#lastBlockOf[hash] = this.#blockNumber;
    this.#headers.set(name, before === undefined ? value : `${before}, ${value}`);
    return name;
  }

  /** obs-fold (RFC 9112 §5.2): the line continues the value before it, joined by one space. */
  #unfold(bytes: Uint8Array, start: number, end: number, name: string): void {
    const before = this.#headers.get(name) ?? '';
    const more = this.#value(bytes, start, end);
    this.#headers.set(name, before === '' ? more : `${before} ${more}`);
  }

  /** The text in `from`..`to` without outer blanks. */
  #value(bytes: Uint8Array, from: number, to: number): string {
    let start = from;
    let end = to;
    while (start < end && isBlank(bytes[start])) start += 1;
    while (end > start && isBlank(bytes[end - 1])) end -= 1;
    const value = this.#text.slice(start - this.#textStart, end - this.#textStart);
    return this.#isAscii ? value : toReadable(value);
  }
}

function isBlank(byte: number | undefined): boolean {
  return byte === SP || byte === HTAB;
}

const parser = new FieldParser();

/** Parses the field lines in `from`..`to`, which may end in an empty one. What follows the last LF is ignored. */
export function parseFields(bytes: Uint8Array, from: number, to: number): Fields {
  const lines = new LineFeeds();
  for (let at = bytes.indexOf(LF, from); at >= 0 && at < to; at = bytes.indexOf(LF, at + 1)) lines.add(at);
  return parser.parse(bytes, from, toByteText(bytes, from, to), lines);
}

/** The same where the text and the line feeds are known. */
export function parseFieldLines(bytes: Uint8Array, from: number, text: string, lines: LineFeeds): Fields {
  return parser.parse(bytes, from, text, lines);
}
