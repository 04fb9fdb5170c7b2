import { ForwardingSink } from '../sources/forwarding-sink.ts';
import type { DataEvent, EventSink } from '../sources/source.ts';
import type { GovernorStep } from './governor.ts';

const noBytes = new Uint8Array(0);
/** One connection in so many keeps its payload at the step `sampled`. */
const SAMPLED_ONE_IN = 10;

/** Takes the payload from events when the governor says so; their positions stay, so nothing is unknown. */
export class GovernedSink extends ForwardingSink {
  readonly #step: () => GovernorStep;

  constructor(next: EventSink, step: () => GovernorStep) {
    super(next);
    this.#step = step;
  }

  override data(event: DataEvent): void {
    const now = this.#step();
    const isShed = now === 'counts' || (now === 'sampled' && event.connectionId % SAMPLED_ONE_IN !== 0);
    if (isShed && event.bytes.length > 0) this.next.data({ ...event, bytes: noBytes, cutReason: 'governor' });
    else this.next.data(event);
  }
}
