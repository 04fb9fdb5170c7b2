/** Where bytes of one direction go, in order. */
export interface TcpStreamSink {
  /** `trueBytes` more than `bytes.length` where the snap length cut the packet. */
  bytes(position: number, bytes: Uint8Array, trueBytes: number): void;
  /** Bytes that the other end acknowledged and the capture lacks. */
  absent(position: number, count: number): void;
}

interface HeldSegment {
  readonly position: number;
  readonly bytes: Uint8Array;
  readonly trueBytes: number;
}

/** Segments that wait behind a hole; a window of 1 MiB is more than most connections use. */
const MAX_HELD_BYTES = 1024 * 1024;
const MAX_HELD_SEGMENTS = 1_024;
/** Segments further away than this are no part of the stream: a reused port, or garbage. */
const MAX_DISTANCE = 2 ** 30;

/**
 * One direction of a TCP connection (RFC 9293 §3.4): puts segments in order, drops what was sent again,
 * and gives a hole up only when the other end has acknowledged it, for then it will not be sent again.
 */
export class TcpStream {
  readonly #sink: TcpStreamSink;
  #base: number | undefined;
  #next = 0;
  #held: HeldSegment[] = [];
  #heldBytes = 0;
  #acknowledged = 0;
  #finPosition: number | undefined;
  retransmittedSegments = 0;

  constructor(sink: TcpStreamSink) {
    this.#sink = sink;
  }

  get hasBase(): boolean {
    return this.#base !== undefined;
  }

  /** Bytes of the stream so far. */
  get position(): number {
    return this.#next;
  }

  get hasEnded(): boolean {
    return this.#finPosition !== undefined && this.#next >= this.#finPosition;
  }

  /** @param sequence number of the stream's first byte */
  begin(sequence: number): void {
    this.#base ??= sequence >>> 0;
  }

  segment(sequence: number, bytes: Uint8Array, trueBytes: number): void {
    const position = this.#toPosition(sequence);
    if (Math.abs(position - this.#next) > MAX_DISTANCE || trueBytes === 0) return;
    if (position > this.#next) this.#hold({ position, bytes: bytes.slice(), trueBytes });
    else if (position + trueBytes <= this.#next) this.retransmittedSegments += 1;
    else {
      this.#deliver({ position, bytes, trueBytes });
      this.#deliverHeld();
    }
  }

  /** The stream ends before this number. */
  fin(sequence: number): void {
    const position = this.#toPosition(sequence);
    if (position >= this.#next && position - this.#next <= MAX_DISTANCE) this.#finPosition ??= position;
  }

  /** The other end has everything before this number. */
  acknowledge(sequence: number): void {
    const position = Math.min(this.#toPosition(sequence), this.#finPosition ?? Infinity);
    if (position > this.#acknowledged && position - this.#next <= MAX_DISTANCE) this.#acknowledged = position;
  }

  /** Whether bytes are missing that the other end has. */
  get hasAcknowledgedHole(): boolean {
    return this.#acknowledged > this.#next;
  }

  /** Gives up what was acknowledged and never came; with `all`, whatever waits behind a hole as well. */
  giveUp(all: boolean): void {
    for (;;) {
      const firstHeld = this.#held[0]?.position;
      if (!this.hasAcknowledgedHole && (!all || firstHeld === undefined)) return;
      if (firstHeld === undefined) this.#lose(this.#acknowledged);
      else this.#lose(all ? firstHeld : Math.min(firstHeld, this.#acknowledged));
      this.#deliverHeld();
    }
  }

  #toPosition(sequence: number): number {
    // The distance to the expected number, as a signed 32-bit value, outlives any number of wraps.
    const expected = ((this.#base ?? 0) + this.#next) | 0;
    return this.#next + ((sequence - expected) | 0);
  }

  #lose(upTo: number): void {
    const position = this.#next;
    this.#next = upTo;
    this.#sink.absent(position, upTo - position);
  }

  #deliver(segment: HeldSegment): void {
    const old = this.#next - segment.position;
    const position = this.#next;
    this.#next = segment.position + segment.trueBytes;
    this.#sink.bytes(
      position,
      segment.bytes.subarray(Math.min(old, segment.bytes.length)),
      segment.trueBytes - old,
    );
  }

  #hold(segment: HeldSegment): void {
    let at = this.#held.length;
    while (at > 0 && (this.#held[at - 1]?.position ?? 0) > segment.position) at -= 1;
    this.#held.splice(at, 0, segment);
    this.#heldBytes += segment.bytes.length;
    if (this.#heldBytes > MAX_HELD_BYTES || this.#held.length > MAX_HELD_SEGMENTS) this.giveUp(true);
  }

  #deliverHeld(): void {
    for (;;) {
      const first = this.#held[0];
      if (first === undefined || first.position > this.#next) return;
      this.#held.shift();
      this.#heldBytes -= first.bytes.length;
      if (first.position + first.trueBytes > this.#next) this.#deliver(first);
      else this.retransmittedSegments += 1;
    }
  }
}
