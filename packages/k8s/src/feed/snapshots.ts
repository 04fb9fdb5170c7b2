import type { DeltaLog } from './delta-log.ts';
import type { EntityFeedOptions } from './feed-options.ts';
import type { FeedState } from './feed-state.ts';
import { MAX_CHANGES_PER_MESSAGE } from './feed-state.ts';

/** A snapshot is used again while the deltas after it are at hand: a thousand agents that come back share one. */
const MAX_AGE_DELTAS = 30;

export interface Snapshot {
  readonly version: number;
  /** Each below 4 MiB. */
  readonly parts: readonly Uint8Array[];
}

/** The latest snapshot, encoded once for all who need one. */
export class Snapshots {
  readonly #state: FeedState;
  readonly #log: DeltaLog;
  readonly #options: EntityFeedOptions;
  #latest: Snapshot | undefined;
  count = 0;
  bytes = 0;

  constructor(state: FeedState, log: DeltaLog, options: EntityFeedOptions) {
    this.#state = state;
    this.#log = log;
    this.#options = options;
  }

  /** A snapshot, from which the log's deltas lead on. */
  take(): Snapshot {
    const latest = this.#latest;
    const { version } = this.#log;
    const isYoung = latest !== undefined && version - latest.version <= MAX_AGE_DELTAS;
    if (isYoung && this.#log.reachesBackTo(latest.version)) return latest;
    const { feedId, encode, asOfWallNs } = this.#options;
    const builders = [...this.#state.builders(MAX_CHANGES_PER_MESSAGE)];
    const asOfMs = Number(asOfWallNs() / 1_000_000n);
    const parts = builders.map((builder, snapshotPart) => {
      const head = { feedId, version, baseVersion: 0, snapshotPart, snapshotParts: builders.length, asOfMs };
      return encode(builder.finish(head, snapshotPart === 0 ? this.#state.clusterRanges : []));
    });
    this.count += 1;
    this.bytes += parts.reduce((sum, part) => sum + part.length, 0);
    return (this.#latest = { version, parts });
  }
}
