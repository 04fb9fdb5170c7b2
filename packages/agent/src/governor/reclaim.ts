import type { Clock } from '@tomte/kit';
import { collectGarbage } from './collect-garbage.ts';
import type { Usage } from './governor.ts';

/** Between two collections: one takes some 30 ms of a heap of 30 MiB. */
const EVERY_NS = 2_000_000_000n;

/**
 * What nobody uses any more is no use of memory: V8 collects late while the machine has room, and the C allocator
 * keeps what is free. So near the budget both give it back, and what is left is what counts.
 */
export class Reclaim {
  readonly #clock: Clock;
  readonly #giveBack: () => void;
  #dueNs = 0n;

  /** @param giveBack what the C allocator holds free goes back to the system */
  constructor(clock: Clock, giveBack: () => void) {
    this.#clock = clock;
    this.#giveBack = giveBack;
  }

  /** The reading, or that of `readAgain` after a reclaim. */
  whenOver(usage: Usage, limitBytes: number, readAgain: () => Pick<Usage, 'rssBytes' | 'ownBytes'>): Usage {
    const nowNs = this.#clock.monotonicNs();
    if (usage.ownBytes <= limitBytes || nowNs < this.#dueNs) return usage;
    this.#dueNs = nowNs + EVERY_NS;
    collectGarbage();
    this.#giveBack();
    return { ...usage, ...readAgain() };
  }
}
