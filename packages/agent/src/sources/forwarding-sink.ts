import type {
  ConnectionEvent,
  DataEvent,
  EventSink,
  ProbeEvent,
  ProcessEvent,
  SourceCounters,
  SourceLoss,
  SyscallStatsEvent,
} from './source.ts';

/** Hands on whatever it is told. Who stands between a source and a sink overrides what concerns it. */
export class ForwardingSink implements EventSink {
  protected readonly next: EventSink;

  constructor(next: EventSink) {
    this.next = next;
  }

  data(event: DataEvent): void {
    this.next.data(event);
  }

  connection(event: ConnectionEvent): void {
    this.next.connection(event);
  }

  process(event: ProcessEvent): void {
    this.next.process(event);
  }

  syscalls(event: SyscallStatsEvent): void {
    this.next.syscalls(event);
  }

  counters(event: SourceCounters): void {
    this.next.counters(event);
  }

  loss(event: SourceLoss): void {
    this.next.loss(event);
  }

  probe(event: ProbeEvent): void {
    this.next.probe(event);
  }

  clock(atNs: number, wallNs: bigint): void {
    this.next.clock(atNs, wallNs);
  }
}
