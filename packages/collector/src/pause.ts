import type { Clock } from '@tomte/kit';

export function pause(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => clock.after(delayMs, resolve));
}

export function monotonicMs(clock: Clock): number {
  return Number(clock.monotonicNs() / 1_000_000n);
}

const MAX_RETRY_MS = 5_000;

/** Wait after the n-th failure in a row, n from 1. */
export function retryDelayMs(firstMs: number, failures: number): number {
  return Math.min(MAX_RETRY_MS, firstMs * 2 ** Math.min(16, Math.max(0, failures - 1)));
}
