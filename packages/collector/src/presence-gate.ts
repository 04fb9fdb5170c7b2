import type { Clock } from '@tomte/kit';
import { NackReason } from '@tomte/wire';
import type { BatchStore } from './batch-store.ts';
import type { CollectorLimits } from './collector-options.ts';
import type { CollectorStats } from './collector-stats.ts';
import { monotonicMs, pause, retryDelayMs } from './pause.ts';
import { countPresent } from './presence.ts';
import type { BatchOutcome, ReceivedBatch } from './received-batch.ts';

export interface PresenceGateOptions {
  readonly clock: Clock;
  readonly limits: CollectorLimits;
  readonly store: BatchStore;
  readonly stats: CollectorStats;
  readonly finish: (batch: ReceivedBatch, outcome: BatchOutcome) => void;
  /** Certainly not stored. */
  readonly pass: (batch: ReceivedBatch) => void;
}

interface Lane {
  waiting: ReceivedBatch[];
  isRunning: boolean;
}

const POLL_MS = 50;

/**
 * Batches that may be stored already, by this collector, another one, or one that died. For each: wait
 * until nobody can start an insert of it any more (the lease), then until the inserts that run have ended,
 * then count its rows.
 */
export class PresenceGate {
  readonly #options: PresenceGateOptions;
  readonly #lanes = new Map<string, Lane>();

  constructor(options: PresenceGateOptions) {
    this.#options = options;
  }

  add(batch: ReceivedBatch): void {
    const key = `${batch.table} ${batch.day}`;
    const lane = this.#lanes.get(key) ?? { waiting: [], isRunning: false };
    this.#lanes.set(key, lane);
    lane.waiting.push(batch);
    if (!lane.isRunning) void this.#run(key, lane);
  }

  async #run(key: string, lane: Lane): Promise<void> {
    lane.isRunning = true;
    while (lane.waiting.length > 0) {
      const nowMs = monotonicMs(this.#options.clock);
      const due = lane.waiting.filter((batch) => batch.owner.isEnded || batch.owner.othersEndMs <= nowMs);
      if (due.length > 0) {
        lane.waiting = lane.waiting.filter((batch) => !due.includes(batch));
        await this.#check(due);
      } else {
        await pause(this.#options.clock, POLL_MS);
      }
    }
    this.#lanes.delete(key);
  }

  async #check(batches: readonly ReceivedBatch[]): Promise<void> {
    const { clock, limits, stats, finish, pass } = this.#options;
    let open = batches;
    for (let failures = 1; open.length > 0; failures += 1) {
      for (const batch of open) if (batch.owner.isEnded) finish(batch, { kind: 'dropped' });
      open = open.filter((batch) => !batch.owner.isEnded);
      const present = await this.#askWhenQuiet(open).catch(() => undefined);
      if (present === 'busy') {
        for (const batch of open) finish(batch, busy);
        return;
      }
      if (present !== undefined) {
        for (const batch of open) {
          if (present.has(batch)) finish(batch, { kind: 'committed' });
          else pass(batch);
        }
        return;
      }
      stats.storeFailures += 1;
      await pause(clock, retryDelayMs(limits.retryMs, failures));
    }
  }

  async #askWhenQuiet(batches: readonly ReceivedBatch[]): Promise<ReadonlySet<ReceivedBatch> | 'busy'> {
    const first = batches[0];
    if (first === undefined) return new Set();
    const { store, stats, limits, clock } = this.#options;
    // Ours too: an insert may outlive the stream that it was begun for.
    let running = await store.runningInserts(first.table);
    for (let waitedMs = 0; running.length > 0; waitedMs += POLL_MS) {
      if (waitedMs >= limits.otherInsertsMs) return 'busy';
      await pause(clock, POLL_MS);
      const now = new Set(await store.runningInserts(first.table));
      running = running.filter((id) => now.has(id));
    }
    return countPresent(store, stats, batches);
  }
}

const busy: BatchOutcome = {
  kind: 'refused',
  reason: NackReason.UNAVAILABLE,
  detail: 'inserts that may hold it do not end',
  retryable: true,
};
