import { parseArgs } from 'node:util';
import { HttpFuzzer } from './http-fuzzer.ts';

/*
 * Fuzzes the HTTP parser for a time: `pnpm fuzz --seconds 60 [--seed N]`. A failure prints the arguments that
 * repeat it. A hang shows as a line of progress that is the last one: the execution lies behind it.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    execution: { type: 'string' },
  },
});
const EXECUTIONS_AT_ONCE = 2000;
const PROGRESS_MS = 5000;

const fuzzer = new HttpFuzzer(Number(values.seed));

function run(seconds: number): void {
  const startMs = performance.now();
  let toldMs = startMs;
  for (let first = 0; performance.now() - startMs < seconds * 1000; first += EXECUTIONS_AT_ONCE) {
    for (let execution = first; execution < first + EXECUTIONS_AT_ONCE; execution += 1)
      fuzzer.execute(execution);
    if (performance.now() - toldMs < PROGRESS_MS) continue;
    toldMs = performance.now();
    process.stderr.write(`${(fuzzer.executionCount / 1e6).toFixed(2)} M executions\n`);
  }
}

let failures = 0;
try {
  if (values.execution === undefined) run(Number(values.seconds));
  else fuzzer.execute(Number(values.execution));
} catch (thrown) {
  failures = 1;
  process.stderr.write(`${thrown instanceof Error ? thrown.stack : String(thrown)}\n`);
}
const { executionCount, exchangeCount } = fuzzer;
process.stdout.write(`http: ${executionCount} executions, ${exchangeCount} exchanges, seed ${values.seed}\n`);
process.stdout.write(`${1 - failures} passed, ${failures} failed\n`);
process.exitCode = failures;
