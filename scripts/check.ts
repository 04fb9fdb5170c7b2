// `pnpm check`: every check that needs no privilege, two at a time, one line a step. `--only NAME` and
// `--skip NAME`, each repeatable.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { chdir } from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { checkSteps } from './check-steps.ts';
import type { CheckStep } from './check-steps.ts';

const TAIL_LINES = 40;
const NAME_WIDTH = 12;

interface StepResult {
  readonly isOk: boolean;
  readonly output: string;
  readonly seconds: number;
}

async function main(): Promise<number> {
  chdir(fileURLToPath(new URL('..', import.meta.url)));
  const { only, skip, help } = parseCommand();
  if (help) return usage();
  const left = namedSteps(skip);
  const queue = (only === undefined ? checkSteps : namedSteps(only)).filter((step) => !left.includes(step));
  const failed: string[] = [];
  const startedMs = Date.now();
  const worker = async (): Promise<void> => {
    for (let step = queue.shift(); step !== undefined; step = queue.shift()) {
      if (step.needs !== undefined && !existsSync(step.needs)) {
        console.log(`left out ${step.name}: there is no ${step.needs}; npm run setup builds it`);
        continue;
      }
      const result = await runStep(step);
      report(step, result);
      if (!result.isOk) failed.push(step.name);
    }
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, worker));
  const verdict = failed.length === 0 ? 'all ok' : `failed: ${failed.join(', ')}`;
  console.log(`check: ${verdict}, ${secondsSince(startedMs).toFixed(1)} s`);
  return failed.length === 0 ? 0 : 1;
}

function parseCommand(): {
  readonly only?: readonly string[];
  readonly skip: readonly string[];
  readonly help: boolean;
} {
  try {
    return parseArgs({
      options: {
        only: { type: 'string', multiple: true },
        skip: { type: 'string', multiple: true, default: [] },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (thrown) {
    const facts = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Error(`CHECK_OPTION_UNKNOWN: ${facts}. See \`pnpm check --help\`.`, { cause: thrown });
  }
}

function usage(): number {
  const steps = checkSteps.map(({ name, repair }) => `  ${name.padEnd(NAME_WIDTH)} repair: ${repair}`);
  console.log(
    `pnpm check [--only STEP]… [--skip STEP]…\n\n${steps.join('\n')}\n\nExample: pnpm check --only lint --only types`,
  );
  return 0;
}

function namedSteps(names: readonly string[]): readonly CheckStep[] {
  const unknown = names.find((name) => !checkSteps.some((step) => step.name === name));
  if (unknown !== undefined) {
    const known = checkSteps.map((step) => `"${step.name}"`).join(' ');
    throw new Error(`CHECK_STEP_UNKNOWN: no step "${unknown}". Use one of: ${known}.`);
  }
  return checkSteps.filter((step) => names.includes(step.name));
}

function runStep(step: CheckStep): Promise<StepResult> {
  const startedMs = Date.now();
  const child = spawn(process.execPath, step.args, {
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve) => {
    child.on('close', (exitCode) => {
      const output = Buffer.concat(chunks).toString('utf8');
      resolve({ isOk: exitCode === 0, output, seconds: secondsSince(startedMs) });
    });
  });
}

function report(step: CheckStep, { isOk, output, seconds }: StepResult): void {
  console.log(
    `${isOk ? 'ok    ' : 'FAILED'} ${step.name.padEnd(NAME_WIDTH)} ${seconds.toFixed(1).padStart(6)} s`,
  );
  if (isOk) return;
  for (const line of output.trimEnd().split('\n').slice(-TAIL_LINES)) console.log(`    ${line}`);
  console.log(`  repair: ${step.repair}`);
}

function secondsSince(startedMs: number): number {
  return (Date.now() - startedMs) / 1000;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
