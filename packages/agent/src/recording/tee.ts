import type { EventSink } from '../sources/source.ts';

/** Gives each event to both, the first one first. */
export function tee(first: EventSink, second: EventSink): EventSink {
  return {
    data(event) {
      first.data(event);
      second.data(event);
    },
    connection(event) {
      first.connection(event);
      second.connection(event);
    },
    process(event) {
      first.process(event);
      second.process(event);
    },
    syscalls(event) {
      first.syscalls(event);
      second.syscalls(event);
    },
    counters(event) {
      first.counters(event);
      second.counters(event);
    },
    loss(event) {
      first.loss(event);
      second.loss(event);
    },
    probe(event) {
      first.probe(event);
      second.probe(event);
    },
    clock(atNs, wallNs) {
      first.clock(atNs, wallNs);
      second.clock(atNs, wallNs);
    },
  };
}
