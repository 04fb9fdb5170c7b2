import {
  connectionEventKind,
  decodeConnectionEvent,
  decodeExecEvent,
  decodeExitEvent,
  decodeMappingEvent,
  eventHeaderOffsets,
  eventType,
  newConnectionEvent,
  newExecEvent,
  newExitEvent,
  newMappingEvent,
} from '@tomte/bpf-host';
import type { MappingEvent, RingReader, TimeOrigin } from '@tomte/bpf-host';
import type { ConnectionEvent, EventSink, ProcessEvent } from '../source.ts';
import { toConnectionEvent } from './connection-record.ts';
import { ListeningPorts } from './listening-ports.ts';
import { toExecEvent, toExitEvent } from './process-record.ts';

export interface LifecycleListener {
  exec(event: ProcessEvent): void;
  exit(event: ProcessEvent): void;
  mapping(event: MappingEvent): void;
  /** Does the process use a TLS library that is probed? */
  usesProbedTls(pid: number): boolean;
}

type Ending =
  | { readonly kind: 'connection'; readonly event: ConnectionEvent }
  | { readonly kind: 'process'; readonly event: ProcessEvent };

/** Kept for verdicts; a close lost with a full ring leaves an entry, so the oldest go. */
const SOCKS_MAX = 262_144;

/**
 * Hands over what begins at once, so that it comes before its data, and holds back what ends until the
 * data that the kernel wrote before it have been handed over.
 */
export class LifecycleDrain {
  shippedEvents = 0;
  readonly #ring: RingReader;
  readonly #origin: TimeOrigin;
  readonly #bootWallNs: bigint;
  readonly #listener: LifecycleListener;
  readonly #ports = new ListeningPorts();
  readonly #socks = new Map<number, bigint>();
  readonly #connection = newConnectionEvent();
  readonly #exec = newExecEvent();
  readonly #exit = newExitEvent();
  readonly #mapping = newMappingEvent();
  #endings: Ending[] = [];

  constructor(
    ring: RingReader,
    clock: { readonly origin: TimeOrigin; readonly bootWallNs: bigint },
    listener: LifecycleListener,
  ) {
    this.#ring = ring;
    this.#origin = clock.origin;
    this.#bootWallNs = clock.bootWallNs;
    this.#listener = listener;
  }

  drain(sink: EventSink): void {
    this.#ring.drain(this.#ring.pendingBytes(), (offset) => this.#deliver(sink, offset));
  }

  /** Ends that were read so far; the caller hands them over once the data before them are through. */
  takeEndings(): Ending[] {
    const endings = this.#endings;
    this.#endings = [];
    return endings;
  }

  deliverEndings(sink: EventSink, endings: readonly Ending[]): void {
    for (const ending of endings) {
      if (ending.kind === 'connection') {
        this.#socks.delete(ending.event.connectionId);
        sink.connection(ending.event);
        continue;
      }
      sink.process(ending.event);
      this.#listener.exit(ending.event);
    }
  }

  /** Address of the sock of a live connection. */
  sockOf(connectionId: number): bigint | undefined {
    return this.#socks.get(connectionId);
  }

  #deliver(sink: EventSink, offset: number): void {
    const { view } = this.#ring;
    this.shippedEvents += 1;
    switch (view.getUint8(offset + eventHeaderOffsets.type)) {
      case eventType.eventConnection:
        return this.#deliverConnection(sink, offset);
      case eventType.eventExec:
        decodeExecEvent(view, offset, this.#origin, this.#exec);
        return this.#deliverExec(sink);
      case eventType.eventExit:
        decodeExitEvent(view, offset, this.#origin, this.#exit);
        this.#endings.push({ kind: 'process', event: toExitEvent(this.#exit, this.#bootWallNs) });
        return;
      case eventType.eventMapping:
        decodeMappingEvent(view, offset, this.#origin, this.#mapping);
        return this.#listener.mapping(this.#mapping);
    }
  }

  #deliverExec(sink: EventSink): void {
    const event = toExecEvent(this.#exec, this.#bootWallNs);
    sink.process(event);
    this.#listener.exec(event);
  }

  #deliverConnection(sink: EventSink, offset: number): void {
    const record = this.#connection;
    decodeConnectionEvent(this.#ring.view, offset, this.#origin, record);
    const event = toConnectionEvent(record, this.#ports);
    if (
      record.kind === connectionEventKind.connectionClosed ||
      record.kind === connectionEventKind.connectionFailed
    ) {
      const isUnbound =
        record.isTls !== 0 && record.isTlsBound === 0 && this.#listener.usesProbedTls(record.pid);
      if (isUnbound) this.#endings.push({ kind: 'connection', event: { ...event, kind: 'tls_unbound' } });
      this.#endings.push({ kind: 'connection', event });
      return;
    }
    this.#rememberSock(record.connectionId, record.sock);
    sink.connection(event);
  }

  #rememberSock(connectionId: number, sock: bigint): void {
    this.#socks.set(connectionId, sock);
    if (this.#socks.size <= SOCKS_MAX) return;
    const oldest = this.#socks.keys().next();
    if (oldest.done !== true) this.#socks.delete(oldest.value);
  }
}
