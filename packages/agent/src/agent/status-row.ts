import type { ClusterStatus } from './open-cluster.ts';
import type { BatchRow } from '@tomte/wire';
import type { DeliveryStatus } from '../delivery/delivery-options.ts';
import type { GovernorStep, Usage } from '../governor/governor.ts';
import type { PipelineStats } from '../pipeline/pipeline.ts';
import type { RecordingEnd } from '../recording/recording-format.ts';
import type { SpoolStats } from '../spool/spool.ts';

/** What V8 holds of the memory, bytes. */
export interface HeapUsage {
  /** Pages of its heap, and what is alive or not yet collected on them. */
  readonly totalBytes: number;
  readonly usedBytes: number;
  /** Buffers beside the heap; mapped rings are none. */
  readonly bufferBytes: number;
}

/** What an agent knows of itself at one moment. */
export interface AgentStatus {
  readonly agentId: string;
  readonly bootId: string;
  readonly version: string;
  readonly startedWallNs: bigint;
  /** When the source began: of a file, the first moment that it tells of. */
  readonly sourceWallNs: bigint;
  readonly governorStep: GovernorStep;
  readonly usage: Usage;
  readonly heap: HeapUsage;
  readonly pipeline: PipelineStats;
  readonly openRequestCount: number;
  readonly spool: SpoolStats;
  /** Undefined when the agent delivers nowhere. */
  readonly delivery: DeliveryStatus | undefined;
  /** Undefined when nothing is recorded. */
  /** Absent outside of a cluster. */
  readonly cluster: ClusterStatus | undefined;
  readonly recording: { readonly events: number; readonly endReason: RecordingEnd | undefined } | undefined;
}

export function toStatusRow(status: AgentStatus, timeNs: bigint): BatchRow<'agent_status'> {
  const source = status.pipeline.source;
  return {
    time: timeNs,
    boot_id: status.bootId,
    started_at: status.startedWallNs,
    version: status.version,
    governor_step: status.governorStep,
    cpu_millicores: Math.round(status.usage.cpuMillicores),
    rss_bytes: BigInt(status.usage.rssBytes),
    captured_events: source?.capturedEvents ?? BigInt(status.pipeline.receivedEvents),
    captured_bytes: source?.capturedBytes ?? BigInt(status.pipeline.receivedBytes),
    dropped_events: source?.droppedEvents ?? 0n,
    dropped_bytes: source?.droppedBytes ?? 0n,
    emitted_requests: BigInt(status.pipeline.emittedRequests),
    open_requests: BigInt(status.openRequestCount),
    open_connections: BigInt(status.pipeline.openConnections),
    spool_bytes: BigInt(status.spool.bytes),
    spool_batches: BigInt(status.spool.batches),
    resent_batches: BigInt(status.delivery?.resentBatches ?? 0),
  };
}
