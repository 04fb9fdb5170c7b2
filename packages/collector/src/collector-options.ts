import type { Clock } from '@tomte/kit';
import type { AuthenticateAgent } from './authentication.ts';
import type { BatchStore } from './batch-store.ts';

/** PEM bytes. */
export interface CollectorTls {
  readonly certificate: Buffer;
  readonly privateKey: Buffer;
  /** With it every agent must show a certificate of these authorities (mutual TLS). */
  readonly agentAuthorities?: Buffer;
  /** Told once to whom renewed certificates are given. */
  readonly onRenewed?: (take: (renewed: CollectorTls) => void) => void;
}

/** Bounds and times; the defaults are `defaultLimits`. */
export interface CollectorLimits {
  /** Payload bytes in memory over all streams, and promised to them. */
  readonly budgetBytes: number;
  /** Of it, for one stream at most and at least. */
  readonly maxStreamBytes: number;
  readonly minStreamBytes: number;
  /** Batches without an answer on one stream. */
  readonly maxStreamBatches: number;
  readonly maxStreams: number;
  readonly maxBatchBytes: number;
  /** A joined insert starts when its first batch is this old … */
  readonly lingerMs: number;
  /** … or when it holds as many bytes or rows. */
  readonly insertBytes: number;
  readonly insertRows: number;
  /** … or as many batches: ClickHouse holds each block of an insert apart, some 0.7 MB however few its rows. */
  readonly insertBatches: number;
  readonly concurrentInserts: number;
  readonly insertTimeoutMs: number;
  /** Attempts of a batch alone before it is given up as poisoned. */
  readonly poisonAttempts: number;
  /** First wait after an insert that failed; it doubles up to 5 s. */
  readonly retryMs: number;
  /** See Pulse in agent.proto: how long a proof that the agent is on this stream holds. */
  readonly leaseMs: number;
  readonly pulseMs: number;
  /** From the opening of a stream to its Hello. */
  readonly helloMs: number;
  /** From the decision to insert until the server knows the query. Part of every wait for a lease's end. */
  readonly leaseMarginMs: number;
  /** Longest wait for other collectors' inserts; then the batch is sent again later. */
  readonly otherInsertsMs: number;
}

export const defaultLimits: CollectorLimits = {
  budgetBytes: 96 * 1024 * 1024,
  maxStreamBytes: 48 * 1024 * 1024,
  minStreamBytes: 256 * 1024,
  maxStreamBatches: 512,
  maxStreams: 4_096,
  maxBatchBytes: 8 * 1024 * 1024,
  lingerMs: 250,
  insertBytes: 16 * 1024 * 1024,
  insertRows: 250_000,
  insertBatches: 256,
  concurrentInserts: 3,
  insertTimeoutMs: 60_000,
  poisonAttempts: 3,
  retryMs: 250,
  leaseMs: 2_000,
  pulseMs: 400,
  helloMs: 10_000,
  leaseMarginMs: 500,
  otherInsertsMs: 120_000,
};

/** A feed of the cluster's entities: encoded messages, the same for all agents. */
export interface EntitySource {
  /** @param position what the agent holds, as its Hello says */
  subscribe(
    position: { readonly feedId: bigint; readonly version: number },
    sink: { send(message: Uint8Array): boolean },
  ): EntitySubscription;
}

export interface EntitySubscription {
  /** The sink, which had returned false, takes messages again. */
  resume(): void;
  close(): void;
}

export interface CollectorOptions {
  readonly store: BatchStore;
  readonly clock: Clock;
  /** Default 127.0.0.1:0, a free port of the loopback. */
  readonly listen?: string;
  /** Names this process in query ids; random when absent. */
  readonly collectorId?: string;
  readonly clusterName?: string;
  /** Who may send; without it, whoever can connect. */
  readonly authenticate?: AuthenticateAgent;
  /** What agents are told of the cluster; absent outside of one. */
  readonly entities?: EntitySource;
  readonly tls?: CollectorTls;
  /** Folder for what was refused; bounded, the oldest go first. */
  readonly quarantineDirectory: string;
  readonly limits?: Partial<CollectorLimits>;
  /**
   * For the crash test alone: inserts what may already be stored without looking. Rows are then doubled,
   * and the test must see it.
   */
  readonly unsafeSkipPresenceCheck?: boolean;
}
