export interface CheckResult {
  readonly name: string;
  /** Empty: passed. The first few, for people. */
  readonly problems: readonly string[];
}

const MAX_PROBLEMS = 8;

/** What the run says while it goes on, and what it comes to. */
export class Report {
  readonly checks: CheckResult[] = [];
  readonly #isQuiet: boolean;
  readonly #startMs = performance.now();

  constructor(isQuiet: boolean) {
    this.#isQuiet = isQuiet;
  }

  /** Talk: stderr, whatever stdout is for. */
  say(text: string): void {
    const seconds = ((performance.now() - this.#startMs) / 1_000).toFixed(1).padStart(6);
    process.stderr.write(`${seconds} s  ${text}\n`);
  }

  check(name: string, problems: readonly string[]): void {
    this.checks.push({ name, problems });
    this.say(`${problems.length === 0 ? 'passed' : 'FAILED'}  ${name}`);
    for (const problem of problems.slice(0, MAX_PROBLEMS)) this.say(`        ${problem}`);
    if (problems.length > MAX_PROBLEMS) this.say(`        and ${problems.length - MAX_PROBLEMS} more`);
  }

  get failedCount(): number {
    return this.checks.filter((check) => check.problems.length > 0).length;
  }

  /** On stdout; the last line is the count, which `npm test` reads. */
  table(rows: readonly (readonly [string, string | number])[]): void {
    if (this.#isQuiet) return;
    const width = Math.max(...rows.map(([name]) => name.length));
    for (const [name, value] of rows) process.stdout.write(`${name.padEnd(width)}  ${value}\n`);
    process.stdout.write(`\n${this.checks.length - this.failedCount} passed, ${this.failedCount} failed\n`);
  }
}
