import type {
  ConnectionEvent,
  DataEvent,
  EventSink,
  ProcessEvent,
  SyscallStatsEvent,
} from '../sources/source.ts';

/** What tells of one process. */
export type HeldEvent =
  | { readonly kind: 'data'; readonly event: DataEvent }
  | { readonly kind: 'connection'; readonly event: ConnectionEvent }
  | { readonly kind: 'process'; readonly event: ProcessEvent }
  | { readonly kind: 'syscalls'; readonly event: SyscallStatsEvent };

/** Processes whose events are held at once. */
const MAX_PIDS = 256;
/** Of all events that are held, with what an event itself takes. */
const MAX_BYTES = 2 * 1024 * 1024;
const EVENT_BYTES = 512;

interface Hold {
  readonly events: HeldEvent[];
  readonly connectionIds: Set<number>;
  bytes: number;
}

/** Events of processes of which it is not decided yet whether they are captured, in their order. */
export class HeldEvents {
  readonly #holds = new Map<number, Hold>();
  readonly #holderOf = new Map<number, number>();
  #bytes = 0;

  get pids(): Iterable<number> {
    return this.#holds.keys();
  }

  get isEmpty(): boolean {
    return this.#holds.size === 0;
  }

  has(pid: number): boolean {
    return this.#holds.has(pid);
  }

  /** The process under which a connection's events are held: they stay in their order, whoever has it by now. */
  holderOf(connectionId: number): number | undefined {
    return this.#holderOf.get(connectionId);
  }

  /** Nothing that happens from this time on is held: Infinity when nothing is. */
  get earliestAtNs(): number {
    let earliest = Infinity;
    for (const { events } of this.#holds.values())
      earliest = Math.min(earliest, events[0]?.event.atNs ?? Infinity);
    return earliest;
  }

  /** Takes a copy of what is used again. False when there is no room: it is not held then. */
  add(pid: number, held: HeldEvent): boolean {
    const bytes = EVENT_BYTES + (held.kind === 'data' ? held.event.bytes.length : 0);
    const known = this.#holds.get(pid);
    if (this.#bytes + bytes > MAX_BYTES || (known === undefined && this.#holds.size >= MAX_PIDS))
      return false;
    const hold = known ?? { events: [], connectionIds: new Set(), bytes: 0 };
    this.#holds.set(pid, hold);
    this.#bytes += bytes;
    hold.bytes += bytes;
    if (held.kind === 'data' || held.kind === 'connection') {
      hold.connectionIds.add(held.event.connectionId);
      this.#holderOf.set(held.event.connectionId, pid);
    }
    hold.events.push(held.kind === 'data' ? { kind: 'data', event: copyOf(held.event) } : held);
    return true;
  }

  /** What was held of a process, which is held no longer. */
  take(pid: number): readonly HeldEvent[] {
    const hold = this.#holds.get(pid);
    if (hold === undefined) return [];
    this.#holds.delete(pid);
    this.#bytes -= hold.bytes;
    for (const connectionId of hold.connectionIds) this.#holderOf.delete(connectionId);
    return hold.events;
  }
}

function copyOf(event: DataEvent): DataEvent {
  return { ...event, bytes: event.bytes.slice() };
}

/** Hands it over as if it came now. */
export function handOver({ kind, event }: HeldEvent, sink: EventSink): void {
  if (kind === 'data') sink.data(event);
  else if (kind === 'connection') sink.connection(event);
  else if (kind === 'process') sink.process(event);
  else sink.syscalls(event);
}
