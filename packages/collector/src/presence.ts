import type { BatchStore } from './batch-store.ts';
import type { CollectorStats } from './collector-stats.ts';
import type { ReceivedBatch } from './received-batch.ts';

/** Batches in one question; more would make its text long. */
const MAX_QUESTION = 500;

function bySpool(batches: readonly ReceivedBatch[]): ReceivedBatch[][] {
  const groups = new Map<bigint, ReceivedBatch[]>();
  for (const batch of batches) {
    const group = groups.get(batch.spoolId);
    if (group === undefined) groups.set(batch.spoolId, [batch]);
    else group.push(batch);
  }
  return [...groups.values()];
}

/**
 * Which of these batches (one table, one day) are stored. An insert is one part, so a batch is there whole
 * or not at all; were it ever in part, inserting it would double rows, so it counts as present and is
 * counted apart. Rejects when the server cannot be asked.
 */
export async function countPresent(
  store: BatchStore,
  stats: CollectorStats,
  batches: readonly ReceivedBatch[],
): Promise<ReadonlySet<ReceivedBatch>> {
  const present = new Set<ReceivedBatch>();
  for (const group of bySpool(batches)) {
    for (let start = 0; start < group.length; start += MAX_QUESTION) {
      const asked = group.slice(start, start + MAX_QUESTION);
      const rowsBySeq = await store.countRows(asked);
      stats.presenceChecks += asked.length;
      for (const batch of asked) {
        const rows = rowsBySeq.get(batch.seq) ?? 0;
        if (rows === 0) continue;
        present.add(batch);
        stats.duplicatesAvoided += 1;
        if (rows !== batch.rows) stats.partialBatches += 1;
      }
    }
  }
  return present;
}
