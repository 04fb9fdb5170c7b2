import { spawn } from 'node:child_process';
import type { CheckResult, Report } from './report.ts';

/** One kill of each victim: what was stored and not acknowledged comes again. */
const KILLS = 3;

/** What the run with the check on holds, and the run with it off must not. */
const MUST_FAIL = 'live: every fsynced batch is stored once';

/** The same program on live traffic with the presence check off: it must find batches that are stored twice. */
export async function runCounterProof(report: Report, seed: number, signal: AbortSignal): Promise<void> {
  report.say(`counter-proof: the presence check is off, ${KILLS} kills`);
  const output = await runWithoutCheck(seed, signal);
  const found = findChecks(output)?.find((check) => check.name === MUST_FAIL);
  const isDoubled = found?.problems.some((problem) => problem.includes('is stored')) === true;
  const problems = isDoubled ? [] : [`"${MUST_FAIL}" did not fail: ${JSON.stringify(found ?? output)}`];
  report.check('counter-proof: with the presence check off, doubled batches are found', problems);
}

async function runWithoutCheck(seed: number, signal: AbortSignal): Promise<string> {
  const program = new URL('./main.ts', import.meta.url).pathname;
  const args = [
    '--kills',
    String(KILLS),
    '--feed',
    'live',
    '--seed',
    String(seed),
    '--json',
    '--no-counter-proof',
  ];
  const env = { ...process.env, TOMTE_CRASH_TEST_SKIPS_PRESENCE_CHECK: 'rows will be doubled' };
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env,
  });
  const stop = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
  await new Promise((resolve) => child.once('close', resolve));
  signal.removeEventListener('abort', stop);
  return output;
}

function findChecks(output: string): readonly CheckResult[] | undefined {
  const line = output.trimEnd().split('\n').at(-1) ?? '';
  if (!line.startsWith('{')) return undefined;
  const answer = JSON.parse(line) as { readonly checks: readonly CheckResult[] }; // Proof: `main.ts --json` writes it.
  return answer.checks;
}
