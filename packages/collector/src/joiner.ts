import type { Clock } from '@tomte/kit';
import type { CollectorLimits } from './collector-options.ts';
import type { ReceivedBatch } from './received-batch.ts';

interface Group {
  readonly key: string;
  readonly batches: ReceivedBatch[];
  bytes: number;
  rows: number;
  isReady: boolean;
  cancelTimer: () => void;
}

export interface JoinerOptions {
  readonly clock: Clock;
  readonly limits: CollectorLimits;
  /** Settles every batch of the group before it resolves; it must not reject. */
  readonly write: (batches: readonly ReceivedBatch[]) => Promise<void>;
}

/**
 * Joins batches of many agents into one insert for each table and day, so that few parts come to be.
 * While all inserts are busy the groups go on growing, up to the bounds of one insert.
 */
export class Joiner {
  readonly #options: JoinerOptions;
  /** Groups that still take batches. */
  readonly #open = new Map<string, Group>();
  readonly #ready: Group[] = [];
  #running = 0;

  constructor(options: JoinerOptions) {
    this.#options = options;
  }

  add(batch: ReceivedBatch): void {
    const { limits } = this.#options;
    const key = `${batch.table} ${batch.day} ${batch.columns}`;
    let group = this.#open.get(key);
    if (group !== undefined && !fits(group, batch, limits)) {
      this.#markReady(group);
      this.#open.delete(key);
      group = undefined;
    }
    group ??= this.#openGroup(key);
    group.batches.push(batch);
    group.bytes += batch.payload.length;
    group.rows += batch.rows;
    if (isFull(group, limits)) this.#markReady(group);
  }

  /** Starts every group as soon as may be. */
  flush(): void {
    for (const group of [...this.#open.values()]) this.#markReady(group);
  }

  #openGroup(key: string): Group {
    const group: Group = {
      key,
      batches: [],
      bytes: 0,
      rows: 0,
      isReady: false,
      cancelTimer: () => undefined,
    };
    group.cancelTimer = this.#options.clock.after(this.#options.limits.lingerMs, () =>
      this.#markReady(group),
    );
    this.#open.set(key, group);
    return group;
  }

  #markReady(group: Group): void {
    if (group.isReady) return;
    group.isReady = true;
    group.cancelTimer();
    this.#ready.push(group);
    this.#startSome();
  }

  #startSome(): void {
    while (this.#running < this.#options.limits.concurrentInserts) {
      const group = this.#ready.shift();
      if (group === undefined) return;
      if (this.#open.get(group.key) === group) this.#open.delete(group.key);
      this.#running += 1;
      void this.#options.write(group.batches).finally(() => {
        this.#running -= 1;
        this.#startSome();
      });
    }
  }
}

function isFull({ bytes, rows, batches }: Group, limits: CollectorLimits): boolean {
  return bytes >= limits.insertBytes || rows >= limits.insertRows || batches.length >= limits.insertBatches;
}

function fits(group: Group, batch: ReceivedBatch, limits: CollectorLimits): boolean {
  return (
    group.batches.length < limits.insertBatches &&
    group.bytes + batch.payload.length <= Math.max(limits.insertBytes, batch.payload.length) &&
    group.rows + batch.rows <= Math.max(limits.insertRows, batch.rows)
  );
}
