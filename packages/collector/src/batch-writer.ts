import { assertNever } from '@tomte/kit';
import type { Clock } from '@tomte/kit';
import type { InsertResult } from '@tomte/store';
import { NackReason } from '@tomte/wire';
import type { BatchStore } from './batch-store.ts';
import type { CollectorLimits } from './collector-options.ts';
import type { CollectorStats } from './collector-stats.ts';
import { pause, retryDelayMs } from './pause.ts';
import { countPresent } from './presence.ts';
import type { QueryIds } from './query-ids.ts';
import type { BatchOutcome, ReceivedBatch } from './received-batch.ts';

export interface BatchWriterOptions {
  readonly clock: Clock;
  readonly limits: CollectorLimits;
  readonly store: BatchStore;
  readonly stats: CollectorStats;
  readonly ids: QueryIds;
  readonly skipPresenceCheck: boolean;
  readonly finish: (batch: ReceivedBatch, outcome: BatchOutcome) => void;
  /** Takes back a batch whose stream is not leased now. */
  readonly park: (batch: ReceivedBatch) => void;
}

type Failure = Exclude<InsertResult, { kind: 'committed' }>;

/** One set of batches on its way into one insert. */
interface Attempting {
  batches: readonly ReceivedBatch[];
  /** The same while the set is the same. */
  token: string;
  attempt: number;
  failures: number;
}

const committed: BatchOutcome = { kind: 'committed' };

/**
 * ClickHouse's numbers that speak of the server's state and not of the rows: waiting helps. Timeouts,
 * no table or database yet, read-only, too many queries, network, memory, disk, parts, shutdown, access.
 */
const serverStates: ReadonlySet<number> = new Set([
  60, 81, 159, 164, 202, 209, 210, 236, 241, 242, 243, 252, 289, 319, 394, 439, 497, 516, 735,
]);

const MAX_ROUNDS_RUNNING = 240;

/**
 * Takes a group of batches to its end: each is stored once and acknowledged, refused, or dropped with its
 * stream. An insert whose end is unclear is waited for, counted, and done again only if nothing is there.
 */
export class BatchWriter {
  readonly #options: BatchWriterOptions;

  constructor(options: BatchWriterOptions) {
    this.#options = options;
  }

  async write(batches: readonly ReceivedBatch[]): Promise<void> {
    const first = batches[0];
    if (first === undefined) return;
    const attempting: Attempting = {
      batches,
      token: this.#options.ids.next(first.table),
      attempt: 0,
      failures: 0,
    };
    while (this.#keepLeased(attempting)) {
      const result = await this.#insert(attempting);
      if (result.kind === 'committed') {
        if (await this.#isVerified(attempting)) return;
        continue;
      }
      await this.#settleFailure(attempting, result);
      if (this.#isAtFault(attempting, result)) {
        await this.#isolate(attempting.batches, result);
        return;
      }
      if (attempting.batches.length > 0) await pause(this.#options.clock, this.#delayMs(attempting));
    }
  }

  #delayMs(attempting: Attempting): number {
    return retryDelayMs(this.#options.limits.retryMs, attempting.failures);
  }

  /** Leaves what may be inserted now; the rest is parked or dropped. False when nothing is left. */
  #keepLeased(attempting: Attempting): boolean {
    const leased = attempting.batches.filter((batch) => batch.owner.isLeased());
    if (leased.length < attempting.batches.length) {
      for (const batch of attempting.batches) if (!batch.owner.isLeased()) this.#options.park(batch);
      this.#replace(attempting, leased);
    }
    return leased.length > 0;
  }

  #replace(attempting: Attempting, batches: readonly ReceivedBatch[]): void {
    attempting.batches = batches;
    attempting.attempt = 0;
    const table = batches[0]?.table;
    if (table !== undefined) attempting.token = this.#options.ids.next(table);
  }

  async #insert(attempting: Attempting): Promise<InsertResult> {
    const { store, stats, limits } = this.#options;
    attempting.attempt += 1;
    stats.inserts += 1;
    return store.insert(attempting.batches, {
      queryId: queryIdOf(attempting),
      token: attempting.token,
      timeoutMs: limits.insertTimeoutMs,
    });
  }

  /**
   * A first attempt's word is enough. A later attempt with the same token may have been taken for a
   * duplicate of one whose part died with the server: its rows are counted.
   */
  async #isVerified(attempting: Attempting): Promise<boolean> {
    if (attempting.attempt > 1 && !this.#options.skipPresenceCheck) {
      await this.#settlePresent(attempting);
      if (attempting.batches.length > 0) this.#replace(attempting, attempting.batches);
      return attempting.batches.length === 0;
    }
    for (const batch of attempting.batches) this.#options.finish(batch, committed);
    return true;
  }

  /** Acknowledges what is stored after all; what remains in the set is certainly not. */
  async #settleFailure(attempting: Attempting, failure: Failure): Promise<void> {
    const { stats, skipPresenceCheck } = this.#options;
    attempting.failures += 1;
    for (const batch of attempting.batches) batch.attempts += 1;
    if (failure.kind === 'refused') {
      stats.insertsRefused += 1;
      return;
    }
    stats.insertsUnknown += 1;
    stats.storeFailures += 1;
    if (skipPresenceCheck) return;
    await this.#waitUntilEnded(attempting);
    await this.#settlePresent(attempting);
  }

  async #waitUntilEnded(attempting: Attempting): Promise<void> {
    const { store, clock } = this.#options;
    const queryId = queryIdOf(attempting);
    for (let round = 1; !areEnded(attempting); round += 1) {
      const isRunning = await store.isQueryRunning(queryId).catch(() => true);
      if (!isRunning) return;
      if (round === MAX_ROUNDS_RUNNING) await store.killQuery(queryId).catch(() => undefined);
      await pause(clock, this.#delayMs({ ...attempting, failures: Math.min(round, 3) }));
    }
  }

  /** Counts until the server answers or every stream has ended. */
  async #settlePresent(attempting: Attempting): Promise<void> {
    const { store, stats, clock, limits, finish } = this.#options;
    for (let failures = 1; !areEnded(attempting); failures += 1) {
      const present = await countPresent(store, stats, attempting.batches).catch(() => undefined);
      if (present === undefined) {
        await pause(clock, retryDelayMs(limits.retryMs, failures));
        continue;
      }
      const absent = attempting.batches.filter((batch) => !present.has(batch));
      for (const batch of present) finish(batch, committed);
      if (present.size > 0) this.#replace(attempting, absent);
      return;
    }
  }

  /** Whether the rows themselves must be looked at, one half at a time. */
  #isAtFault(attempting: Attempting, failure: Failure): boolean {
    if (attempting.batches.length === 0) return false;
    if (failure.kind === 'refused') return true;
    const number = failure.error.clickhouseCode;
    if (number === undefined || serverStates.has(number)) return false;
    return attempting.failures > 1;
  }

  /** Halves the set until the batch at fault stands alone; the others get in meanwhile. */
  async #isolate(batches: readonly ReceivedBatch[], failure: Failure): Promise<void> {
    const [alone] = batches;
    if (batches.length === 1 && alone !== undefined) {
      if (alone.attempts < this.#options.limits.poisonAttempts) await this.write(batches);
      else this.#options.finish(alone, toPoisoned(failure));
      return;
    }
    this.#options.stats.insertsSplit += 1;
    const middle = Math.ceil(batches.length / 2);
    await this.write(batches.slice(0, middle));
    await this.write(batches.slice(middle));
  }
}

function queryIdOf(attempting: Attempting): string {
  return `${attempting.token}.${attempting.attempt}`;
}

function areEnded(attempting: Attempting): boolean {
  return attempting.batches.every((batch) => batch.owner.isEnded);
}

function toPoisoned(failure: Failure): BatchOutcome {
  switch (failure.kind) {
    case 'refused':
    case 'unknown':
      return {
        kind: 'refused',
        reason: NackReason.POISONED,
        detail: failure.error.message,
        retryable: false,
      };
    default:
      return assertNever(failure);
  }
}
