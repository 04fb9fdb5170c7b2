import type { GapReason } from '@tomte/protocols';
import type { DataEvent } from '../sources/source.ts';

/** What of a data event matters to the order of a stream. */
export type StreamEvent = Pick<DataEvent, 'atNs' | 'position' | 'trueBytes' | 'bytes' | 'cutReason'>;

/** What an `OrderedStream` hands on, in the order of the positions. */
export interface StreamConsumer {
  /** Bytes without a hole before them; valid during the call only. */
  bytes(stream: OrderedStream, bytes: Uint8Array, position: number, atNs: number): void;
  /** Bytes that exist and are not there. */
  missing(stream: OrderedStream, hole: Hole): void;
}

export interface Hole {
  readonly position: number;
  readonly count: number;
  readonly reason: GapReason;
  readonly atNs: number;
  /** True when the event itself said that it is cut; false when the event is missing. */
  readonly isCut: boolean;
}

export interface StreamOptions {
  readonly maxHeldBytes: number;
  /** Why a position jumps in this source. */
  readonly lostReason: GapReason;
}

/** Events that wait behind one hole, whatever their size. */
const MAX_HELD_EVENTS = 64;
/** What an event costs beside its bytes. */
const HELD_EVENT_BYTES = 128;

/**
 * One direction of a connection: puts events in order by their positions. Two threads that use one
 * socket may report out of order, so what lies behind a hole waits a little; the caller decides how
 * long (`settle`). The common case, the next event in order, passes through without a copy.
 */
export class OrderedStream {
  readonly isSent: boolean;
  readonly isPlaintext: boolean;
  #nextPosition = -1;
  #held: StreamEvent[] = [];
  #heldBytes = 0;
  #holeSinceNs = 0;
  readonly #options: StreamOptions;
  readonly #consumer: StreamConsumer;

  constructor(
    which: { isSent: boolean; isPlaintext: boolean },
    options: StreamOptions,
    consumer: StreamConsumer,
  ) {
    this.isSent = which.isSent;
    this.isPlaintext = which.isPlaintext;
    this.#options = options;
    this.#consumer = consumer;
  }

  get hasBegun(): boolean {
    return this.#nextPosition >= 0;
  }

  /** Position behind the last byte that was handed on; 0 before the first. */
  get nextPosition(): number {
    return Math.max(0, this.#nextPosition);
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  get hasHole(): boolean {
    return this.#held.length > 0;
  }

  /** Time of the event that found the hole. */
  get holeSinceNs(): number {
    return this.#holeSinceNs;
  }

  /** @param position where the stream begins for us: 0, or the first position seen of a joined connection. */
  begin(position: number): void {
    if (this.#nextPosition < 0) this.#nextPosition = position;
  }

  push(event: StreamEvent): void {
    if (event.position === this.#nextPosition && this.#held.length === 0) {
      this.#deliver(event);
    } else if (event.position <= this.#nextPosition) {
      this.#deliverNewPart(event);
      this.#deliverFilled();
    } else {
      this.#hold(event);
    }
  }

  /** Gives up the holes: they are lost, and what waited behind them goes on. */
  settle(): void {
    const held = this.#held;
    if (held.length === 0) return;
    this.#held = [];
    this.#heldBytes = 0;
    for (const event of held) {
      if (event.position > this.#nextPosition) this.#lose(event.position, event.atNs);
      this.#deliverNewPart(event);
    }
  }

  /** The stream is known to reach up to `position`: what lies between was lost. */
  settleTo(position: number, atNs: number): void {
    this.settle();
    if (this.#nextPosition >= 0 && position > this.#nextPosition) this.#lose(position, atNs);
  }

  #deliver(event: StreamEvent): void {
    const captured = Math.min(event.bytes.length, event.trueBytes);
    this.#nextPosition = event.position + event.trueBytes;
    const bytes = captured === event.bytes.length ? event.bytes : event.bytes.subarray(0, captured);
    if (captured > 0) this.#consumer.bytes(this, bytes, event.position, event.atNs);
    if (captured === event.trueBytes) return;
    this.#consumer.missing(this, {
      position: event.position + captured,
      count: event.trueBytes - captured,
      reason: event.cutReason === '' ? this.#options.lostReason : event.cutReason,
      atNs: event.atNs,
      isCut: event.cutReason !== '',
    });
  }

  /** An event that starts at or before the next position: only what is new in it counts. */
  #deliverNewPart(event: StreamEvent): void {
    const oldBytes = this.#nextPosition - event.position;
    if (oldBytes === 0) this.#deliver(event);
    if (oldBytes <= 0 || oldBytes >= event.trueBytes) return;
    this.#deliver({
      atNs: event.atNs,
      position: this.#nextPosition,
      trueBytes: event.trueBytes - oldBytes,
      bytes: event.bytes.subarray(Math.min(oldBytes, event.bytes.length)),
      cutReason: event.cutReason,
    });
  }

  #lose(upTo: number, atNs: number): void {
    const position = this.#nextPosition;
    this.#nextPosition = upTo;
    const reason = this.#options.lostReason;
    this.#consumer.missing(this, { position, count: upTo - position, reason, atNs, isCut: false });
  }

  #hold(event: StreamEvent): void {
    if (this.#held.length === 0) this.#holeSinceNs = event.atNs;
    let at = this.#held.length;
    while (at > 0 && (this.#held[at - 1]?.position ?? 0) > event.position) at -= 1;
    this.#held.splice(at, 0, {
      atNs: event.atNs,
      position: event.position,
      trueBytes: event.trueBytes,
      bytes: event.bytes.slice(),
      cutReason: event.cutReason,
    });
    this.#heldBytes += event.bytes.length + HELD_EVENT_BYTES;
    if (this.#heldBytes > this.#options.maxHeldBytes || this.#held.length > MAX_HELD_EVENTS) this.settle();
  }

  #deliverFilled(): void {
    for (;;) {
      const first = this.#held[0];
      if (first === undefined || first.position > this.#nextPosition) return;
      this.#held.shift();
      this.#heldBytes -= first.bytes.length + HELD_EVENT_BYTES;
      this.#deliverNewPart(first);
    }
  }
}
