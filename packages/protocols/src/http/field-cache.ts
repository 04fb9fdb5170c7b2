import { parseFieldLines } from './fields.ts';
import type { Fields } from './fields.ts';
import { LineFeeds } from './line-feeds.ts';
import { CR, LF } from './syntax.ts';
import { toByteText } from './text.ts';

/** Blocks that are remembered, and the longest of them: at most 2 MiB of text. */
const MAX_BLOCKS = 512;
const MAX_BLOCK_BYTES = 4096;

/**
 * Texts of the last blocks that are not kept, by which one that comes again soon is told. More of them would let
 * in blocks that are gone again before they are of use, and cost memory. A power of two.
 */
const MAX_CANDIDATES = 256;

/** The field lines of a head with the empty line behind them, as bytes and as what they mean. */
export interface FieldBlock {
  readonly text: string;
  readonly fields: Fields;
}

/**
 * Position behind the empty line that ends a head (RFC 9112 §2.1), or -1. Lines end in CRLF or in a bare LF
 * (§2.2: "MAY recognize a single LF"), as llhttp's lenient mode has it. A line ends right before `from`, or
 * somewhere behind it.
 */
export function findHeadEnd(bytes: Uint8Array, from: number): number {
  // The engine's own search is several times faster than a loop.
  for (let at = bytes.indexOf(LF, from); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    const end = emptyLineEnd(bytes, at + 1, bytes.length);
    if (end > 0) return end;
  }
  return -1;
}

/** Behind the empty line at `at`, or -1 when there is none before `to`. */
function emptyLineEnd(bytes: Uint8Array, at: number, to: number): number {
  if (at >= to) return -1;
  if (bytes[at] === LF) return at + 1;
  return bytes[at] === CR && at + 1 < to && bytes[at + 1] === LF ? at + 2 : -1;
}

/**
 * Remembers field blocks: a program sends the same ones again and again, and each saves the making of some
 * twenty strings. A block is found by a few bytes of each line (where lengths, times and tags differ), and is
 * the same only if all its bytes are. One that comes for the first time is not kept: many never come again.
 */
export class FieldCache {
  readonly #blocks: (FieldBlock | undefined)[] = new Array<FieldBlock | undefined>(MAX_BLOCKS).fill(
    undefined,
  );
  readonly #candidates = new Array<string>(MAX_CANDIDATES).fill('');
  readonly #lines = new LineFeeds();
  /** Where the block that `read` gave is kept; -1 when it is not. */
  slot = -1;

  /** The block at `from`, which follows a line break; undefined when its end is not before `to`. */
  read(bytes: Uint8Array, from: number, to: number): FieldBlock | undefined {
    let end = emptyLineEnd(bytes, from, to);
    let sample = 0;
    this.#lines.clear();
    for (let lineStart = from; end < 0;) {
      const lineFeed = bytes.indexOf(LF, lineStart);
      if (lineFeed < 0 || lineFeed >= to) return undefined;
      this.#lines.add(lineFeed);
      sample = (Math.imul(sample, 31) + sampleOf(bytes, lineStart, lineFeed)) | 0;
      lineStart = lineFeed + 1;
      end = emptyLineEnd(bytes, lineStart, to);
    }
    return this.#block(bytes, from, end, sample);
  }

  #block(bytes: Uint8Array, from: number, end: number, sample: number): FieldBlock {
    const text = toByteText(bytes, from, end);
    const mixed = sample ^ (sample >>> 9) ^ (sample >>> 18);
    const slot = mixed & (MAX_BLOCKS - 1);
    const known = this.#blocks[slot];
    this.slot = slot;
    if (known?.text === text) return known;
    const block = { text, fields: parseFieldLines(bytes, from, text, this.#lines) };
    if (text.length <= MAX_BLOCK_BYTES && this.#wasSeen(text, mixed)) this.#blocks[slot] = block;
    else this.slot = -1;
    return block;
  }

  #wasSeen(text: string, mixed: number): boolean {
    const at = mixed & (MAX_CANDIDATES - 1);
    const isSame = this.#candidates[at] === text;
    this.#candidates[at] = isSame ? '' : text;
    return isSame;
  }

  /** The block that is kept in `slot`, if it stands at `from` and ends before `to`. */
  blockAt(slot: number, bytes: Uint8Array, from: number, to: number): FieldBlock | undefined {
    const block = this.#blocks[slot];
    return block !== undefined && isBlockAt(block, bytes, from, to) ? block : undefined;
  }
}

/** Some bytes of a line, and its length: enough that other lines mostly have other samples. */
function sampleOf(bytes: Uint8Array, from: number, lineFeed: number): number {
  const length = lineFeed - from;
  if (length < 8) return length;
  const tail =
    ((bytes[lineFeed - 2] ?? 0) << 16) | ((bytes[lineFeed - 3] ?? 0) << 8) | (bytes[lineFeed - 7] ?? 0);
  return Math.imul(tail, 0x9e37_79b1) + ((bytes[from + (length >> 1)] ?? 0) << 8) + length;
}

function isBlockAt(block: FieldBlock, bytes: Uint8Array, from: number, to: number): boolean {
  const { text } = block;
  const end = from + text.length;
  if (end > to) return false;
  // A look at one byte saves most of the comparisons that would fail.
  const middle = text.length >> 1;
  if (bytes[from + middle] !== text.charCodeAt(middle)) return false;
  return toByteText(bytes, from, end) === text;
}
