const REMINDER_MS = 15_000;

/** Progress is for people and goes to stderr: the last line on stdout is the result. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Runs `work` under a line with its title and time, with a reminder while it lasts. */
export async function withProgress<T>(title: string, work: () => Promise<T>): Promise<T> {
  const startedMs = performance.now();
  const elapsed = (): string => `${((performance.now() - startedMs) / 1000).toFixed(1)} s`;
  say(`${title} …`);
  const reminder = setInterval(() => say(`${title} … still at work, ${elapsed()}`), REMINDER_MS);
  try {
    const result = await work();
    say(`${title} … done, ${elapsed()}`);
    return result;
  } catch (thrown) {
    say(`${title} … failed, ${elapsed()}`);
    throw thrown;
  } finally {
    clearInterval(reminder);
  }
}
