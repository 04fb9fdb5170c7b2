/** What an agent says of its delivery at one moment. */
export interface DeliveryState {
  /** Sent on the stream of now, no answer yet. */
  readonly unacknowledged: number;
  /** Since this agent's start. */
  readonly acknowledged: number;
  /** On disk and not settled. */
  readonly waiting: number;
  readonly spoolId: string;
  /** The highest number on disk. */
  readonly durableSeq: number;
}

const TIMEOUT_MS = 2_000;

/** Undefined when the agent does not answer: it is dead, or just starting. */
export async function readDeliveryState(agentUrl: string): Promise<DeliveryState | undefined> {
  if (agentUrl === '') return undefined;
  const response = await fetch(`${agentUrl}/status`, { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(
    () => undefined,
  );
  const status: unknown = await response?.json().catch(() => undefined);
  if (!isStatus(status)) return undefined;
  return {
    unacknowledged: status.delivery.unansweredBatches,
    acknowledged: status.delivery.acknowledgedBatches,
    waiting: status.spool.batches,
    spoolId: status.spool.spoolId,
    durableSeq: status.spool.durableSeq,
  };
}

interface Status {
  readonly delivery: { readonly unansweredBatches: number; readonly acknowledgedBatches: number };
  readonly spool: { readonly batches: number; readonly spoolId: string; readonly durableSeq: number };
}

function isStatus(value: unknown): value is Status {
  return typeof value === 'object' && value !== null && 'delivery' in value && 'spool' in value;
}
