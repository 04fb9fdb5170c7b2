import type { SourceLoss } from '../sources/source.ts';
import type { HeldEvent } from './held-events.ts';

interface Sum {
  startNs: number;
  endNs: number;
  events: bigint;
  bytes: bigint;
}

/** What is dropped of processes whose pod stayed unknown, by where it came from. */
export class UnknownLosses {
  readonly #sums = new Map<string, Sum>();

  add({ kind, event }: HeldEvent): void {
    const { atNs } = event;
    const source = kind === 'data' ? dataSource(event.isPlaintextOfTls) : sources[kind];
    const sum = this.#sums.get(source) ?? { startNs: atNs, endNs: atNs, events: 0n, bytes: 0n };
    sum.startNs = Math.min(sum.startNs, atNs);
    sum.endNs = Math.max(sum.endNs, atNs);
    sum.events += 1n;
    if (kind === 'data') sum.bytes += BigInt(event.trueBytes);
    this.#sums.set(source, sum);
  }

  /** A loss a source; from here on it is counted anew. */
  take(): readonly SourceLoss[] {
    const losses = [...this.#sums].map(([source, { startNs, endNs, events, bytes }]): SourceLoss => {
      const detail = 'of processes whose pod is not known, where namespaces are named';
      return { startNs, endNs, source, reason: 'pod_unknown', events, bytes, detail };
    });
    this.#sums.clear();
    return losses;
  }
}

const sources = { connection: 'lifecycle', process: 'lifecycle', syscalls: 'syscall_stats' } as const;

function dataSource(isPlaintextOfTls: boolean): string {
  return isPlaintextOfTls ? 'tls_data' : 'socket_data';
}
