import type { Clock } from '@tomte/kit';
import type { BatchStore } from './batch-store.ts';
import { BatchWriter } from './batch-writer.ts';
import type { CollectorLimits } from './collector-options.ts';
import type { CollectorStats } from './collector-stats.ts';
import { Joiner } from './joiner.ts';
import { pause } from './pause.ts';
import { PresenceGate } from './presence-gate.ts';
import type { QueryIds } from './query-ids.ts';
import type { BatchOutcome, ReceivedBatch } from './received-batch.ts';

export interface IngestOptions {
  readonly clock: Clock;
  readonly limits: CollectorLimits;
  readonly store: BatchStore;
  readonly stats: CollectorStats;
  readonly ids: QueryIds;
  readonly skipPresenceCheck: boolean;
}

interface UnderWay {
  readonly batch: ReceivedBatch;
  /** The same batch, sent again meanwhile on whatever stream. */
  readonly followers: ReceivedBatch[];
}

const DRAIN_POLL_MS = 20;

/**
 * The way of a batch from its stream to its end. A batch is under way once in this collector, whatever
 * streams it comes on.
 */
export class Ingest {
  readonly #options: IngestOptions;
  /** Bounded by the credits of the streams, and of those that have ended: what they left is promised to nobody. */
  readonly #underWay = new Map<string, UnderWay>();
  readonly #joiner: Joiner;
  readonly #gate: PresenceGate;

  constructor(options: IngestOptions) {
    this.#options = options;
    const finish = (batch: ReceivedBatch, outcome: BatchOutcome) => this.#finish(batch, outcome);
    const writer = new BatchWriter({ ...options, finish, park: (batch) => void this.#park(batch) });
    this.#joiner = new Joiner({ ...options, write: (batches) => writer.write(batches) });
    this.#gate = new PresenceGate({ ...options, finish, pass: (batch) => this.#pass(batch) });
  }

  submit(batch: ReceivedBatch): void {
    const first = this.#underWay.get(batch.key);
    if (first !== undefined) {
      this.#options.stats.duplicatesInFlight += 1;
      first.followers.push(batch);
      return;
    }
    this.#underWay.set(batch.key, { batch, followers: [] });
    if (batch.isAmbiguous && !this.#options.skipPresenceCheck) this.#gate.add(batch);
    else this.#joiner.add(batch);
  }

  /** Starts what waits and resolves when nothing is under way, or after `timeoutMs`. */
  async drain(timeoutMs: number): Promise<void> {
    for (let waitedMs = 0; this.#underWay.size > 0 && waitedMs < timeoutMs; waitedMs += DRAIN_POLL_MS) {
      this.#joiner.flush();
      await pause(this.#options.clock, DRAIN_POLL_MS);
    }
  }

  #pass(batch: ReceivedBatch): void {
    batch.isAmbiguous = false;
    this.#joiner.add(batch);
  }

  /** Its agent has been silent for a lease: it may be with another collector by now, or just slow. */
  async #park(batch: ReceivedBatch): Promise<void> {
    if (await batch.owner.whenLeased()) this.#joiner.add(batch);
    else this.#finish(batch, { kind: 'dropped' });
  }

  #finish(batch: ReceivedBatch, outcome: BatchOutcome): void {
    const underWay = this.#underWay.get(batch.key);
    if (underWay?.batch !== batch) return;
    this.#underWay.delete(batch.key);
    this.#count(batch, outcome);
    batch.owner.settled(batch, outcome);
    for (const follower of underWay.followers) {
      // What its own stream could not end, the next stream must, and it may be stored by now.
      if (outcome.kind === 'dropped') this.submit(Object.assign(follower, { isAmbiguous: true }));
      else follower.owner.settled(follower, outcome);
    }
  }

  #count(batch: ReceivedBatch, outcome: BatchOutcome): void {
    const { stats } = this.#options;
    if (outcome.kind === 'dropped') stats.droppedBatches += 1;
    if (outcome.kind !== 'committed') return;
    stats.committedBatches += 1;
    stats.committedRows += batch.rows;
    stats.committedBytes += batch.payload.length;
    stats.committedRowsByTable[batch.table] = (stats.committedRowsByTable[batch.table] ?? 0) + batch.rows;
  }
}
