import { decodeCounters, dropReason, eventSource, keyOfUint32, newCounters } from '@tomte/bpf-host';
import type { BpfMap } from '@tomte/bpf-host';
import { COUNTED_IN_KERNEL } from '@tomte/model';
import type { LossReason } from '@tomte/model';
import type { EventSink, SourceCounters } from '../source.ts';

const sources = [
  { id: eventSource.sourceSocketData, name: 'socket_data', isData: true },
  { id: eventSource.sourceTlsData, name: 'tls_data', isData: true },
  { id: eventSource.sourceLifecycle, name: 'lifecycle', isData: false },
  { id: eventSource.sourceSyscallStats, name: 'syscall_stats', isData: false },
] as const;

const reasons: readonly { readonly id: number; readonly name: LossReason }[] = [
  { id: dropReason.dropRingFull, name: 'ring_full' },
  { id: dropReason.dropCaptureLimit, name: 'capture_limit' },
  { id: dropReason.dropReadFault, name: 'read_fault' },
  { id: dropReason.dropMapFull, name: 'map_full' },
  { id: dropReason.dropTlsUnbound, name: 'tls_unbound' },
  { id: dropReason.dropNotInMemory, name: 'not_in_memory' },
];

/** Sums over the processors of one source, since load. */
export interface SourceTotals {
  readonly capturedEvents: number;
  readonly capturedBytes: number;
  readonly droppedEvents: readonly number[];
  readonly droppedBytes: readonly number[];
}

/** Reads the kernel's counters: one system call a source. */
export class KernelAccounting {
  readonly #map: BpfMap;
  readonly #reported = new Map<string, { events: number; bytes: number }>();
  #lastAtNs = 0;

  constructor(map: BpfMap) {
    this.#map = map;
  }

  totals(source: number): SourceTotals {
    const memory = this.#map.lookup(keyOfUint32(source)) ?? Buffer.alloc(this.#map.lookupBytes);
    const view = new DataView(memory.buffer, memory.byteOffset, memory.length);
    const sum = { ...newCounters(), droppedEvents: zeros(), droppedBytes: zeros() };
    const one = newCounters();
    for (let at = 0; at < memory.length; at += this.#map.shape.valueBytes) {
      decodeCounters(view, at, one);
      sum.capturedEvents += one.capturedEvents;
      sum.capturedBytes += one.capturedBytes;
      addTo(sum.droppedEvents, one.droppedEvents);
      addTo(sum.droppedBytes, one.droppedBytes);
    }
    return sum;
  }

  /** Counters of all byte streams together, and a loss row for each source and reason that grew. */
  report(sink: EventSink, atNs: number): void {
    const counters = { atNs, capturedEvents: 0n, capturedBytes: 0n, droppedEvents: 0n, droppedBytes: 0n };
    for (const source of sources) {
      const totals = this.totals(source.id);
      if (source.isData) addData(counters, totals);
      for (const reason of reasons) this.#reportLoss(sink, { source: source.name, reason, totals, atNs });
    }
    sink.counters(counters);
    this.#lastAtNs = atNs;
  }

  #reportLoss(sink: EventSink, grown: Grown): void {
    const { source, reason, totals, atNs } = grown;
    const key = `${source}/${reason.name}`;
    const before = this.#reported.get(key) ?? { events: 0, bytes: 0 };
    const now = { events: totals.droppedEvents[reason.id] ?? 0, bytes: totals.droppedBytes[reason.id] ?? 0 };
    if (now.events === before.events && now.bytes === before.bytes) return;
    this.#reported.set(key, now);
    sink.loss({
      startNs: this.#lastAtNs,
      endNs: atNs,
      source,
      reason: reason.name,
      events: BigInt(now.events - before.events),
      bytes: BigInt(now.bytes - before.bytes),
      detail: COUNTED_IN_KERNEL,
    });
  }
}

interface Grown {
  readonly source: string;
  readonly reason: { readonly id: number; readonly name: LossReason };
  readonly totals: SourceTotals;
  readonly atNs: number;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

function addData(counters: Mutable<SourceCounters>, totals: SourceTotals): void {
  counters.capturedEvents += BigInt(totals.capturedEvents);
  counters.capturedBytes += BigInt(totals.capturedBytes);
  counters.droppedEvents += BigInt(totals.droppedEvents.reduce((sum, value) => sum + value, 0));
  counters.droppedBytes += BigInt(totals.droppedBytes.reduce((sum, value) => sum + value, 0));
}

function zeros(): number[] {
  return new Array<number>(dropReason.dropReasonCount).fill(0);
}

function addTo(sum: number[], values: readonly number[]): void {
  values.forEach((value, index) => {
    sum[index] = (sum[index] ?? 0) + value;
  });
}
