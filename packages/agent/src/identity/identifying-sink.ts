import type {
  ConnectionEvent,
  DataEvent,
  EventSink,
  ProbeEvent,
  ProcessEvent,
  SourceCounters,
  SourceLoss,
  SyscallStatsEvent,
} from '../sources/source.ts';
import type { ProcReader } from './proc-reader.ts';

/** As many pids as Linux has by default on a machine of up to 32 CPUs (kernel.pid_max). */
const MAX_KNOWN_PIDS = 32_768;

/**
 * Stands between a live source and whoever listens: before the first event of a process it says who that
 * is, read from /proc. So a recording holds the identities too, and a replay needs no /proc.
 */
export class IdentifyingSink implements EventSink {
  readonly #next: EventSink;
  readonly #reader: ProcReader;
  readonly #known = new Set<number>();
  #lastPid = -1;

  constructor(next: EventSink, reader: ProcReader) {
    this.#next = next;
    this.#reader = reader;
  }

  data(event: DataEvent): void {
    if (event.pid !== this.#lastPid) this.#meet(event.pid, event.atNs);
    this.#next.data(event);
  }

  connection(event: ConnectionEvent): void {
    this.#meet(event.pid, event.atNs);
    this.#next.connection(event);
  }

  syscalls(event: SyscallStatsEvent): void {
    this.#meet(event.pid, event.atNs);
    this.#next.syscalls(event);
  }

  process(event: ProcessEvent): void {
    this.#lastPid = -1;
    if (event.kind === 'exit') this.#known.delete(event.pid);
    else this.#remember(event.pid);
    this.#next.process(event.kind === 'exit' ? event : this.#complete(event));
  }

  counters(event: SourceCounters): void {
    this.#next.counters(event);
  }

  loss(event: SourceLoss): void {
    this.#next.loss(event);
  }

  probe(event: ProbeEvent): void {
    this.#next.probe(event);
  }

  clock(atNs: number, wallNs: bigint): void {
    this.#next.clock(atNs, wallNs);
  }

  #meet(pid: number, atNs: number): void {
    if (pid === 0 || this.#known.has(pid)) return;
    this.#remember(pid);
    const facts = this.#reader.read(pid);
    if (facts === undefined) return;
    this.#next.process({ kind: 'seen', atNs, pid, ...facts, exitCode: undefined, exitSignal: undefined });
  }

  /** The kernel's event may say less than /proc does. */
  #complete(event: ProcessEvent): ProcessEvent {
    if (event.executable !== '' && event.commandLine !== '' && event.startWallNs !== undefined) return event;
    const facts = this.#reader.read(event.pid);
    if (facts === undefined) return event;
    return {
      ...event,
      parentPid: event.parentPid === 0 ? facts.parentPid : event.parentPid,
      startWallNs: event.startWallNs ?? facts.startWallNs,
      executable: event.executable === '' ? facts.executable : event.executable,
      commandLine: event.commandLine === '' ? facts.commandLine : event.commandLine,
      containerId: event.containerId === '' ? facts.containerId : event.containerId,
    };
  }

  #remember(pid: number): void {
    this.#lastPid = pid;
    if (this.#known.size >= MAX_KNOWN_PIDS) this.#known.clear(); // They are read again at their next event.
    this.#known.add(pid);
  }
}
