import type { Clock } from '@tomte/kit';
import type { StoreClients } from '../connection.ts';
import { StoreError } from '../errors.ts';
import { fingerprintOf, withNeighbours } from './minute.ts';
import type { Fingerprint, Minute } from './minute.ts';
import {
  computeMinute,
  readBaseParts,
  readBaseRows,
  readMinutesOfParts,
  readStoredMinutes,
  storeMinute,
} from './rollup-queries.ts';
import type { StoredMinute } from './rollup-queries.ts';
import { SeenParts } from './seen-parts.ts';
import { Rounds } from '../rounds.ts';

export interface RollupOptions {
  readonly clock: Clock;
  /** Between two rounds; default 5,000. */
  readonly intervalMs?: number;
  /** Minutes that one round computes at most; the rest waits for the next. Default 30. */
  readonly maxMinutesPerRound?: number;
  /** Rows of a minute that are paired by one statement; default 1,000,000. */
  readonly rowsPerSlice?: number;
  /** Days that the base table keeps: minutes before that are frozen. */
  readonly baseDays: number;
  readonly onError?: (error: StoreError) => void;
}

/** What one round did. */
export interface RollupRound {
  readonly computedMinutes: number;
  /** Minutes that are known to be dirty and left for the next round, without those that were too much for the server. */
  readonly waitingMinutes: number;
  /** Rows that came too late, in the minutes looked at. */
  readonly lateRows: number;
}

const DEFAULT_INTERVAL_MS = 5000;
const DEFAULT_MINUTES_PER_ROUND = 30;
/** Parts that one round reads to learn their minutes: a bound on the statement, not on the work. */
const MAX_PARTS_PER_ROUND = 500;
/** Minutes that one round compares. */
const MAX_CHECKED_MINUTES = 3000;
const SECONDS_PER_DAY = 86_400;
const RETRY_AFTER_MS = 60_000;

/**
 * Keeps service_1m, edge_1m, endpoint_1m and process_1m equal to what their base rows say. Nothing is remembered but hints: which minutes are dirty
 * follows from the stored rows, so a death at any point costs only a comparison at the next start. Several
 * keepers may run at once: results replace one another by the number of rows that they were made from.
 */
export class RollupKeeper {
  readonly #clients: StoreClients;
  readonly #options: RollupOptions;
  readonly #seen = new SeenParts();
  #suspects = new Set<Minute>();
  /** Minutes that were too much for the server, and when they are tried again. */
  readonly #notBeforeMs = new Map<Minute, number>();
  readonly #rounds: Rounds;

  constructor(clients: StoreClients, options: RollupOptions) {
    this.#clients = clients;
    this.#options = options;
    const { clock, onError, intervalMs = DEFAULT_INTERVAL_MS } = options;
    this.#rounds = new Rounds({ clock, onError, intervalMs }, () => this.runRound());
  }

  /** Rounds at the interval until `close`. */
  start(): void {
    this.#rounds.start();
  }

  close(): Promise<void> {
    return this.#rounds.close();
  }

  /** One round, for a test or at the end of a replay. Throws StoreError. */
  async runRound(): Promise<RollupRound> {
    await this.#collectSuspects();
    const checked = this.#nextToCheck();
    if (checked.length === 0) return { computedMinutes: 0, waitingMinutes: 0, lateRows: 0 };
    const base = await readBaseRows(this.#clients, [...withNeighbours(checked)]);
    const stored = await readStoredMinutes(this.#clients, checked);
    let computedMinutes = 0;
    let lateRows = 0;
    for (const minute of checked) {
      if (computedMinutes === (this.#options.maxMinutesPerRound ?? DEFAULT_MINUTES_PER_ROUND)) break;
      const fingerprint = fingerprintOf(minute, base);
      const before = stored.get(minute);
      if (this.#isFrozen(minute, before)) {
        lateRows += await this.#countLate(minute, fingerprint, before);
      } else if (fingerprint.baseRows > 0 && before?.windowFingerprint !== fingerprint.windowHash) {
        computedMinutes += 1;
        if (!(await this.#compute(minute, fingerprint))) continue;
      }
      this.#settled(minute);
    }
    const waitingMinutes = this.#suspects.size - this.#notBeforeMs.size;
    return { computedMinutes, waitingMinutes, lateRows };
  }

  /** Minutes of parts that were not looked at yet; at the start these are all parts. */
  async #collectSuspects(): Promise<void> {
    const parts = await readBaseParts(this.#clients);
    this.#seen.keepOnly(new Set(parts.map((part) => part.partition)));
    const fresh = parts.filter((part) => !this.#seen.isSeen(part)).slice(0, MAX_PARTS_PER_ROUND);
    if (fresh.length === 0) return;
    const minutes = await readMinutesOfParts(
      this.#clients,
      fresh.map((part) => part.name),
    );
    for (const minute of withNeighbours(minutes)) this.#suspects.add(minute);
    // A part that was merged between the two statements gave no minutes: only what is still active was read.
    const active = new Set((await readBaseParts(this.#clients)).map((part) => part.name));
    for (const part of fresh) if (active.has(part.name)) this.#seen.add(part);
  }

  /** Newest first: that is what people look at. */
  #nextToCheck(): Minute[] {
    const nowMs = this.#nowMs();
    const due = [...this.#suspects].filter((minute) => (this.#notBeforeMs.get(minute) ?? 0) <= nowMs);
    return due.sort((a, b) => b - a).slice(0, MAX_CHECKED_MINUTES);
  }

  /** In both: another keeper may have computed what was too much here, and the waiting are counted as a difference. */
  #settled(minute: Minute): void {
    this.#suspects.delete(minute);
    this.#notBeforeMs.delete(minute);
  }

  #isFrozen(minute: Minute, before: StoredMinute | undefined): boolean {
    if (before?.frozen === true) return true;
    const nowSeconds = Number(this.#options.clock.wallNs() / 1_000_000_000n);
    return minute < nowSeconds - this.#options.baseDays * SECONDS_PER_DAY;
  }

  async #countLate(
    minute: Minute,
    fingerprint: Fingerprint,
    before: StoredMinute | undefined,
  ): Promise<number> {
    const lateRows = fingerprint.baseRows;
    if (lateRows === 0 || before?.lateRows === lateRows) return 0;
    const kept = before ?? { baseRows: 0, windowFingerprint: 0n };
    await storeMinute(this.#clients, minute, { ...kept, frozen: true, lateRows });
    return lateRows - (before?.lateRows ?? 0);
  }

  /** False when it is too much for the server: then it is tried again later, and holds up no other minute. */
  async #compute(minute: Minute, fingerprint: Fingerprint): Promise<boolean> {
    try {
      await computeMinute(this.#clients, minute, fingerprint, this.#options.rowsPerSlice);
    } catch (thrown) {
      if (!(thrown instanceof StoreError) || thrown.code !== 'STORE_LIMIT_EXCEEDED') throw thrown;
      this.#notBeforeMs.set(minute, this.#nowMs() + RETRY_AFTER_MS);
      this.#options.onError?.(thrown);
      return false;
    }
    // Only now: a death between the two repeats the minute.
    await storeMinute(this.#clients, minute, {
      baseRows: fingerprint.baseRows,
      windowFingerprint: fingerprint.windowHash,
      frozen: false,
      lateRows: 0,
    });
    return true;
  }

  #nowMs(): number {
    return Number(this.#options.clock.monotonicNs() / 1_000_000n);
  }
}
