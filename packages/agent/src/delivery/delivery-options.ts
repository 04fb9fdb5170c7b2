import type { Clock } from '@tomte/kit';
import type { EntityUpdate } from '@tomte/wire';
import type { Spool } from '../spool/spool.ts';
import type { BackoffLimits } from './backoff.ts';

/** PEM bytes. With `certificate` and `privateKey` the agent proves itself too (mutual TLS). */
export interface DeliveryTls {
  /** Certificates of the authorities that are trusted; the system's when absent. */
  readonly authorities?: Buffer;
  readonly certificate?: Buffer;
  readonly privateKey?: Buffer;
  /** Name that the collector's certificate must carry, when it is not the host of the address. */
  readonly serverName?: string;
}

/** Who sends. Equal on every stream of one run. */
export interface DeliveryIdentity {
  readonly agentId: string;
  readonly bootId: string;
  readonly hostName: string;
  readonly version: string;
}

/** Takes in what a collector tells of the cluster; the address book, in a cluster. */
export interface EntityReceiver {
  /** What it holds of which feed; a collector sends what is new since. */
  readonly position: { readonly feedId: bigint; readonly version: number };
  /** False when it does not follow on what is held: another stream will bring all of it. */
  apply(update: EntityUpdate): boolean;
}

export interface DeliveryOptions {
  readonly spool: Spool;
  readonly clock: Clock;
  /** `host:port`; tried in turn, one at a time. At least one. */
  readonly addresses: readonly string[];
  readonly identity: DeliveryIdentity;
  /** Absent outside of a cluster. */
  readonly entities?: EntityReceiver;
  /** Shared secret, or a service account's token. Read for every stream, since tokens are renewed. */
  readonly token?: () => string | undefined;
  /** Absent: no TLS. A function is asked for every stream: certificates are renewed. */
  readonly tls?: DeliveryTls | (() => DeliveryTls);
  /** After a lost stream. Default 200 ms, doubled up to 15 s, full jitter. */
  readonly backoff?: BackoffLimits;
  /** After a collector said no (token, protocol version). Default 5 s, doubled up to 60 s. */
  readonly refusedBackoff?: BackoffLimits;
  /** A batch that a collector cannot take now is sent again after this time. Default 5 s. */
  readonly retryBatchMs?: number;
  /** Uniform in [0, 1). */
  readonly chance?: () => number;
  /** Told of each change, for people to read. */
  readonly onState?: (state: DeliveryState) => void;
}

export type DeliveryState =
  | { readonly kind: 'connecting'; readonly address: string }
  | { readonly kind: 'connected'; readonly address: string; readonly collectorId: string }
  | { readonly kind: 'waiting'; readonly forMs: number; readonly problem: DeliveryProblem }
  /** A collector said no; only a person or an upgrade mends it. It is still tried, slowly. */
  | { readonly kind: 'refused'; readonly forMs: number; readonly problem: DeliveryProblem }
  | { readonly kind: 'closed' };

export interface DeliveryProblem {
  readonly code:
    'COLLECTOR_UNREACHABLE' | 'COLLECTOR_REFUSED_TOKEN' | 'COLLECTOR_REFUSED_VERSION' | 'STREAM_LOST';
  readonly detail: string;
}

export interface DeliveryStatus {
  readonly state: DeliveryState;
  /** As the last Welcome said. */
  readonly clusterName: string;
  readonly streams: number;
  readonly sentBatches: number;
  readonly sentBytes: number;
  /** Batches that were sent and may have been sent before. */
  readonly resentBatches: number;
  readonly acknowledgedBatches: number;
  readonly refusedBatches: number;
  /** Asked by a collector to send again later. */
  readonly deferredBatches: number;
  /** Sent on this stream, no answer yet. */
  readonly unansweredBatches: number;
}
