/** A test that did not run, and its own word why, where it gave one. */
export interface SkippedTest {
  readonly file: string;
  readonly name: string;
  readonly reason: string | null;
}

/** What one suite came to. `failures` holds a line for each failure, for the summary. */
export interface Tally {
  readonly passedCount: number;
  readonly failedCount: number;
  readonly skippedCount: number;
  readonly failures: readonly string[];
  readonly skippedTests: readonly SkippedTest[];
}

export const emptyTally: Tally = {
  passedCount: 0,
  failedCount: 0,
  skippedCount: 0,
  failures: [],
  skippedTests: [],
};

export function addTallies(a: Tally, b: Tally): Tally {
  return {
    passedCount: a.passedCount + b.passedCount,
    failedCount: a.failedCount + b.failedCount,
    skippedCount: a.skippedCount + b.skippedCount,
    failures: [...a.failures, ...b.failures],
    skippedTests: [...a.skippedTests, ...b.skippedTests],
  };
}

/** One more failure that is no test's own: a killed suite, a crash, a missing result. */
export function withFailure(tally: Tally, line: string): Tally {
  return { ...tally, failedCount: tally.failedCount + 1, failures: [...tally.failures, line] };
}

/** The last line of `npm test`, read by people and by machines. */
export function toCountLine(tally: Tally): string {
  return `${tally.passedCount} passed, ${tally.failedCount} failed, ${tally.skippedCount} skipped`;
}

const COUNT_LINE = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/;

/** Reads the last line that a program printed; undefined when it is no count line. */
export function parseCountLine(output: string): Tally | undefined {
  const match = COUNT_LINE.exec(output.trimEnd().split('\n').at(-1)?.trim() ?? '');
  if (match === null) return undefined;
  const [passedCount = 0, failedCount = 0, skippedCount = 0] = match
    .slice(1)
    .map((text) => Number(text ?? 0));
  return { ...emptyTally, passedCount, failedCount, skippedCount };
}
