import { ForwardingSink } from '../sources/forwarding-sink.ts';
import type {
  ConnectionEvent,
  DataEvent,
  EventSink,
  ProcessEvent,
  SourceCounters,
  SyscallStatsEvent,
} from '../sources/source.ts';
import type { CaptureScope, CgroupHint } from './capture-scope.ts';
import { handOver, HeldEvents } from './held-events.ts';
import type { HeldEvent } from './held-events.ts';
import { UnknownLosses } from './unknown-losses.ts';

/** As many pids as Linux has by default on a machine of up to 32 CPUs (kernel.pid_max). */
const MAX_KNOWN_PIDS = 32_768;
/** While a process's pod is unknown, it is asked for at most so often. */
const ASK_AGAIN_NS = 100e6;
/** As long as the watch of a new pod may take, and half a row's way to a query. */
const PATIENCE_NS = 1.5e9;

/** `lost`: dropped although it may have been asked for, and counted. */
type Verdict = 'captured' | 'dropped' | 'held' | 'lost';

interface Known {
  readonly verdict: Verdict;
  /** Time from which on it is asked again; Infinity once it is settled. */
  readonly askAtNs: number;
  /** Since when its pod is unknown. */
  readonly unknownSinceNs: number;
  readonly hint: CgroupHint;
  readonly hasEnded: boolean;
}

const noHint: CgroupHint = { containerId: '' };

/**
 * Lets through what belongs to captured pods. A process that is left out is told to the source, which then captures
 * nothing more of it and its children; what had come of it by then ends here, before anything is parsed or recorded.
 * What comes before its pod is known is held, within bounds and for a while.
 */
export class ScopedSink extends ForwardingSink {
  readonly #scope: CaptureScope;
  readonly #exclude: (pid: number) => void;
  readonly #known = new Map<number, Known>();
  readonly #held = new HeldEvents();
  readonly #losses = new UnknownLosses();

  constructor(next: EventSink, scope: CaptureScope, exclude: (pid: number) => void) {
    super(next);
    this.#scope = scope;
    this.#exclude = exclude;
  }

  /** Every event before this time was handed on, or never will be. */
  get earliestHeldNs(): number {
    return this.#held.earliestAtNs;
  }

  override data(event: DataEvent): void {
    const verdict = this.#verdictOf(event.pid, event.atNs, event.connectionId);
    if (verdict === 'captured') this.next.data(event);
    else if (verdict !== 'dropped') this.#keep(verdict, { kind: 'data', event });
  }

  override connection(event: ConnectionEvent): void {
    const verdict = this.#verdictOf(event.pid, event.atNs, event.connectionId);
    if (verdict === 'captured') this.next.connection(event);
    else if (verdict !== 'dropped') this.#keep(verdict, { kind: 'connection', event });
  }

  override syscalls(event: SyscallStatsEvent): void {
    const verdict = this.#verdictOf(event.pid, event.atNs);
    if (verdict === 'captured') this.next.syscalls(event);
    else if (verdict !== 'dropped') this.#keep(verdict, { kind: 'syscalls', event });
  }

  /** A new program may be in another container than the one before: runc becomes what it starts. */
  override process(event: ProcessEvent): void {
    // The last events of its connections come after its end: what was decided stays until another has the pid.
    const verdict = event.kind === 'exit' ? this.#end(event) : this.#begin(event);
    if (verdict === 'captured') this.next.process(event);
    else if (verdict !== 'dropped') this.#keep(verdict, { kind: 'process', event });
  }

  override counters(event: SourceCounters): void {
    for (const loss of this.#losses.take()) this.next.loss(loss);
    this.next.counters(event);
  }

  /** Asks again for the pods of those whose events are held. */
  tick(nowNs: number): void {
    if (this.#held.isEmpty) return;
    for (const pid of [...this.#held.pids]) this.#verdictOf(pid, nowNs);
  }

  /** No event comes any more: nothing is held from here on. */
  end(): void {
    for (const pid of [...this.#held.pids]) this.#release(pid, this.#verdictWithoutPod);
    for (const loss of this.#losses.take()) this.next.loss(loss);
  }

  get #verdictWithoutPod(): Verdict {
    return this.#scope.capturesUnknown ? 'captured' : 'lost';
  }

  #verdictOf(pid: number, atNs: number, connectionId?: number): Verdict {
    if (connectionId !== undefined && !this.#held.isEmpty) {
      const holder = this.#held.holderOf(connectionId);
      if (holder !== undefined && holder !== pid && this.#verdictOf(holder, atNs) === 'held') return 'held';
    }
    const known = this.#known.get(pid);
    if (known !== undefined && atNs < known.askAtNs) return known.verdict;
    return this.#decide(pid, atNs, known);
  }

  #begin({ pid, atNs, containerId, podUid }: ProcessEvent): Verdict {
    const known = this.#known.get(pid);
    const isAnother = known?.hasEnded === true;
    if (isAnother) this.#release(pid, this.#verdictWithoutPod);
    const unknownSinceNs = known?.verdict === 'held' && !isAnother ? known.unknownSinceNs : atNs;
    return this.#decide(pid, atNs, { unknownSinceNs, hint: { containerId, podUid }, hasEnded: false });
  }

  #end(event: ProcessEvent): Verdict {
    const { pid, atNs, parentPid } = event;
    if (!this.#known.has(pid)) {
      // It has never executed a program and said nothing: it was where its parent is.
      const ofParent = this.#settledVerdictOf(parentPid);
      if (ofParent !== undefined) return ofParent;
    }
    const verdict = this.#known.has(pid) ? this.#verdictOf(pid, atNs) : this.#begin(event);
    const known = this.#known.get(pid);
    if (known !== undefined) this.#known.set(pid, { ...known, hasEnded: true });
    return verdict;
  }

  /** Undefined where it may change. */
  #settledVerdictOf(pid: number): Verdict | undefined {
    const known = this.#known.get(pid);
    if (known !== undefined) return known.askAtNs === Infinity ? known.verdict : undefined;
    const decision = this.#scope.decide(pid);
    if (decision === undefined) return undefined;
    return decision === 'captured' ? 'captured' : 'dropped';
  }

  #decide(
    pid: number,
    atNs: number,
    { unknownSinceNs, hint, hasEnded }: Pick<Known, 'unknownSinceNs' | 'hint' | 'hasEnded'> = {
      unknownSinceNs: atNs,
      hint: noHint,
      hasEnded: false,
    },
  ): Verdict {
    const decision = this.#scope.decide(pid, hint);
    const isPatient = atNs - unknownSinceNs < PATIENCE_NS;
    const withoutPod = isPatient ? 'held' : this.#verdictWithoutPod;
    const settled = decision === 'captured' ? 'captured' : 'dropped';
    const verdict = decision === undefined ? withoutPod : settled;
    if (this.#known.size >= MAX_KNOWN_PIDS) this.#forget(); // They are decided again at their next event.
    const askAtNs = decision === undefined ? atNs + ASK_AGAIN_NS : Infinity;
    this.#known.set(pid, { verdict, askAtNs, unknownSinceNs, hint, hasEnded });
    if (verdict !== 'held') this.#release(pid, verdict);
    if (decision === 'left_out') this.#exclude(pid);
    return verdict;
  }

  #forget(): void {
    for (const pid of this.#known.keys()) if (!this.#held.has(pid)) this.#known.delete(pid);
  }

  #keep(verdict: 'held' | 'lost', held: HeldEvent): void {
    const holder = 'connectionId' in held.event ? this.#held.holderOf(held.event.connectionId) : undefined;
    const pid = holder ?? held.event.pid;
    if (verdict === 'held' && this.#held.add(pid, held)) return;
    const overBound = this.#verdictWithoutPod;
    if (verdict === 'held') this.#release(pid, overBound);
    if (verdict === 'held' && overBound === 'captured') handOver(held, this.next);
    else this.#losses.add(held);
  }

  #release(pid: number, verdict: Verdict): void {
    for (const held of this.#held.take(pid)) {
      if (verdict === 'captured') handOver(held, this.next);
      else if (verdict === 'lost') this.#losses.add(held);
    }
  }
}
