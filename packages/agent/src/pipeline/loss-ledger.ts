import type { LossReason } from '@tomte/model';
import type { ConnectionRole } from '../sources/source.ts';

export type LossDirection = 'none' | 'sent' | 'received';

/** One entry of the `loss` table, on the source's time line. */
export interface LossEntry {
  readonly source: string;
  readonly reason: LossReason;
  /** As its rows have it; 0n when it is not about one. */
  readonly connectionId: bigint;
  /** Which end of it was observed. */
  readonly role: ConnectionRole;
  readonly direction: LossDirection;
  readonly firstByte: number;
  readonly detail: string;
  startNs: number;
  endNs: number;
  /** Null when it cannot be known. */
  events: number | null;
  bytes: number | null;
}

export interface GapLoss {
  readonly source: string;
  readonly reason: LossReason;
  /** As its rows have it; 0n when it is not about one. */
  readonly connectionId: bigint;
  /** Which end of it was observed. */
  readonly role: ConnectionRole;
  readonly direction: LossDirection;
  readonly position: number;
  readonly bytes: number;
  readonly atNs: number;
  readonly detail?: string;
}

/**
 * Collects what was lost between two ticks. A gap keeps its connection, direction and byte range, and
 * grows while the next one touches it; what is cut by design, and what exceeds the bound, is summed by
 * source and reason.
 */
export class LossLedger {
  #gaps: LossEntry[] = [];
  readonly #lastGap = new Map<string, LossEntry>();
  readonly #sums = new Map<string, LossEntry>();
  readonly #maxGaps: number;

  constructor(maxGaps: number) {
    this.#maxGaps = maxGaps;
  }

  get isEmpty(): boolean {
    return this.#gaps.length === 0 && this.#sums.size === 0;
  }

  gap(gap: GapLoss): void {
    const key = `${gap.connectionId}/${gap.role}/${gap.direction}/${gap.source}/${gap.reason}`;
    const last = this.#lastGap.get(key);
    if (last !== undefined && last.firstByte + (last.bytes ?? 0) === gap.position) {
      last.bytes = (last.bytes ?? 0) + gap.bytes;
      last.events = (last.events ?? 0) + 1;
      last.endNs = gap.atNs;
      return;
    }
    if (this.#gaps.length >= this.#maxGaps) {
      this.add({ ...gap, events: 1, detail: 'gaps of many connections, summed' });
      return;
    }
    const entry = toEntry(gap);
    this.#gaps.push(entry);
    this.#lastGap.set(key, entry);
  }

  /** Adds to the sum of a source and reason. */
  add(loss: {
    source: string;
    reason: LossReason;
    atNs: number;
    events: number;
    bytes: number;
    detail?: string;
  }): void {
    const key = `${loss.source}/${loss.reason}/${loss.detail ?? ''}`;
    const sum = this.#sums.get(key);
    if (sum === undefined) {
      this.#sums.set(key, {
        source: loss.source,
        reason: loss.reason,
        connectionId: 0n,
        role: 'unknown',
        direction: 'none',
        firstByte: 0,
        detail: loss.detail ?? '',
        startNs: loss.atNs,
        endNs: loss.atNs,
        events: loss.events,
        bytes: loss.bytes,
      });
      return;
    }
    sum.startNs = Math.min(sum.startNs, loss.atNs);
    sum.endNs = Math.max(sum.endNs, loss.atNs);
    sum.events = (sum.events ?? 0) + loss.events;
    sum.bytes = (sum.bytes ?? 0) + loss.bytes;
  }

  /** Everything since the last call, in the order in which it was found. */
  take(): readonly LossEntry[] {
    if (this.isEmpty) return [];
    const entries = [...this.#gaps, ...this.#sums.values()];
    this.#gaps = [];
    this.#lastGap.clear();
    this.#sums.clear();
    return entries;
  }
}

function toEntry(gap: GapLoss): LossEntry {
  return {
    source: gap.source,
    reason: gap.reason,
    connectionId: gap.connectionId,
    role: gap.role,
    direction: gap.direction,
    firstByte: gap.position,
    detail: gap.detail ?? '',
    startNs: gap.atNs,
    endNs: gap.atNs,
    events: 1,
    bytes: gap.bytes,
  };
}
