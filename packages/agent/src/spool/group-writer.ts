import type { Clock } from '@tomte/kit';
import type { GroupItem, SegmentStore } from './segment-store.ts';
import type { SpoolLimits, SpoolLoss } from './spool-options.ts';
import type { RecordHeader } from './spool-record.ts';

export interface GroupWriterOptions {
  readonly clock: Clock;
  readonly limits: SpoolLimits;
  readonly store: SegmentStore;
  readonly onLoss: (loss: SpoolLoss) => void;
}

function isDiskFull(thrown: unknown): boolean {
  return (
    thrown instanceof Error && 'code' in thrown && ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(String(thrown.code))
  );
}

/** Gathers batches and writes them in groups: one write and one fsync for all that came meanwhile. */
export class GroupWriter {
  readonly #options: GroupWriterOptions;
  #waiting: GroupItem[] = [];
  #waitingBytes = 0;
  #writingBytes = 0;
  #cancelTimer: (() => void) | undefined;
  #writing: Promise<void> | undefined;
  #failedBatches = 0;

  constructor(options: GroupWriterOptions) {
    this.#options = options;
  }

  get pendingBytes(): number {
    return this.#waitingBytes + this.#writingBytes;
  }

  get failedBatches(): number {
    return this.#failedBatches;
  }

  append(header: RecordHeader, payload: Uint8Array): boolean {
    const { limits, clock } = this.#options;
    if (this.pendingBytes + payload.length > limits.maxPendingBytes) {
      this.#lose({ header, payload }, 'the disk is too slow');
      return false;
    }
    this.#waiting.push({ header, payload });
    this.#waitingBytes += payload.length;
    if (this.#waitingBytes >= limits.groupBytes) this.#start();
    else this.#cancelTimer ??= clock.after(limits.groupMs, () => this.#start());
    return true;
  }

  /** Resolves when nothing waits any more. */
  async flush(): Promise<void> {
    while (this.#waiting.length > 0 || this.#writing !== undefined) {
      this.#start();
      await this.#writing;
    }
  }

  async close(): Promise<void> {
    await this.flush();
  }

  #start(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#writing ??= this.#drain().finally(() => {
      this.#writing = undefined;
    });
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      this.#writingBytes = this.#waitingBytes;
      this.#waitingBytes = 0;
      await this.#writeOrLose(group);
      this.#writingBytes = 0;
    }
  }

  /** A full disk: the oldest segment makes room, one at a time; when none is left the group is lost. */
  async #writeOrLose(group: readonly GroupItem[]): Promise<void> {
    const { store } = this.#options;
    for (;;) {
      try {
        await store.write(group);
        return;
      } catch (thrown) {
        store.abandonActive();
        const hasRoomMade = isDiskFull(thrown) && store.evictOldest('the disk was full');
        await store.settleChores();
        if (hasRoomMade) continue;
        for (const item of group) this.#lose(item, thrown instanceof Error ? thrown.message : String(thrown));
        return;
      }
    }
  }

  #lose({ header }: GroupItem, detail: string): void {
    this.#failedBatches += 1;
    this.#options.onLoss({
      reason: 'spool_write_failed',
      table: header.table,
      batches: 1,
      rows: header.rows,
      bytes: header.blockBytes,
      firstTimeNs: header.firstTimeNs,
      lastTimeNs: header.lastTimeNs,
      detail,
    });
  }
}
