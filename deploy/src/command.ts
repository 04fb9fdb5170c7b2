import { spawn } from 'node:child_process';
import { AppError } from '@tomte/kit';

/** What is kept of a command's words, for the error that tells of its failure. */
const MAX_TAIL_CHARACTERS = 4000;

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What to do when it fails. */
  readonly remedy: string;
}

/** Runs a command to its end; returns its stdout. Throws DEPLOY_COMMAND_FAILED with its last words. */
export async function command(
  program: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<string> {
  const { exitCode, stdout, tail } = await execute(program, args, options);
  if (exitCode === 0) return stdout;
  const facts = `${[program, ...args].join(' ')} ended with ${exitCode}:\n${tail.trim()}\n`;
  throw new AppError('DEPLOY_COMMAND_FAILED', facts, { remedy: options.remedy });
}

/** Whether a quick command ends with 0. */
export async function succeeds(program: string, args: readonly string[]): Promise<boolean> {
  return (await execute(program, args, { remedy: '' })).exitCode === 0;
}

interface Ended {
  /** -1 when it could not be started. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly tail: string;
}

function execute(program: string, args: readonly string[], options: CommandOptions): Promise<Ended> {
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let tail = '';
  const keep = (text: string): void => {
    tail = (tail + text).slice(-MAX_TAIL_CHARACTERS);
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    keep(text);
  });
  child.stderr.setEncoding('utf8').on('data', keep);
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ exitCode: -1, stdout, tail: error.message }));
    child.once('close', (exitCode) => resolve({ exitCode: exitCode ?? -1, stdout, tail }));
  });
}
