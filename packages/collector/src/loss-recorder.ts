import { tableNames } from '@tomte/model';
import { BlockBuilder } from '@tomte/wire';
import type { Batch } from '@tomte/wire';
import type { Clock } from '@tomte/kit';
import type { BatchStore } from './batch-store.ts';
import type { CollectorStats } from './collector-stats.ts';
import type { QueryIds } from './query-ids.ts';
import type { BatchOwner, ReceivedBatch } from './received-batch.ts';

export interface LossRecorderOptions {
  readonly store: BatchStore;
  readonly clock: Clock;
  readonly stats: CollectorStats;
  readonly ids: QueryIds;
  readonly clusterName: string;
  readonly insertTimeoutMs: number;
}

/** Refusals that wait to be recorded; beyond it the agents record their own. */
const MAX_WAITING = 64;
const NS_PER_DAY = 86_400_000_000_000n;
/** Times further from now are not believed. */
const MAX_SKEW_NS = 400n * NS_PER_DAY;

/**
 * Stores what was refused as a row of `loss`, under the refused batch's own number: recording it again,
 * after a resend, finds it there.
 */
export class LossRecorder {
  readonly #options: LossRecorderOptions;
  #queue: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(options: LossRecorderOptions) {
    this.#options = options;
  }

  /** True when the row is stored; false leaves it to the agent. Never rejects. */
  async record(
    batch: Batch,
    owner: BatchOwner & { readonly spoolId: bigint },
    detail: string,
  ): Promise<boolean> {
    if (this.#waiting >= MAX_WAITING) return false;
    this.#waiting += 1;
    const recorded = this.#queue
      .then(() => this.#store(this.#toLossBatch(batch, owner, detail)))
      .catch(() => false);
    this.#queue = recorded;
    const isStored = await recorded;
    this.#waiting -= 1;
    return isStored;
  }

  async #store(batch: ReceivedBatch): Promise<boolean> {
    const { store, ids, stats, insertTimeoutMs } = this.#options;
    if ((await store.countRows([batch])).size > 0) return true;
    const queryId = ids.next('loss');
    const result = await store.insert([batch], { queryId, token: queryId, timeoutMs: insertTimeoutMs });
    const isStored = result.kind === 'committed' || (await store.countRows([batch])).size > 0;
    if (isStored) stats.lossRowsWritten += 1;
    return isStored;
  }

  #believe(timeNs: bigint): bigint {
    const nowNs = this.#options.clock.wallNs();
    return timeNs > nowNs - MAX_SKEW_NS && timeNs < nowNs + MAX_SKEW_NS ? timeNs : nowNs;
  }

  #toLossBatch(
    batch: Batch,
    owner: BatchOwner & { readonly spoolId: bigint },
    detail: string,
  ): ReceivedBatch {
    const builder = new BlockBuilder('loss', { maxRows: 1, maxBytes: 65_536 });
    const start = this.#believe(batch.firstTimeNs);
    builder.append({
      start_time: start,
      end_time: this.#believe(batch.lastTimeNs),
      source: tableNames.some((name) => name === batch.table) ? batch.table : 'collector',
      reason: 'batch_refused',
      events: BigInt(batch.rows),
      bytes: null,
      connection_id: 0n,
      role: 'unknown',
      direction: 'none',
      first_byte: 0n,
      detail,
    });
    const { agentId, hostName, spoolId } = owner;
    const { clusterName } = this.#options;
    const block = builder.seal({ clusterName, hostName, agentId, spoolId, batchSeq: BigInt(batch.seq) });
    return {
      key: `loss ${spoolId}:${batch.seq}`,
      spoolId,
      seq: batch.seq,
      table: 'loss',
      day: Number(start / NS_PER_DAY),
      rows: 1,
      firstTimeNs: start,
      lastTimeNs: start,
      columns: '',
      payload: block.payload,
      owner,
      isAmbiguous: true,
      attempts: 0,
    };
  }
}
