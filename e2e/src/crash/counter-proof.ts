import { spawn } from 'node:child_process';
import type { CheckResult, Report } from './report.ts';

/** One kill of each victim: what was stored and not acknowledged comes again, if there is such a batch just then. */
const KILLS_PER_RUN = 3;

/** What the run with the check on holds, and the run with it off must not. */
const MUST_FAIL = 'live: every fsynced batch is stored once';

export interface CounterProof {
  /** That many at most, as many as the run with the check on survives. */
  readonly kills: number;
  readonly seed: number;
}

/** The same program on live traffic with the presence check off: within its kills it must find doubled batches. */
export async function runCounterProof(
  report: Report,
  { kills, seed }: CounterProof,
  signal: AbortSignal,
): Promise<void> {
  const runs = Math.max(1, Math.floor(kills / KILLS_PER_RUN));
  let problems: readonly string[] = ['not run'];
  for (let run = 0; run < runs && problems.length > 0 && !signal.aborted; run += 1) {
    report.say(
      `counter-proof ${run + 1} of at most ${runs}: the presence check is off, ${KILLS_PER_RUN} kills`,
    );
    problems = notDoubled(await runWithoutCheck(seed + run, signal));
  }
  report.check('counter-proof: with the presence check off, doubled batches are found', problems);
}

/** Why the output proves nothing; empty when it tells of a batch that is stored twice. */
function notDoubled(output: string): readonly string[] {
  const found = findChecks(output)?.find((check) => check.name === MUST_FAIL);
  const isDoubled = found?.problems.some((problem) => problem.includes('is stored')) === true;
  return isDoubled ? [] : [`"${MUST_FAIL}" did not fail: ${JSON.stringify(found ?? output)}`];
}

async function runWithoutCheck(seed: number, signal: AbortSignal): Promise<string> {
  const program = new URL('./main.ts', import.meta.url).pathname;
  const args = [
    '--kills',
    String(KILLS_PER_RUN),
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
