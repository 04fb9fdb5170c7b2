import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@tomte/kit';

/** A child process or a stored row that is not there by then never will be. */
const DEADLINE_MS = 90_000;
const POLL_MS = 5;

/** Resolves with the first defined value. @throws AppError CRASH_TIMED_OUT */
export async function until<T>(
  what: string,
  signal: AbortSignal,
  look: () => T | undefined | Promise<T | undefined>,
  pollMs = POLL_MS,
): Promise<T> {
  const deadline = performance.now() + DEADLINE_MS;
  while (performance.now() < deadline) {
    signal.throwIfAborted();
    const found = await look();
    if (found !== undefined) return found;
    await delay(pollMs, undefined, { signal });
  }
  throw new AppError('CRASH_TIMED_OUT', `waited ${DEADLINE_MS / 1_000} s for ${what}`, {
    remedy: 'What the parts said stands above.',
  });
}
