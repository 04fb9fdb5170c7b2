export interface BackoffLimits {
  /** Longest wait after the first failure; it doubles with each further one … */
  readonly baseMs: number;
  /** … up to this. */
  readonly capMs: number;
}

/** Doublings beyond it would change nothing, and would overflow. */
const MAX_DOUBLINGS = 24;

/**
 * Wait before attempt `failures + 1`: anything between 0 and the bound ("full jitter"), so that agents
 * that lost their collector together do not come back together.
 * @param chance uniform in [0, 1)
 */
export function backoffMs(limits: BackoffLimits, failures: number, chance: number): number {
  const bound = limits.baseMs * 2 ** Math.min(Math.max(0, failures - 1), MAX_DOUBLINGS);
  return Math.floor(Math.min(limits.capMs, bound) * chance);
}
