import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 100;

/** Asks again until the answer is the wished one or the time is over; the last answer in any case. */
export async function until<T>(
  ask: () => T | Promise<T>,
  isThere: (answer: T) => boolean,
  timeoutMs = 30_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (isThere(answer) || performance.now() > deadline) return answer;
    await delay(POLL_MS);
  }
}
