import {
  type BatchName,
  compileCountOfBatches,
  compileNewBatches,
  compileRowsOfBatches,
  keyColumn,
  type Question,
} from '@tomte/query';
import type { Reading } from '../access/reading.ts';
import { type Completeness, completenessOf } from '../completeness.ts';
import type { ApiContext } from '../context.ts';
import type { SqlRow } from '../sql-runner.ts';
import { SeenBatches } from './seen-batches.ts';
import { SeenPairs } from './seen-pairs.ts';

/** A request is told of when it is stored: one that took longer than this is not found any more. */
const WINDOW_NS = 600_000_000_000n;
/** Agents' clocks may be ahead. */
const AHEAD_NS = 60_000_000_000n;
const MAX_BATCHES = 10_000;
const COMPLETENESS_NS = 15_000_000_000n;

export interface TailOptions {
  readonly context: ApiContext;
  readonly reading: Reading;
  readonly question: Question;
  readonly limitRows: number;
}

/** What came since the poll before. */
export interface TailRows {
  readonly rows: readonly SqlRow[];
  /** Rows that matched and are not told, since there were too many or the reader was too slow. */
  readonly dropped_rows: number;
  readonly dropped_rows_total: number;
}

/** Finds rows by the batches that brought them: a row is new when its batch is, whenever its request began. */
export class Tail {
  readonly #options: TailOptions;
  readonly #batches = new SeenBatches();
  readonly #pairs = new SeenPairs();
  #droppedTotal = 0;
  #isCut = false;

  constructor(options: TailOptions) {
    this.#options = options;
  }

  get limitRows(): number {
    return this.#options.limitRows;
  }

  /** What is stored by now is not new. */
  async start(signal: AbortSignal): Promise<void> {
    for (const batch of await this.#findBatches(signal)) this.#batches.add(batch);
  }

  /** @param isFull the reader takes nothing at the moment: what comes is counted, and not told */
  async poll(signal: AbortSignal, isFull: boolean): Promise<TailRows> {
    const found = await this.#findBatches(signal);
    const fresh = found.filter((batch) => this.#batches.add(batch));
    if (fresh.length === 0) return this.#told([], 0);
    const { limitRows } = this.#options;
    const rows = isFull
      ? []
      : await this.#run(compileRowsOfBatches(this.#question(), fresh, limitRows), signal);
    const isAll = !isFull && rows.length < limitRows;
    const matched = isAll ? rows.length : await this.#count(fresh, signal);
    return this.#told(
      rows.filter((row) => this.#pairs.isNew(row)),
      matched - rows.length,
    );
  }

  async completeness(signal: AbortSignal): Promise<Completeness> {
    const { context, reading } = this.#options;
    const toNs = context.clock.wallNs();
    const loss = await reading.lossOf({ fromNs: toNs - COMPLETENESS_NS, toNs }, signal);
    return completenessOf(loss, { isTruncated: this.#droppedTotal > 0 || this.#isCut, reading });
  }

  #told(rows: readonly SqlRow[], dropped: number): TailRows {
    this.#droppedTotal += dropped;
    return {
      rows: rows.map(({ [keyColumn]: _key, ...row }) => row),
      dropped_rows: dropped,
      dropped_rows_total: this.#droppedTotal,
    };
  }

  async #findBatches(signal: AbortSignal): Promise<readonly BatchName[]> {
    const rows = await this.#run(
      compileNewBatches(this.#question(), this.#batches.last(), MAX_BATCHES),
      signal,
    );
    this.#isCut = rows.length === MAX_BATCHES; // The rest is found by the next poll.
    return rows.map((row) => ({
      spoolId: BigInt(String(row['spool_id'])),
      batchSeq: BigInt(String(row['batch_seq'])),
    }));
  }

  async #count(batches: readonly BatchName[], signal: AbortSignal): Promise<number> {
    const [row] = await this.#run(compileCountOfBatches(this.#question(), batches), signal);
    return Number(row?.['row_count'] ?? 0);
  }

  async #run(
    statement: { sql: string; params: Readonly<Record<string, string>> },
    signal: AbortSignal,
  ): Promise<readonly SqlRow[]> {
    const { context, reading } = this.#options;
    const limited = AbortSignal.any([signal, AbortSignal.timeout(context.limits.queryTimeoutMs)]);
    const result = await context.gate.run(limited, () =>
      reading.run({ ...statement, as: 'views', signal: limited }),
    );
    return result.rows;
  }

  #question(): Question {
    const nowNs = this.#options.context.clock.wallNs();
    return { ...this.#options.question, range: { fromNs: nowNs - WINDOW_NS, toNs: nowNs + AHEAD_NS } };
  }
}
