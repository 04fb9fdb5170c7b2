const HIGH_WORD = 0x1_0000_0000;

/** CLOCK_MONOTONIC at which a source's own time is 0, in two words, so that no bigint is needed per event. */
export interface TimeOrigin {
  readonly low: number;
  readonly high: number;
}

export function timeOrigin(monotonicNs: bigint): TimeOrigin {
  return { low: Number(monotonicNs & 0xffffffffn), high: Number(monotonicNs >> 32n) };
}

/** A little-endian u64; exact below 2^53, which ids, positions and counts stay. */
export function readUint64(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * HIGH_WORD;
}

/** Nanoseconds since the origin, exact for 104 days on either side; NaN where the kernel wrote 0 (never). */
export function readTime(view: DataView, at: number, origin: TimeOrigin): number {
  const low = view.getUint32(at, true);
  const high = view.getUint32(at + 4, true);
  if (low === 0 && high === 0) return Number.NaN;
  return (high - origin.high) * HIGH_WORD + (low - origin.low);
}
