import type { Clock } from '@tomte/kit';
import type { LossReason, TableName } from '@tomte/model';

/** Batches that the spool could not keep, of one table where that is known. */
export interface SpoolLoss {
  readonly reason: Extract<
    LossReason,
    'spool_evicted' | 'spool_corrupt' | 'spool_write_failed' | 'batch_refused'
  >;
  /** Undefined when the damage took the header too. */
  readonly table: TableName | undefined;
  readonly batches: number;
  /** Undefined when it cannot be known. */
  readonly rows: number | undefined;
  /** Payload bytes; of damage, bytes of the file. */
  readonly bytes: number;
  /** Range of the rows' times, nanoseconds since the Unix epoch; undefined when it cannot be known. */
  readonly firstTimeNs: bigint | undefined;
  readonly lastTimeNs: bigint | undefined;
  readonly detail: string;
}

export interface SpoolOptions {
  readonly directory: string;
  readonly clock: Clock;
  /** Called for each loss, during `openSpool` too. It must not throw. */
  readonly onLoss: (loss: SpoolLoss) => void;
  /**
   * Replay: the id follows from the recording, what an earlier run left is thrown away since it is made
   * again, numbers start at 1, and every batch counts as sent before.
   */
  readonly replaySpoolId?: bigint;
  /** Files of the spool, quarantine apart. Default 1 GiB. Beyond it the oldest segment goes. */
  readonly maxBytes?: number;
  /** Default 100,000 batches that wait. */
  readonly maxBatches?: number;
  /** Default 24 hours since the append. */
  readonly maxAgeMs?: number;
  /** A segment is closed when it is larger. Default 16 MiB. */
  readonly segmentBytes?: number;
  /** A group is written and fsynced after this time (default 100 ms) … */
  readonly groupMs?: number;
  /** … or when it holds this many bytes (default 1 MiB). */
  readonly groupBytes?: number;
  /** Appended and not yet written; beyond it batches are dropped. Default 32 MiB. */
  readonly maxPendingBytes?: number;
}

const MIB = 1024 * 1024;
const DAY_MS = 24 * 3_600_000;
/** Fewer would leave nothing when the oldest segment goes. */
const MINIMUM_SEGMENTS = 4;

export type SpoolLimits = Required<Omit<SpoolOptions, 'directory' | 'clock' | 'onLoss' | 'replaySpoolId'>>;

export function toSpoolLimits(options: SpoolOptions): SpoolLimits {
  const maxBytes = options.maxBytes ?? 1024 * MIB;
  return {
    maxBytes,
    maxBatches: options.maxBatches ?? 100_000,
    maxAgeMs: options.maxAgeMs ?? DAY_MS,
    segmentBytes: Math.min(options.segmentBytes ?? 16 * MIB, Math.floor(maxBytes / MINIMUM_SEGMENTS)),
    groupMs: options.groupMs ?? 100,
    groupBytes: options.groupBytes ?? MIB,
    maxPendingBytes: options.maxPendingBytes ?? 32 * MIB,
  };
}
