import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandOf } from '../suites.ts';
import type { ProgramSuite, Suite, VitestSuite } from '../suites.ts';
import { runChild } from './child.ts';
import type { ChildResult } from './child.ts';
import { emptyTally, parseCountLine, withFailure } from './tally.ts';
import type { Tally } from './tally.ts';

/** Runs one suite within `timeoutMs`. A suite that is killed, crashes or says no count has one failure more. */
export async function runSuite(suite: Suite, timeoutMs: number): Promise<Tally> {
  return suite.kind === 'vitest' ? runVitest(suite, timeoutMs) : runProgram(suite, timeoutMs);
}

async function runVitest(suite: VitestSuite, timeoutMs: number): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), 'tomte-tally-'));
  const tallyFile = join(folder, 'tally.json');
  try {
    const args = ['node_modules/vitest/vitest.mjs', 'run', ...vitestArgs(suite)];
    const result = await runChild(args, { timeoutMs, env: { TOMTE_TALLY_FILE: tallyFile } });
    return judge(suite, result, readTally(tallyFile));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function vitestArgs(suite: VitestSuite): readonly string[] {
  const projects = suite.projects.flatMap((project) => ['--project', project]);
  return [...projects, '--reporter=default', '--reporter=./scripts/testing/tally-reporter.ts'];
}

function readTally(path: string): Tally | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Tally; // Written by our own reporter, a moment ago.
  } catch {
    return undefined;
  }
}

async function runProgram(suite: ProgramSuite, timeoutMs: number): Promise<Tally> {
  const result = await runChild([suite.program, ...suite.args], { timeoutMs });
  return judge(suite, result, parseCountLine(result.stdout));
}

function judge(suite: Suite, result: ChildResult, tally: Tally | undefined): Tally {
  const again = `run it alone: ${commandOf(suite)}`;
  if (result.isTimedOut)
    return withFailure(tally ?? emptyTally, `${suite.name}: killed, its time was up; ${again}`);
  if (tally === undefined) return withFailure(emptyTally, `${suite.name}: ended with no result; ${again}`);
  const isUnexplained = result.exitCode !== 0 && tally.failedCount === 0;
  return isUnexplained ? withFailure(tally, `${suite.name}: ended with ${result.exitCode}; ${again}`) : tally;
}
