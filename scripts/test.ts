// `npm test`: every suite that this machine can run within 70 minutes. The last line is `N passed, N failed, N skipped`.
import { chdir } from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { commandOf, suites } from './suites.ts';
import type { Suite } from './suites.ts';
import { endAllChildren } from './testing/child.ts';
import { findLack } from './testing/needs.ts';
import { runSuite } from './testing/run-suite.ts';
import { addTallies, emptyTally, toCountLine } from './testing/tally.ts';
import type { Tally } from './testing/tally.ts';

const BUDGET_MINUTES = 70;
/** With less than this left, a suite is not begun. */
const LEAST_MS = 30_000;

interface LeftOut {
  readonly suite: Suite;
  readonly reason: string;
}

async function main(): Promise<number> {
  chdir(fileURLToPath(new URL('..', import.meta.url)));
  const deadlineMs = Date.now() + BUDGET_MINUTES * 60_000;
  const leftOut: LeftOut[] = [];
  let total: Tally = emptyTally;
  for (const suite of chosenSuites()) {
    if (process.exitCode !== undefined) break; // A signal came: no other suite begins.
    const reason = reasonToLeaveOut(suite, deadlineMs - Date.now());
    if (reason === undefined) total = addTallies(total, await runWithHeading(suite, deadlineMs - Date.now()));
    else leftOut.push({ suite, reason });
  }
  summarize(total, leftOut);
  return total.failedCount === 0 && total.passedCount > 0 ? 0 : 1;
}

/** All suites, or those that `--only NAME` (repeatable) names. */
function chosenSuites(): readonly Suite[] {
  const { values } = parseArgs({ options: { only: { type: 'string', multiple: true } } });
  const only = values.only;
  if (only === undefined) return suites;
  const unknown = only.find((name) => !suites.some((suite) => suite.name === name));
  if (unknown !== undefined) {
    const known = suites.map((suite) => suite.name).join(' ');
    throw new Error(`TEST_SUITE_UNKNOWN: no suite "${unknown}". Use one of: ${known}.`);
  }
  return suites.filter((suite) => only.includes(suite.name));
}

function reasonToLeaveOut(suite: Suite, leftMs: number): string | undefined {
  if (suite.tooLong !== undefined) return `takes ${suite.tooLong}`;
  return (
    findLack(suite.needs) ?? (leftMs < LEAST_MS ? `the ${BUDGET_MINUTES} minutes are used up` : undefined)
  );
}

async function runWithHeading(suite: Suite, leftMs: number): Promise<Tally> {
  console.log(`\n== ${suite.name} ==`);
  const startedMs = Date.now();
  const tally = await runSuite(suite, Math.min(suite.timeoutMinutes * 60_000, leftMs));
  console.log(
    `== ${suite.name}: ${toCountLine(tally)} (${((Date.now() - startedMs) / 1000).toFixed(1)} s) ==`,
  );
  return tally;
}

function summarize(total: Tally, leftOut: readonly LeftOut[]): void {
  console.log('');
  for (const line of total.failures) console.log(`FAILED ${line}`);
  for (const { file, name, reason } of total.skippedTests) {
    console.log(
      `Skipped ${file}: ${name}: ${reason ?? 'its file says why'}; run it: pnpm exec vitest run ${file}`,
    );
  }
  for (const { suite, reason } of leftOut) {
    console.log(`Left out ${suite.name}: ${reason}; run it: ${commandOf(suite)}`);
  }
  if (total.passedCount + total.failedCount === 0) console.log('FAILED no test ran at all');
  console.log(toCountLine(total));
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    endAllChildren();
    process.exitCode = 130;
  });
}

try {
  const exitCode = await main();
  process.exitCode ??= exitCode;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
