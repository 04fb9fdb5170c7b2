import type { TableName } from '@tomte/model';
import type { NackReason } from '@tomte/wire';

/** The stream that a batch came on. */
export interface BatchOwner {
  readonly agentId: string;
  readonly hostName: string;
  readonly isEnded: boolean;
  /** The agent was on this stream, and so on no other, less than a lease ago. */
  isLeased(): boolean;
  /** Resolves with true once it is leased (again), with false when it has ended. */
  whenLeased(): Promise<boolean>;
  /** Monotonic time, ms, from which no other collector can start an insert of what this agent sent it. */
  readonly othersEndMs: number;
  settled(batch: ReceivedBatch, outcome: BatchOutcome): void;
}

/** An inspected batch in memory. */
export interface ReceivedBatch {
  /** `spool:seq`, names it for ever. */
  readonly key: string;
  readonly spoolId: bigint;
  readonly seq: number;
  readonly table: TableName;
  readonly day: number;
  readonly rows: number;
  readonly firstTimeNs: bigint;
  readonly lastTimeNs: bigint;
  /** Names of its columns in one string: only equal ones go into one insert. */
  readonly columns: string;
  readonly payload: Uint8Array;
  readonly owner: BatchOwner;
  /** It may be stored already, by whom ever. */
  isAmbiguous: boolean;
  /** Inserts that held it and failed. */
  attempts: number;
}

export type BatchOutcome =
  | { readonly kind: 'committed' }
  | {
      readonly kind: 'refused';
      readonly reason: NackReason;
      readonly detail: string;
      readonly retryable: boolean;
    }
  /** Its stream ended first. */
  | { readonly kind: 'dropped' };
