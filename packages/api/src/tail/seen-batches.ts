import type { BatchName } from '@tomte/query';

/** Batches of one spool may be stored a little out of order: so far back they are looked for. */
const OVERLAP = 64n;
/** Spools that are remembered; the one that was silent for longest is forgotten, and its newest batches are told twice. */
const MAX_SPOOLS = 10_000;

interface Spool {
  last: bigint;
  readonly near: Set<bigint>;
}

/** Which batches were looked at, by spool. */
export class SeenBatches {
  readonly #spools = new Map<bigint, Spool>();

  /** False when it was seen before. */
  add({ spoolId, batchSeq }: BatchName): boolean {
    const spool = this.#spools.get(spoolId) ?? { last: 0n, near: new Set<bigint>() };
    if (spool.near.has(batchSeq) || batchSeq + OVERLAP <= spool.last) return false;
    spool.near.add(batchSeq);
    if (batchSeq > spool.last) spool.last = batchSeq;
    for (const seq of spool.near) if (seq + OVERLAP <= spool.last) spool.near.delete(seq);
    this.#spools.delete(spoolId);
    this.#spools.set(spoolId, spool);
    const [oldest] = this.#spools.keys();
    if (this.#spools.size > MAX_SPOOLS && oldest !== undefined) this.#spools.delete(oldest);
    return true;
  }

  /** Of each spool the batch after which to look. */
  last(): readonly BatchName[] {
    return [...this.#spools].map(([spoolId, { last }]) => ({
      spoolId,
      batchSeq: last > OVERLAP ? last - OVERLAP : 0n,
    }));
  }
}
