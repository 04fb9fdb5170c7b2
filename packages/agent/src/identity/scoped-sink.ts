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
import type { CaptureScope, CgroupHint } from './capture-scope.ts';

/** As many pids as Linux has by default on a machine of up to 32 CPUs (kernel.pid_max). */
const MAX_KNOWN_PIDS = 32_768;
/** While a process's pod is unknown, it is asked for at most so often. */
const ASK_AGAIN_NS = 100e6;

interface Known {
  readonly isCaptured: boolean;
  /** Time from which on it is asked again; Infinity once it is settled. */
  readonly askAtNs: number;
  readonly hint: CgroupHint;
}

/**
 * Lets through what belongs to captured pods. A process that is left out is told to the source, which then captures
 * nothing more of it and its children; what had come of it by then ends here, before anything is parsed or recorded.
 */
export class ScopedSink implements EventSink {
  readonly #next: EventSink;
  readonly #scope: CaptureScope;
  readonly #exclude: (pid: number) => void;
  readonly #known = new Map<number, Known>();

  constructor(next: EventSink, scope: CaptureScope, exclude: (pid: number) => void) {
    this.#next = next;
    this.#scope = scope;
    this.#exclude = exclude;
  }

  data(event: DataEvent): void {
    if (this.#isCaptured(event.pid, event.atNs)) this.#next.data(event);
  }

  connection(event: ConnectionEvent): void {
    if (this.#isCaptured(event.pid, event.atNs)) this.#next.connection(event);
  }

  syscalls(event: SyscallStatsEvent): void {
    if (this.#isCaptured(event.pid, event.atNs)) this.#next.syscalls(event);
  }

  /** A new program may be in another container than the one before: runc becomes what it starts. */
  process(event: ProcessEvent): void {
    // The last events of its connections come after its end: what was decided stays until another has the pid.
    if (
      event.kind === 'exit'
        ? this.#isCaptured(event.pid, event.atNs)
        : this.#decide(event.pid, event.atNs, event)
    )
      this.#next.process(event);
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

  #isCaptured(pid: number, atNs: number): boolean {
    const known = this.#known.get(pid);
    if (known !== undefined && atNs < known.askAtNs) return known.isCaptured;
    return this.#decide(pid, atNs, known?.hint);
  }

  #decide(pid: number, atNs: number, hint: CgroupHint = { containerId: '' }): boolean {
    const decision = this.#scope.decide(pid, hint);
    const isCaptured = decision === undefined ? this.#scope.capturesUnknown : decision === 'captured';
    if (this.#known.size >= MAX_KNOWN_PIDS) this.#known.clear(); // They are decided again at their next event.
    const askAtNs = decision === undefined ? atNs + ASK_AGAIN_NS : Infinity;
    const { containerId, podUid = '' } = hint;
    this.#known.set(pid, { isCaptured, askAtNs, hint: { containerId, podUid } });
    if (decision === 'left_out') this.#exclude(pid);
    return isCaptured;
  }
}
