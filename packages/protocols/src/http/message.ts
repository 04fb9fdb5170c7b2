import type { GapReason } from '../contract.ts';
import type { Head } from './head.ts';

const FIRST_GROWN_BODY_BYTES = 256;
const emptyBytes = new Uint8Array(0);

/** Reasons that are policy, not loss: what they cut of a body is not called missing. */
function isPolicy(reason: GapReason): boolean {
  return reason === 'capture_limit';
}

/** One request or one response while it is read and after. Only its `MessageReader` changes it. */
export class Message {
  readonly position: number;
  readonly startNs: number;
  head: Head | undefined;
  /** Arrival of its last byte by framing; null when that was not seen. */
  endNs: number | null = null;
  /** Arrival of the last byte so far. */
  lastNs: number;
  /** Set once nothing more comes: whole, or cut where its end could not be told. */
  isDone = false;
  isWhole = false;
  /** True sizes, gaps included. */
  sizeBytes = 0;
  bodyBytes = 0;
  missingBytes = 0;
  missingReason = '';
  /** Trailer fields of a chunked body; undefined when there are none. */
  trailers: ReadonlyMap<string, string> | undefined;
  /** The end follows from what came next, not from the framing's own last bytes, which were cut. */
  isEndInferred = false;
  /** Its last byte was there (not in a gap). */
  isEndSeen = false;
  /** Where its body should begin, the next head did. */
  isBodiless = false;
  /** The connection ended first. */
  isEndedEarly = false;
  /** Bytes that were not there, for whatever reason. */
  gapBytes = 0;
  /** Its first `#keptBytes` bytes are the body's. */
  #kept: Uint8Array = emptyBytes;
  #keptBytes = 0;
  #keeps = true;

  constructor(position: number, startNs: number) {
    this.position = position;
    this.startNs = startNs;
    this.lastNs = startNs;
  }

  /** First bytes of the body as on the wire without chunk framing: up to the limit or the first gap. */
  get keptBody(): Uint8Array {
    const kept = this.#kept;
    return kept.length === this.#keptBytes ? kept : kept.subarray(0, this.#keptBytes);
  }

  /** Bytes of it that were there. */
  get seenBytes(): number {
    return this.sizeBytes - this.gapBytes;
  }

  get heldBytes(): number {
    return this.#kept.length;
  }

  /** Body bytes `from`..`to` of `bytes`, of which at most `limitBytes` in all are kept. */
  addBody(bytes: Uint8Array, from: number, to: number, limitBytes: number): void {
    this.bodyBytes += to - from;
    if (!this.#keeps) return;
    const room = limitBytes - this.#keptBytes;
    const count = Math.min(room, to - from);
    if (count > 0) this.#keep(bytes, from, from + count, limitBytes);
    if (count === room) this.#keeps = false;
  }

  /** The first piece is often all there is: it gets as much as it needs. */
  #keep(bytes: Uint8Array, from: number, to: number, limitBytes: number): void {
    const before = this.#keptBytes;
    const needed = before + to - from;
    if (needed > this.#kept.length) {
      const doubled = Math.max(FIRST_GROWN_BODY_BYTES, this.#kept.length * 2, needed);
      const kept = Buffer.allocUnsafe(before === 0 ? needed : Math.min(limitBytes, doubled));
      if (before > 0) kept.set(this.keptBody);
      this.#kept = kept;
    }
    this.#kept.set(bytes.subarray(from, to), before);
    this.#keptBytes = needed;
  }

  /** `bytes` of the message are not there; `bodyBytes` of them belong to the body. */
  addGap(bytes: number, bodyBytes: number, reason: GapReason): void {
    this.bodyBytes += bodyBytes;
    this.gapBytes += bytes;
    this.#keeps = false;
    if (isPolicy(reason)) return;
    this.missingBytes += bytes;
    this.missingReason ||= reason;
  }

  /** Whole, up to `position` in the stream. */
  end(position: number, atNs: number): void {
    this.sizeBytes = position - this.position;
    this.endNs = atNs;
    this.isDone = true;
    this.isWhole = true;
  }

  /** Its end cannot be told (or, with an empty reason, never came); it reached at least to `position`. */
  cut(position: number, reason: string): void {
    this.sizeBytes = position - this.position;
    this.isEndedEarly = reason === '';
    this.missingReason ||= reason;
    this.isDone = true;
  }
}
