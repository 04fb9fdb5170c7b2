// `pnpm e2e up|down|test|status`: a real kind cluster for tests, and the stories that run on it.
import { AppError, exitCodeOf } from '@tomte/kit';
import { endAllCommands } from './command.ts';
import { down } from './down.ts';
import { type E2eOptions, parseOptions, usage } from './options.ts';
import { status } from './status.ts';
import { test } from './test.ts';
import { up } from './up.ts';

/** As a shell counts a signal. */
const EXIT_INTERRUPTED = 130;

async function run(options: E2eOptions): Promise<number> {
  switch (options.verb) {
    case 'up':
      await up();
      console.log(await status(options.json));
      return 0;
    case 'down':
      await down();
      return 0;
    case 'status':
      console.log(await status(options.json));
      return 0;
    case 'test':
      return (await test(options)) === 0 ? 0 : 1;
  }
}

async function main(): Promise<number> {
  let isStopped = false;
  for (const event of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(event, () => {
      isStopped = true;
      endAllCommands();
    });
  }
  try {
    const options = parseOptions(process.argv.slice(2));
    if (options !== 'help') return await run(options);
    process.stdout.write(usage);
    return 0;
  } catch (thrown) {
    if (isStopped) return EXIT_INTERRUPTED;
    const error = AppError.from(thrown, 'CLUSTER_DEFECT', {
      family: 'unexpected',
      remedy: 'This is a defect: please report it with the lines below.',
    });
    process.stderr.write(`${error.toLine()}\n`);
    if (error.cause instanceof Error) process.stderr.write(`${error.cause.stack}\n`);
    return exitCodeOf(error);
  }
}

process.exit(await main());
