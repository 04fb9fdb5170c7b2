import { rmSync } from 'node:fs';
import { startAgent } from '@tomte/agent';
import { VERSION } from '@tomte/tomte/version';
import { findBatchProblems, type StoredBatch } from './batches.ts';

/** What one pass over a recording makes durable. */
export interface ExpectedRecording {
  readonly spoolId: string;
  readonly batches: number;
  readonly rows: number;
  readonly requests: number;
}

/** Replays into a spool with no collector in sight, and counts what lies in it. */
export async function expectRecording(path: string, directory: string): Promise<ExpectedRecording> {
  const who = { agentId: '', bootId: '', hostName: '', clusterName: '', version: VERSION }; // As `tomte replay` is.
  const agent = await startAgent(
    { source: { kind: 'file', path }, ...who, spool: { directory } },
    new AbortController().signal,
  );
  await agent.done;
  const { spool, pipeline } = agent.status();
  rmSync(directory, { recursive: true });
  return {
    spoolId: spool.spoolId.toString(),
    batches: spool.appendedBatches,
    rows: spool.rows,
    requests: pipeline.emittedRequests,
  };
}

export function findRecordingProblems(
  expected: readonly ExpectedRecording[],
  stored: readonly StoredBatch[],
): readonly string[] {
  const problems: string[] = [];
  const known = new Set(expected.map((recording) => recording.spoolId));
  for (const batch of stored)
    if (!known.has(batch.spoolId)) problems.push(`batch ${batch.seq} of a spool that was never replayed`);
  for (const recording of expected) {
    const own = stored.filter((batch) => batch.spoolId === recording.spoolId);
    problems.push(...findBatchProblems(own).map((problem) => `${recording.spoolId}: ${problem}`));
    const rows = own.reduce((sum, batch) => sum + batch.rows, 0);
    if (own.length !== recording.batches || rows !== recording.rows)
      problems.push(
        `${recording.spoolId}: ${own.length} batches with ${rows} rows are stored, ${recording.batches} with ${recording.rows} were made`,
      );
  }
  return problems;
}
