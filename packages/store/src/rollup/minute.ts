/** Seconds since the Unix epoch of the start of a minute. */
export type Minute = number;

export const MINUTE_SECONDS = 60;

/** A minute with its neighbours: a request's two ends may lie on both sides of a boundary. */
export function withNeighbours(minutes: Iterable<Minute>): Set<Minute> {
  const wide = new Set<Minute>();
  for (const minute of minutes) {
    wide.add(minute - MINUTE_SECONDS);
    wide.add(minute);
    wide.add(minute + MINUTE_SECONDS);
  }
  return wide;
}

/** What the rows of one minute are, as far as adding or losing rows changes it. */
export interface MinuteRows {
  readonly rows: number;
  /** Sum of hashes modulo 2^64. */
  readonly hash: bigint;
}

export interface Fingerprint {
  /** Rows of the minute alone. */
  readonly baseRows: number;
  /** Rows of the minute and its neighbours: grows with every row, so it serves as version. */
  readonly windowRows: number;
  readonly windowHash: bigint;
}

const NONE: MinuteRows = { rows: 0, hash: 0n };

/** Part of every fingerprint: a number of rollups that differs from the one before computes every minute again. */
const ROLLUP_GENERATION = 3n;

export function fingerprintOf(minute: Minute, byMinute: ReadonlyMap<Minute, MinuteRows>): Fingerprint {
  const window = [minute - MINUTE_SECONDS, minute, minute + MINUTE_SECONDS].map(
    (key) => byMinute.get(key) ?? NONE,
  );
  return {
    baseRows: (byMinute.get(minute) ?? NONE).rows,
    windowRows: window.reduce((total, part) => total + part.rows, 0),
    windowHash: BigInt.asUintN(
      64,
      window.reduce((total, part) => total + part.hash, ROLLUP_GENERATION),
    ),
  };
}
