import {
  decodeSyscallCounts,
  decodeSyscallKey,
  newSyscallCounts,
  newSyscallKey,
  syscallCountsBytes,
  syscallKeyBytes,
} from '@tomte/bpf-host';
import type { BpfMap, SyscallCounts } from '@tomte/bpf-host';
import type { EventSink } from '../../source.ts';
import { arm64Syscalls, x64Syscalls } from './gen/names.ts';

const REPORT_EVERY_NS = 5e9;
/** The dead are read for the last time so soon after their end. */
const REPORT_EXITED_NS = 2.5e8;

const names = process.arch === 'arm64' ? arm64Syscalls : x64Syscalls;

/** Name of a system call of this machine; its number in words when the table is older than the kernel. */
function syscallName(number: number): string {
  return names[number] ?? `syscall_${String(number)}`;
}

interface Reported extends SyscallCounts {
  atNs: number;
}

/** Reads what the kernel added up and reports what is new since the last time. */
export class SyscallStats {
  readonly #map: BpfMap;
  readonly #reported = new Map<string, Reported>();
  readonly #exited = new Set<number>();
  #lastAtNs = 0;

  constructor(map: BpfMap) {
    this.#map = map;
  }

  /** The process has ended: its next report is its last, and its entries go. */
  exit(pid: number): void {
    this.#exited.add(pid);
  }

  reportWhenDue(sink: EventSink, nowNs: number): void {
    const waitNs = this.#exited.size > 0 ? REPORT_EXITED_NS : REPORT_EVERY_NS;
    if (nowNs - this.#lastAtNs >= waitNs) this.report(sink, nowNs);
  }

  report(sink: EventSink, nowNs: number): void {
    const startNs = this.#lastAtNs;
    this.#lastAtNs = nowNs;
    const key = newSyscallKey();
    const exited = new Set(this.#exited);
    this.#exited.clear();
    for (const { key: keyBytes, value } of this.#map.entries(syscallKeyBytes, syscallCountsBytes)) {
      decodeSyscallKey(viewOf(keyBytes), 0, key);
      const counts = newSyscallCounts();
      decodeSyscallCounts(viewOf(value), 0, counts);
      this.#reportGrowth(sink, { ...key, nowNs, startNs, counts });
      if (!exited.has(key.tgid)) continue;
      this.#map.delete(keyBytes);
      this.#reported.delete(`${String(key.tgid)}/${String(key.number)}`);
    }
  }

  #reportGrowth(sink: EventSink, { tgid, number, nowNs, startNs, counts }: Growth): void {
    const name = `${String(tgid)}/${String(number)}`;
    const before = this.#reported.get(name);
    const calls = counts.calls - (before?.calls ?? 0);
    if (calls === 0) return;
    this.#reported.set(name, { ...counts, atNs: nowNs });
    sink.syscalls({
      atNs: nowNs,
      intervalNs: nowNs - (before?.atNs ?? startNs),
      pid: tgid,
      syscall: syscallName(number),
      callCount: BigInt(calls),
      errorCount: BigInt(counts.errors - (before?.errors ?? 0)),
      totalNs: BigInt(counts.totalNs - (before?.totalNs ?? 0)),
      maxNs: BigInt(counts.maxNs),
    });
  }
}

interface Growth {
  readonly tgid: number;
  readonly number: number;
  readonly nowNs: number;
  readonly startNs: number;
  readonly counts: SyscallCounts;
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
