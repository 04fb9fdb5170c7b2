import type { ParserLimits } from '@tomte/protocols';
import type { DeliveryOptions } from '../delivery/delivery-options.ts';
import type { Budget } from '../governor/governor.ts';
import type { PipelineLimits } from '../pipeline/limits.ts';
import type { RecordingLimits } from '../recording/recording-writer.ts';
import type { RedactionRules } from '../redaction/rules.ts';
import type { SpoolOptions } from '../spool/spool-options.ts';
import type { EndpointAddress } from './endpoint.ts';
import type { LiveOptions } from '../sources/live/index.ts';
import type { KubernetesConfig } from './open-cluster.ts';

export type SourceConfig =
  | ({ readonly kind: 'live' } & LiveOptions)
  /** A recording, a pcap or a pcapng file: what it is, its first bytes tell. */
  | { readonly kind: 'file'; readonly path: string };

/** What an agent is told when it starts. What is absent has the default that its type's page says. */
export interface AgentConfig {
  readonly source: SourceConfig;
  /** Stable across restarts. In a replay it comes from the file. */
  readonly agentId: string;
  /** New at each start. */
  readonly bootId: string;
  readonly hostName: string;
  /** Empty outside of a cluster. */
  readonly clusterName: string;
  readonly version: string;
  /** Where sealed batches wait. A replay empties it first. */
  readonly spool: Pick<
    SpoolOptions,
    'directory' | 'maxBytes' | 'maxAgeMs' | 'maxBatches' | 'groupMs' | 'groupBytes' | 'segmentBytes'
  >;
  /** Absent: batches stay in the spool. */
  readonly delivery?: Omit<DeliveryOptions, 'spool' | 'clock' | 'identity'>;
  /** Absent outside of a cluster, and for files. */
  readonly kubernetes?: KubernetesConfig;
  /** Events also go into a file. */
  readonly record?: RecordConfig;
  readonly endpoint?: EndpointAddress;
  readonly redaction?: RedactionRules;
  readonly budget?: Budget;
  readonly pipelineLimits?: Partial<PipelineLimits>;
  readonly parserLimits?: Partial<ParserLimits>;
  /** How long the end waits for acknowledgements; a replay waits until all are there. Default 2 s. */
  readonly stopGraceMs?: number;
}

export interface RecordConfig {
  readonly path: string;
  /** Nothing is taken out: the file is for its owner alone, and its head says so. */
  readonly isRaw: boolean;
  readonly limits?: Partial<RecordingLimits>;
}

/** Bodies of 2 KiB; a head of 64 KiB is more than any server accepts. */
export const defaultParserLimits: ParserLimits = {
  maxBodyBytes: 2_048,
  maxHeaderBytes: 65_536,
  maxPendingRequests: 1_024,
  maxTargetBytes: 1_024,
};

export const DEFAULT_STOP_GRACE_MS = 2_000;
