import type { Api } from '../harness/api.ts';

/** What one agent says of its own events at this moment (its `/status`). */
export interface AgentAccount {
  readonly receivedEvents: number;
  readonly receivedBytes: number;
  readonly capturedEvents: number;
  readonly capturedBytes: number;
  readonly droppedEvents: number;
  readonly droppedBytes: number;
}

interface StatusAnswer {
  readonly pipeline: {
    readonly receivedEvents: number;
    readonly receivedBytes: number;
    readonly source: Readonly<Record<string, number | string>> | undefined;
  };
}

export async function readAccount(endpointPort: number): Promise<AgentAccount> {
  const response = await fetch(`http://127.0.0.1:${endpointPort}/status`);
  const { pipeline } = (await response.json()) as StatusAnswer; // Proof: the agent's own status.
  const of = (name: string): number => Number(pipeline.source?.[name]);
  return {
    receivedEvents: pipeline.receivedEvents,
    receivedBytes: pipeline.receivedBytes,
    capturedEvents: of('capturedEvents'),
    capturedBytes: of('capturedBytes'),
    droppedEvents: of('droppedEvents'),
    droppedBytes: of('droppedBytes'),
  };
}

export interface ToldLoss {
  readonly reason: string;
  readonly events: number;
  readonly bytes: number;
}

/** The rows that count each lost event of a byte stream once; rows with a connection say where they were. */
export async function readToldLosses(api: Api): Promise<readonly ToldLoss[]> {
  const rows = await api.rows(
    `SELECT reason, sum(events) AS events, sum(bytes) AS bytes FROM loss
     WHERE detail = 'counted in the kernel' AND source IN ('socket_data', 'tls_data') GROUP BY reason ORDER BY reason`,
  );
  return rows.map((row) => ({
    reason: String(row['reason']),
    events: Number(row['events']),
    bytes: Number(row['bytes']),
  }));
}
