import { median } from '../measure/statistics.ts';

/** The reader while nothing comes, and while the writer writes. */
export interface RingPair {
  /** Of one processor, while nothing comes. */
  readonly idleCores: number;
  readonly busyNs: number;
  readonly elapsedMs: number;
  readonly written: number;
  readonly writesPerSecond: number;
  readonly events: number;
}

/** CPU of the reader above its idling, for each event. */
export function nsPerEvent({ busyNs, idleCores, elapsedMs, events }: RingPair): number {
  return (busyNs - idleCores * elapsedMs * 1e6) / events;
}

export function ringFigures(pairs: readonly RingPair[]): {
  readonly nsPerEvent: number;
  readonly lost: number;
} {
  return {
    nsPerEvent: median(pairs.map(nsPerEvent)),
    lost: pairs.reduce((sum, { written, events }) => sum + written - events, 0),
  };
}
