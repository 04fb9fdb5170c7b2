import type { Clock } from '@tomte/kit';
import type { EntityUpdate } from './entity-update.ts';

export interface EntityFeedOptions {
  readonly clock: Clock;
  /** Chance, not 0: it names this run of the collector. */
  readonly feedId: bigint;
  /** The bytes of a message; they are made once for all agents. */
  readonly encode: (update: EntityUpdate) => Uint8Array;
  /** Nanoseconds since the Unix epoch up to which `put` has told all: how far the watches have come. */
  readonly asOfWallNs: () => bigint;
}
