import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '@tomte/kit';
import { places } from './places.ts';
import { noteChild } from './processes.ts';

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Text for its stdin. */
  readonly input?: string;
  readonly timeoutMs?: number;
}

export interface Finished {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const TIMEOUT_MS = 10 * 60_000;
/** Of each stream, kept in memory. */
const MAX_OUTPUT_CHARACTERS = 64 << 20;
const TAIL_LINES = 15;
const MAX_LOG_BYTES = 32 << 20;

const running = new Set<ChildProcess>();
let isStopped = false;
let isLogReady = false;

/** Runs a command to its end. @returns its stdout. @throws AppError CLUSTER_COMMAND_FAILED with the end of what it said */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const finished = await attempt(command, args, options);
  if (finished.exitCode === 0) return finished.stdout;
  const said = `${finished.stdout}\n${finished.stderr}`.trimEnd().split('\n').slice(-TAIL_LINES).join('\n  ');
  throw new AppError(
    'CLUSTER_COMMAND_FAILED',
    `${command} ${args.slice(0, 6).join(' ')} ended with ${finished.exitCode}:\n  ${said}\n`,
    { remedy: `Mend what it says and run the same again: what was built stays. All of it: ${places.log}.` },
  );
}

/** The same, whatever the exit code is: 124 when its time was over, 127 when it could not be started. */
export async function attempt(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Finished> {
  if (isStopped)
    throw new AppError('CLUSTER_STOPPED', 'Stopped by a signal', { remedy: 'Run the same to go on.' });
  log(`\n$ ${[command, ...args].join(' ').slice(0, 2000)}\n`);
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    // A group of its own, so that all of it can be ended.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const forget = child.pid === undefined ? () => undefined : noteChild(child.pid);
  running.add(child);
  child.stdin.on('error', () => undefined); // It need not read to the end.
  child.stdin.end(options.input ?? '');
  return finish(child, options.timeoutMs ?? TIMEOUT_MS).finally(() => {
    running.delete(child);
    forget();
  });
}

function finish(child: ChildProcess, timeoutMs: number): Promise<Finished> {
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
      log(chunk);
      if (texts[name].length < MAX_OUTPUT_CHARACTERS) texts[name] += chunk;
    });
  }
  return new Promise((resolve) => {
    let isOver = false;
    const timer = setTimeout(() => {
      isOver = true;
      endGroup(child);
    }, timeoutMs);
    const settle = (exitCode: number): void => {
      clearTimeout(timer);
      resolve({ exitCode: isOver ? 124 : exitCode, ...texts });
    };
    child.on('error', (error) => {
      texts.stderr += error.message;
      settle(127);
    });
    child.on('close', (exitCode) => settle(exitCode ?? 128));
  });
}

/** For a signal to this program: everything that it runs ends with it, and nothing more is begun. */
export function endAllCommands(): void {
  isStopped = true;
  for (const child of running) endGroup(child);
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGTERM');
  } catch {
    // It has ended meanwhile.
  }
}

function log(text: string): void {
  if (!isLogReady) startLog();
  isLogReady = true;
  appendFileSync(places.log, text);
}

/** The log of earlier runs stays until it is long. */
function startLog(): void {
  mkdirSync(dirname(places.log), { recursive: true });
  const isLong = existsSync(places.log) && statSync(places.log).size > MAX_LOG_BYTES;
  if (isLong) renameSync(places.log, `${places.log}.old`);
}

/** Quotes a word for a shell. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** A pipe or a redirection of commands; fails when any of them does. */
export function runShell(script: string, options: RunOptions = {}): Promise<string> {
  return run('bash', ['-euo', 'pipefail', '-c', script], options);
}
