import { ForwardingSink } from '../sources/forwarding-sink.ts';
import type {
  ConnectionEvent,
  DataEvent,
  EventSink,
  ProcessEvent,
  SyscallStatsEvent,
} from '../sources/source.ts';
import type { ProcReader } from './proc-reader.ts';

/** As many pids as Linux has by default on a machine of up to 32 CPUs (kernel.pid_max). */
const MAX_KNOWN_PIDS = 32_768;

/**
 * Stands between a live source and whoever listens: before the first event of a process it says who that
 * is, read from /proc. So a recording holds the identities too, and a replay needs no /proc.
 */
export class IdentifyingSink extends ForwardingSink {
  readonly #reader: ProcReader;
  readonly #known = new Set<number>();
  #lastPid = -1;

  constructor(next: EventSink, reader: ProcReader) {
    super(next);
    this.#reader = reader;
  }

  override data(event: DataEvent): void {
    if (event.pid !== this.#lastPid) this.#meet(event.pid, event.atNs);
    this.next.data(event);
  }

  override connection(event: ConnectionEvent): void {
    this.#meet(event.pid, event.atNs);
    this.next.connection(event);
  }

  override syscalls(event: SyscallStatsEvent): void {
    this.#meet(event.pid, event.atNs);
    this.next.syscalls(event);
  }

  override process(event: ProcessEvent): void {
    this.#lastPid = -1;
    if (event.kind === 'exit') this.#known.delete(event.pid);
    else this.#remember(event.pid);
    this.next.process(event.kind === 'exit' ? event : this.#complete(event));
  }

  #meet(pid: number, atNs: number): void {
    if (pid === 0 || this.#known.has(pid)) return;
    this.#remember(pid);
    const facts = this.#reader.read(pid);
    if (facts === undefined) return;
    this.next.process({ kind: 'seen', atNs, pid, ...facts, exitCode: undefined, exitSignal: undefined });
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
