import type { Pipeline } from '../pipeline/pipeline.ts';
import { ForwardingSink } from '../sources/forwarding-sink.ts';
import type { SourceCounters } from '../sources/source.ts';
import type { Spool } from '../spool/spool.ts';
import { appendAgentDown } from './agent-core.ts';

/** The first counters come when everything is attached: the gap since the agent before this one closes there. */
export class AttachmentWatch extends ForwardingSink {
  readonly #pipeline: Pipeline;
  readonly #wasStopped: boolean;
  #openSinceWallNs: bigint;

  constructor(pipeline: Pipeline, { recovered }: Pick<Spool, 'recovered'>) {
    super(pipeline);
    this.#pipeline = pipeline;
    const { isNew, isClean, completeToNs } = recovered;
    this.#wasStopped = isClean;
    this.#openSinceWallNs = isNew ? 0n : completeToNs;
  }

  override counters(event: SourceCounters): void {
    if (this.#openSinceWallNs > 0n) {
      const detail = `the agent before this one ${this.#wasStopped ? 'was stopped' : 'ended without notice'}`;
      appendAgentDown(this.#pipeline, { completeToNs: this.#openSinceWallNs, atNs: event.atNs, detail });
    }
    this.#openSinceWallNs = 0n;
    this.next.counters(event);
  }
}
