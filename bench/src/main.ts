import { parseArgs } from 'node:util';
import { AppError, exitCodeOf } from '@tomte/kit';
import { benches } from './benches.ts';
import { toJsonLine, toTable } from './report.ts';

const DEFAULT_PAIRS = 6;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      pairs: { type: 'string', default: String(DEFAULT_PAIRS) },
      help: { type: 'boolean', default: false },
    },
  });
  const bench = benches.find((candidate) => candidate.name === positionals[0]);
  if (values.help || bench === undefined) return usage(values.help);
  const pairs = Number(values.pairs);
  if (!Number.isInteger(pairs) || pairs < 1 || pairs > 1000) {
    throw new AppError(
      'BENCH_PAIRS_INVALID',
      `--pairs ${values.pairs} is not a whole number from 1 to 1000`,
      {
        family: 'user',
        remedy: 'Leave it out for 6 pairs.',
      },
    );
  }
  const result = await bench.run({ pairs, quick: values.quick }, (line) => process.stderr.write(`${line}\n`));
  process.stdout.write(`${values.json ? toJsonLine(bench.name, result) : toTable(result)}\n`);
}

function usage(asked: boolean): void {
  const list = benches.map((bench) => `  ${bench.name.padEnd(8)} ${bench.summary}`).join('\n');
  const text = `pnpm bench NAME [--json] [--pairs N] [--quick]\n\n${list}\n\nExample: pnpm bench parse --json\n`;
  (asked ? process.stdout : process.stderr).write(text);
  if (!asked) process.exitCode = 2;
}

main().catch((thrown: unknown) => {
  const error = AppError.from(thrown, 'BENCH_FAILED', { family: 'unexpected' });
  process.stderr.write(`${error.toLine()}\n`);
  process.exitCode = exitCodeOf(error);
});
