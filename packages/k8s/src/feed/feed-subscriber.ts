import type { DeltaLog } from './delta-log.ts';
import type { Snapshots } from './snapshots.ts';

/** Where an agent's messages go. */
export interface FeedSink {
  /** @returns false when it wants no more until `resume` is called: what is sent meanwhile waits at the feed, not there */
  send(message: Uint8Array): boolean;
}

interface SubscriberOptions {
  readonly sink: FeedSink;
  readonly log: DeltaLog;
  readonly snapshots: Snapshots;
  /** What it holds of this feed; undefined for nothing. */
  readonly version: number | undefined;
  readonly closed: () => void;
}

/** One agent: how far it is. An agent that falls too far behind is sent a snapshot. */
export class FeedSubscriber {
  readonly #options: SubscriberOptions;
  #version: number | undefined;
  #parts: readonly Uint8Array[] = [];
  #nextPart = 0;
  #isReady = true;
  #isClosed = false;

  constructor(options: SubscriberOptions) {
    this.#options = options;
    this.#version = options.version;
  }

  /** The sink takes messages again. */
  resume(): void {
    this.#isReady = true;
    this.pump();
  }

  /** Sends what it lacks, as far as its sink takes it. */
  pump(): void {
    while (this.#isReady && !this.#isClosed) {
      const message = this.#next();
      if (message === undefined) return;
      this.#isReady = this.#options.sink.send(message);
    }
  }

  /** Says how far the watches have come, if it holds all that there is. */
  sendTime(message: Uint8Array): void {
    const isBehind = this.#nextPart < this.#parts.length || this.#version !== this.#options.log.version;
    if (this.#isReady && !this.#isClosed && !isBehind) this.#isReady = this.#options.sink.send(message);
  }

  close(): void {
    this.#isClosed = true;
    this.#options.closed();
  }

  #next(): Uint8Array | undefined {
    const { log, snapshots } = this.#options;
    if (
      this.#nextPart >= this.#parts.length &&
      (this.#version === undefined || !log.reachesBackTo(this.#version))
    ) {
      const snapshot = snapshots.take();
      this.#version = snapshot.version;
      this.#parts = snapshot.parts;
      this.#nextPart = 0;
    }
    if (this.#nextPart < this.#parts.length) return this.#takePart();
    if (this.#version === log.version) return undefined;
    this.#version = (this.#version ?? 0) + 1;
    return log.deltaTo(this.#version);
  }

  #takePart(): Uint8Array | undefined {
    const part = this.#parts[this.#nextPart];
    this.#nextPart += 1;
    if (this.#nextPart >= this.#parts.length) {
      this.#parts = [];
      this.#nextPart = 0;
    }
    return part;
  }
}
