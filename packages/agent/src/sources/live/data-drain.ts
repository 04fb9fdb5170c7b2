import { dataEventBytes, decodeDataEvent, direction, dropReason, newDataEvent } from '@tomte/bpf-host';
import type { RingReader, TimeOrigin } from '@tomte/bpf-host';
import type { DataEvent, EventSink } from '../source.ts';

function cutReasonOf(reason: number): DataEvent['cutReason'] {
  if (reason === dropReason.dropNone) return '';
  if (reason === dropReason.dropCaptureLimit) return 'capture_limit';
  return reason === dropReason.dropNotInMemory ? 'not_in_memory' : 'read_fault';
}

/** What came out of the data ring: with the kernel's counters it must add up. */
export interface ShippedTotals {
  events: number;
  trueBytes: number;
  attachedBytes: number;
}

/** Hands over data events without allocating but for the view of their bytes. */
export class DataDrain {
  readonly shipped: ShippedTotals = { events: 0, trueBytes: 0, attachedBytes: 0 };
  readonly #ring: RingReader;
  readonly #origin: TimeOrigin;
  readonly #record = newDataEvent();
  readonly #event: DataEvent;
  #sink: EventSink | undefined;
  readonly #onRecord = (offset: number): void => this.#deliver(offset);

  constructor(ring: RingReader, origin: TimeOrigin) {
    this.#ring = ring;
    this.#origin = origin;
    this.#event = {
      atNs: 0,
      connectionId: 0,
      pid: 0,
      direction: 'sent',
      isPlaintextOfTls: false,
      position: 0,
      trueBytes: 0,
      bytes: new Uint8Array(),
      cutReason: '',
    };
  }

  /** True when all of `limitBytes` was handed over. */
  drain(sink: EventSink, limitBytes: number): boolean {
    this.#sink = sink;
    return this.#ring.drain(limitBytes, this.#onRecord) >= limitBytes;
  }

  #deliver(offset: number): void {
    const record = this.#record;
    const event = this.#event;
    decodeDataEvent(this.#ring.view, offset, this.#origin, record);
    event.atNs = record.at;
    event.connectionId = record.connectionId;
    event.pid = record.pid;
    event.direction = record.direction === direction.directionSent ? 'sent' : 'received';
    event.isPlaintextOfTls = record.isPlaintextOfTls !== 0;
    event.position = record.position;
    event.trueBytes = record.trueBytes;
    event.cutReason = cutReasonOf(record.cutReason);
    const start = offset + dataEventBytes;
    event.bytes = this.#ring.bytes.subarray(start, start + record.capturedBytes);
    this.shipped.events += 1;
    this.shipped.trueBytes += record.trueBytes;
    this.shipped.attachedBytes += record.capturedBytes;
    this.#sink?.data(event);
  }
}
