import type { DataEvent, EventSink } from '../sources/source.ts';
import type { GovernorStep } from './governor.ts';

const noBytes = new Uint8Array(0);
/** One connection in so many keeps its payload at the step `sampled`. */
const SAMPLED_ONE_IN = 10;

/** Takes the payload from events when the governor says so; their positions stay, so nothing is unknown. */
export function govern(sink: EventSink, step: () => GovernorStep): EventSink {
  return {
    data(event: DataEvent): void {
      const now = step();
      const isShed = now === 'counts' || (now === 'sampled' && event.connectionId % SAMPLED_ONE_IN !== 0);
      if (isShed && event.bytes.length > 0) sink.data({ ...event, bytes: noBytes, cutReason: 'governor' });
      else sink.data(event);
    },
    connection: (event) => sink.connection(event),
    process: (event) => sink.process(event),
    syscalls: (event) => sink.syscalls(event),
    counters: (event) => sink.counters(event),
    loss: (event) => sink.loss(event),
    probe: (event) => sink.probe(event),
    clock: (atNs, wallNs) => sink.clock(atNs, wallNs),
  };
}
