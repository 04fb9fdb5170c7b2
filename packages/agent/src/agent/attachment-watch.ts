import type { Pipeline } from '../pipeline/pipeline.ts';
import { ForwardingSink } from '../sources/forwarding-sink.ts';
import type { SourceCounters } from '../sources/source.ts';
import type { Spool } from '../spool/spool.ts';
import { appendAgentDown } from './agent-core.ts';

/** The first counters come when everything is attached: a gap after an unclean end closes there. */
export class AttachmentWatch extends ForwardingSink {
  readonly #pipeline: Pipeline;
  #openSinceWallNs: bigint;

  constructor(pipeline: Pipeline, { recovered }: Pick<Spool, 'recovered'>) {
    super(pipeline);
    this.#pipeline = pipeline;
    const { isNew, isClean, completeToNs } = recovered;
    this.#openSinceWallNs = isNew || isClean ? 0n : completeToNs;
  }

  override counters(event: SourceCounters): void {
    if (this.#openSinceWallNs > 0n) appendAgentDown(this.#pipeline, this.#openSinceWallNs, event.atNs);
    this.#openSinceWallNs = 0n;
    this.next.counters(event);
  }
}
