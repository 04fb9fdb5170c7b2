import { parseArgs } from 'node:util';
import { AppError, exitCodeOf } from '@tomte/kit';
import { benches } from './benches.ts';
import { toJsonLine, toTable } from './report.ts';

const MAX_PAIRS = 1_000;
const MAX_SECONDS = 600;

async function main(): Promise<void> {
  const { values, positionals } = parseCommand();
  const [name] = positionals;
  if (values.help || name === undefined) return usage(values.help);
  const bench = benches.find((candidate) => candidate.name === name);
  if (bench === undefined) throw unknownBench(name);
  const options = {
    pairs: parseCount(values.pairs, { name: 'pairs', default: bench.defaults.pairs, most: MAX_PAIRS }),
    seconds: parseCount(values.seconds, {
      name: 'seconds',
      default: bench.defaults.seconds,
      most: MAX_SECONDS,
    }),
  };
  const result = await bench.run(options, (line) => process.stderr.write(`${line}\n`));
  const table = toTable(result, bench.goals);
  (values.json ? process.stderr : process.stdout).write(`${table}\n`);
  if (values.json) process.stdout.write(`${toJsonLine(bench.name, result)}\n`);
  if (result.fault !== undefined) throw result.fault;
}

function unknownBench(name: string): AppError {
  const names = benches.map((bench) => bench.name).join(', ');
  return new AppError('BENCH_UNKNOWN', `there is no benchmark ${JSON.stringify(name)}`, {
    family: 'user',
    remedy: `Name one of ${names}.`,
  });
}

function parseCommand() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        pairs: { type: 'string' },
        seconds: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (thrown) {
    throw AppError.from(thrown, 'BENCH_OPTION_UNKNOWN', {
      family: 'user',
      remedy: 'See `pnpm bench --help`.',
    });
  }
}

function parseCount(text: string | undefined, of: { name: string; default: number; most: number }): number {
  if (text === undefined) return of.default;
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= of.most) return count;
  throw new AppError(
    'BENCH_NUMBER_INVALID',
    `--${of.name} ${text} is not a whole number from 1 to ${of.most}`,
    {
      family: 'user',
      remedy: `Leave it out for ${of.default}.`,
    },
  );
}

function usage(asked: boolean): void {
  const list = benches.map(
    ({ name, summary, defaults }) =>
      `  ${name.padEnd(7)} ${summary} (${defaults.pairs} pairs of ${defaults.seconds} s)`,
  );
  const text = [
    'pnpm bench NAME [--json] [--pairs N] [--seconds N]',
    '',
    ...list,
    '',
    '  --json       last on stdout, one line: {"bench":…,"figures":{…},"pairs":N,"machine":{…}}',
    '  --pairs N    interleaved pairs of with and without; fewer to try it out',
    '  --seconds N  length of one measured window',
    '',
    'Example: pnpm -s bench cost --json --pairs 2 --seconds 1',
    'Figures and goals: docs/reference/benchmarks.md',
    '',
  ].join('\n');
  (asked ? process.stdout : process.stderr).write(text);
  if (!asked) process.exitCode = 2;
}

main().catch((thrown: unknown) => {
  const error = AppError.from(thrown, 'BENCH_FAILED', { family: 'unexpected' });
  process.stderr.write(`${error.toLine()}\n`);
  process.exitCode = exitCodeOf(error);
});
