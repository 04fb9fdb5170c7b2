import type { Entity } from '../entities.ts';
import { DeltaLog } from './delta-log.ts';
import type { FeedPosition } from './entity-update.ts';
import type { EntityFeedOptions } from './feed-options.ts';
import { FeedState } from './feed-state.ts';
import { FeedSubscriber } from './feed-subscriber.ts';
import type { FeedSink } from './feed-subscriber.ts';
import { Snapshots } from './snapshots.ts';

/** Changes within it become one message. */
const DELTA_MS = 1_000;
/** The first change after a rest waits no longer: a new pod may already be asking. What comes with it goes with it. */
const FIRST_CHANGE_MS = 50;

export interface EntityFeedStats {
  readonly entities: number;
  readonly subscribers: number;
  readonly version: number;
  readonly deltas: number;
  readonly deltaBytes: number;
  readonly changes: number;
  readonly snapshots: number;
  readonly snapshotBytes: number;
  /** Entities whose uid is no UUID, or over the bound. */
  readonly refusedCount: number;
}

/**
 * What a collector tells its agents of the cluster: a snapshot to whoever is new, then the changes of each second in
 * one message, made once for all; the first after a rest at once.
 */
export class EntityFeed {
  readonly #options: EntityFeedOptions;
  readonly #state = new FeedState();
  readonly #log = new DeltaLog();
  readonly #snapshots: Snapshots;
  readonly #subscribers = new Set<FeedSubscriber>();
  #hasBeenAsked = false;
  #cancelTick: () => void;
  #isFirstWaiting = false;
  /** When changes were told last, on the monotonic clock. */
  #toldNs: bigint;

  constructor(options: EntityFeedOptions) {
    this.#options = options;
    this.#snapshots = new Snapshots(this.#state, this.#log, options);
    this.#toldNs = options.clock.monotonicNs();
    this.#cancelTick = options.clock.after(DELTA_MS, () => this.#tick());
  }

  get stats(): EntityFeedStats {
    const { size, refusedCount } = this.#state;
    const { version, deltas, deltaBytes, changes } = this.#log;
    const { count, bytes } = this.#snapshots;
    return {
      entities: size,
      subscribers: this.#subscribers.size,
      version,
      deltas,
      deltaBytes,
      changes,
      snapshots: count,
      snapshotBytes: bytes,
      refusedCount,
    };
  }

  /** What ended so long ago that agents would forget it at once is not told. */
  put(entity: Entity): void {
    this.#state.put(entity, Number(this.#options.clock.wallNs() / 1_000_000n));
    if (this.#hasBeenAsked && this.#state.hasChanges) this.#tellSoon();
  }

  /** Ranges of the cluster's addresses beyond those of its nodes, in CIDR notation: those of services above all. */
  setClusterRanges(cidrs: readonly string[]): void {
    this.#state.setClusterRanges(cidrs);
  }

  /**
   * Tells a sink all there is and will be. Before the watches have listed the cluster once there is nothing to tell:
   * subscribe then.
   * @param position what the agent holds, as it says in Hello
   */
  subscribe(position: FeedPosition, sink: FeedSink): FeedSubscriber {
    if (!this.#hasBeenAsked) this.#state.dropChanges();
    this.#hasBeenAsked = true;
    const isOurs = position.feedId === this.#options.feedId;
    const subscriber = new FeedSubscriber({
      sink,
      log: this.#log,
      snapshots: this.#snapshots,
      version: isOurs ? position.version : undefined,
      closed: () => this.#subscribers.delete(subscriber),
    });
    this.#subscribers.add(subscriber);
    subscriber.resume();
    return subscriber;
  }

  close(): void {
    this.#cancelTick();
    for (const subscriber of this.#subscribers) subscriber.close();
  }

  /** Where nothing has changed for a second: still no two messages of changes within one. */
  #tellSoon(): void {
    const { clock } = this.#options;
    if (this.#isFirstWaiting || clock.monotonicNs() - this.#toldNs < BigInt(DELTA_MS) * 1_000_000n) return;
    this.#isFirstWaiting = true;
    this.#cancelTick();
    this.#cancelTick = clock.after(FIRST_CHANGE_MS, () => this.#tick());
  }

  #tick(): void {
    this.#isFirstWaiting = false;
    if (!this.#hasBeenAsked) this.#state.dropChanges();
    const { clock, feedId, encode, asOfWallNs } = this.#options;
    const asOfMs = Number(asOfWallNs() / 1_000_000n);
    const { version } = this.#log;
    const head = {
      feedId,
      version: version + 1,
      baseVersion: version,
      snapshotPart: 0,
      snapshotParts: 0,
      asOfMs,
    };
    const { update, changes } = this.#state.takeChanges(head);
    // A message without changes says that the watches have come so far; it needs no version of its own.
    if (changes > 0) {
      this.#log.add(encode(update), changes);
      this.#toldNs = clock.monotonicNs();
    }
    for (const subscriber of this.#subscribers) subscriber.pump();
    if (changes === 0) this.#sendTime(encode({ ...update, version }));
    this.#state.forgetEnded(Number(clock.wallNs() / 1_000_000n));
    this.#cancelTick = clock.after(DELTA_MS, () => this.#tick());
  }

  #sendTime(message: Uint8Array): void {
    for (const subscriber of this.#subscribers) subscriber.sendTime(message);
  }
}
