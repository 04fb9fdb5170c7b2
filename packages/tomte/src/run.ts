import { AppError, exitCodeOf } from '@tomte/kit';
import { CommanderError } from 'commander';
import { userError } from './errors.ts';
import { createProgram } from './program.ts';

/** Ctrl-C of a verb that has not ended by itself: as a shell counts a signal. */
const EXIT_INTERRUPTED = 130;
const KEEP_ALIVE_MS = 3_600_000;

/** Runs one verb; resolves to the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  let exitCode = 0;
  const interrupt = new AbortController();
  // Our timers keep no process alive; a verb that has not ended does.
  const alive = setInterval(() => undefined, KEEP_ALIVE_MS);
  // Whoever read our words may be gone (EPIPE): that ends no capture.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const program = createProgram({
    signal: interrupt.signal,
    onInterrupt() {
      for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupt.abort());
    },
    done: (code) => {
      exitCode = code;
    },
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (thrown) {
    return failed(thrown, interrupt.signal);
  } finally {
    clearInterval(alive);
  }
}

/** Help that was asked for is no failure; without a verb it is shown on stderr. */
function refused({ exitCode, code, message }: CommanderError): number {
  if (exitCode === 0) return 0;
  if (code !== 'commander.help') {
    const facts = message.replace(/^error: /, '').replaceAll('\n', ' ');
    process.stderr.write(
      `${userError('TOMTE_USAGE', facts, 'tomte --help shows the verbs, tomte VERB --help their options.').toLine()}\n`,
    );
  }
  return 2;
}

/** One line on stderr: `CODE: facts. remedy`. */
function failed(thrown: unknown, signal: AbortSignal): number {
  if (thrown instanceof CommanderError) return refused(thrown);
  // A prompt that Ctrl-C ends rejects by itself.
  if (signal.aborted || (thrown instanceof Error && thrown.name === 'AbortError')) return EXIT_INTERRUPTED;
  const error = AppError.from(thrown, 'TOMTE_UNEXPECTED', {
    family: 'unexpected',
    remedy: 'This is a defect: please report it with the lines below.',
  });
  process.stderr.write(`${error.toLine()}\n`);
  if (error.family === 'unexpected' && error.cause instanceof Error)
    process.stderr.write(`${error.cause.stack}\n`);
  return exitCodeOf(error);
}
