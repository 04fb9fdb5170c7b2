import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runSuite } from './run-suite.ts';
import type { Tally } from './tally.ts';

function folderForTest(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tomte-suite-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe('a program suite', () => {
  const run = (source: string, timeoutMs = 10_000): Promise<Tally> => {
    const program = join(folderForTest(), 'program.mjs');
    writeFileSync(program, source);
    return runSuite(
      { name: 'p', kind: 'program', program, args: [], needs: [], timeoutMinutes: 1 },
      timeoutMs,
    );
  };

  const cases = [
    { why: 'says its count', source: "console.log('4 passed, 0 failed')", counts: [4, 0] },
    {
      why: 'says failures',
      source: "console.log('4 passed, 2 failed'); process.exitCode = 1",
      counts: [4, 2],
    },
    {
      why: 'says well but ends ill',
      source: "console.log('4 passed, 0 failed'); process.exitCode = 9",
      counts: [4, 1],
    },
    { why: 'says nothing', source: '', counts: [0, 1] },
  ];
  it.each(cases)('that $why', async ({ source, counts }) => {
    const tally = await run(source);
    expect([tally.passedCount, tally.failedCount]).toEqual(counts);
  });

  it('that does not end is killed, which is a failure', async () => {
    const tally = await run('setInterval(() => {}, 1000)', 300);
    expect(tally.failedCount).toBe(1);
    expect(tally.failures[0]).toContain('killed, its time was up');
  });
});

describe("Vitest's reporter", () => {
  it('counts each outcome, a file that does not load included, with the reasons', () => {
    const tallyFile = join(folderForTest(), 'tally.json');
    const reporter = join(import.meta.dirname, 'tally-reporter.ts');
    const root = join(import.meta.dirname, '../testdata/tally');
    const args = ['node_modules/vitest/vitest.mjs', 'run', '--root', root, '--reporter', reporter];
    const { status } = spawnSync(process.execPath, args, {
      env: { ...process.env, TOMTE_TALLY_FILE: tallyFile },
    });
    const tally = JSON.parse(readFileSync(tallyFile, 'utf8')) as Tally;
    expect(status).toBe(1);
    expect([tally.passedCount, tally.failedCount, tally.skippedCount]).toEqual([1, 2, 2]);
    expect(tally.failures.toSorted()).toEqual([
      'broken.case.ts: this file does not load',
      'mixed.case.ts: fails: expected 1 to be 2 // Object.is equality',
    ]);
    expect(tally.skippedTests.map(({ name, reason }) => [name, reason])).toEqual([
      ['skips with a reason', 'no such kernel'],
      ['skips without', null],
    ]);
  });
});
