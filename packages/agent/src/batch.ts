import type { TableName } from '@tomte/model';
import type { CompressedBlocks } from '@tomte/wire';

/**
 * Rows of one table and one day, ready to insert: the unit that is spooled, sent, acknowledged and
 * deduplicated. `seq` is given by the spool.
 */
export interface SealedBatch extends CompressedBlocks {
  readonly table: TableName;
  /** UTC day of every row, days since the Unix epoch: a batch lies within one partition. */
  readonly day: number;
  readonly rows: number;
  /** Range of the time column, nanoseconds since the Unix epoch. */
  readonly firstTimeNs: bigint;
  readonly lastTimeNs: bigint;
  /**
   * All that happened before it, nanoseconds since the Unix epoch, is in this batch or one with a smaller
   * number; 0 while that cannot be said. Kept beside the batch: what a dead agent lost begins here.
   */
  readonly completeToNs: bigint;
}
