import { FieldCache } from './field-cache.ts';
import type { FieldBlock } from './field-cache.ts';
import { parseFields } from './fields.ts';
import type { Fields } from './fields.ts';
import { parseRequestLine, parseStatusLine } from './start-line.ts';
import type { RequestLine, StatusLine } from './start-line.ts';
import { CR, LF } from './syntax.ts';

export interface Head {
  readonly line: RequestLine | StatusLine;
  readonly fields: Fields;
}

/** One for all connections: many of them carry the same fields. */
const cache = new FieldCache();

/** Reads the heads of one direction of a connection. */
export class HeadReader {
  readonly #isRequest: boolean;
  /** Where the fields of a head before are kept: those of the next are often the same. */
  #lastSlot = -1;
  /** Behind the head that `read` read (or behind what is none); -1 when its end is not there. */
  end = -1;

  constructor(isRequest: boolean) {
    this.#isRequest = isRequest;
  }

  /** The head at `from`; undefined when its end is not before `to`, or when it begins with no start line. */
  read(bytes: Uint8Array, from: number, to: number): Head | undefined {
    this.end = -1;
    const lineEnd = findLineFeed(bytes, from, to);
    if (lineEnd < 0) return undefined;
    const block = this.#blockAt(bytes, lineEnd + 1, to);
    if (block === undefined) return undefined;
    this.end = lineEnd + 1 + block.text.length;
    const line = this.#line(bytes, from, lineEnd);
    return line === undefined ? undefined : { line, fields: block.fields };
  }

  /** What can be told of a head that was cut: start line and whole field lines. */
  readCut(bytes: Uint8Array): Head | undefined {
    const lineEnd = findLineFeed(bytes, 0, bytes.length);
    const line = lineEnd < 0 ? undefined : this.#line(bytes, 0, lineEnd);
    return line === undefined ? undefined : { line, fields: parseFields(bytes, lineEnd + 1, bytes.length) };
  }

  #blockAt(bytes: Uint8Array, from: number, to: number): FieldBlock | undefined {
    const last = this.#lastSlot < 0 ? undefined : cache.blockAt(this.#lastSlot, bytes, from, to);
    if (last !== undefined) return last;
    const block = cache.read(bytes, from, to);
    if (block !== undefined && cache.slot >= 0) this.#lastSlot = cache.slot;
    return block;
  }

  #line(bytes: Uint8Array, from: number, lineEnd: number): RequestLine | StatusLine | undefined {
    const end = lineEnd > from && bytes[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd;
    return this.#isRequest ? parseRequestLine(bytes, from, end) : parseStatusLine(bytes, from, end);
  }
}

function findLineFeed(bytes: Uint8Array, from: number, to: number): number {
  const at = bytes.indexOf(LF, from);
  return at < to ? at : -1;
}
