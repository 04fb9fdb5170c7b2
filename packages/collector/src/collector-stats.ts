import type { TableName } from '@tomte/model';
import type { NackReason } from '@tomte/wire';

/** Counters since the start, and gauges. Names are those of /metrics without the prefix. */
export interface CollectorStats {
  streams: number;
  streamsOpened: number;
  streamsRefusedToken: number;
  streamsRefusedVersion: number;
  /** No greeting came in time. */
  streamsEndedSilent: number;
  streamsSuperseded: number;
  receivedBatches: number;
  receivedRows: number;
  receivedBytes: number;
  committedBatches: number;
  committedRows: number;
  committedBytes: number;
  /** By table. */
  readonly committedRowsByTable: Partial<Record<TableName, number>>;
  inserts: number;
  insertsUnknown: number;
  insertsRefused: number;
  /** Inserts of a part of a failed one, to find the batch at fault. */
  insertsSplit: number;
  /** Batches whose rows were counted because they might be stored. */
  presenceChecks: number;
  /** Of them, those that were stored already. */
  duplicatesAvoided: number;
  /** Sent again while the first was still under way here. */
  duplicatesInFlight: number;
  partialBatches: number;
  /** Given up since their stream had ended: their agent sends them again. */
  droppedBatches: number;
  readonly nacksByReason: Partial<Record<NackReason, number>>;
  quarantinedBatches: number;
  lossRowsWritten: number;
  /** Payload bytes in memory. */
  heldBytes: number;
  heldBatches: number;
  storeFailures: number;
}

export function newStats(): CollectorStats {
  return {
    streams: 0,
    streamsOpened: 0,
    streamsRefusedToken: 0,
    streamsRefusedVersion: 0,
    streamsEndedSilent: 0,
    streamsSuperseded: 0,
    receivedBatches: 0,
    receivedRows: 0,
    receivedBytes: 0,
    committedBatches: 0,
    committedRows: 0,
    committedBytes: 0,
    committedRowsByTable: {},
    inserts: 0,
    insertsUnknown: 0,
    insertsRefused: 0,
    insertsSplit: 0,
    presenceChecks: 0,
    duplicatesAvoided: 0,
    duplicatesInFlight: 0,
    partialBatches: 0,
    droppedBatches: 0,
    nacksByReason: {},
    quarantinedBatches: 0,
    lossRowsWritten: 0,
    heldBytes: 0,
    heldBatches: 0,
    storeFailures: 0,
  };
}
