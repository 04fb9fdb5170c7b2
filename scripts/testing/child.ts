import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

const KILL_AFTER_MS = 10_000;

export interface ChildResult {
  readonly exitCode: number;
  readonly isTimedOut: boolean;
  readonly stdout: string;
}

export interface ChildOptions {
  readonly timeoutMs: number;
  readonly env?: Readonly<Record<string, string>>;
}

const running = new Set<ChildProcess>();

/** Runs a program under this Node in a process group of its own, shows its output and keeps stdout. */
export function runChild(args: readonly string[], options: ChildOptions): Promise<ChildResult> {
  const child = spawn(process.execPath, args, {
    detached: true,
    env: { ...process.env, ...colour(), ...options.env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.add(child);
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    process.stdout.write(chunk);
  });
  let isTimedOut = false;
  const timer = setTimeout(() => {
    isTimedOut = true;
    endGroup(child);
  }, options.timeoutMs);
  return new Promise((resolve) => {
    const settle = (exitCode: number) => {
      clearTimeout(timer);
      running.delete(child);
      resolve({ exitCode, isTimedOut, stdout: Buffer.concat(chunks).toString('utf8') });
    };
    child.on('error', () => settle(127));
    child.on('close', (exitCode) => settle(exitCode ?? 1));
  });
}

/** The pipe to us hides from a program whether a person watches. */
function colour(): Readonly<Record<string, string>> {
  return process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' };
}

/** Ends every group that still runs; for a signal to this program. */
export function endAllChildren(): void {
  for (const child of running) endGroup(child);
}

/** Asks the whole group to end, and makes it end when it does not. */
function endGroup(child: ChildProcess): void {
  signalGroup(child, 'SIGTERM');
  setTimeout(() => signalGroup(child, 'SIGKILL'), KILL_AFTER_MS).unref();
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group has ended meanwhile.
  }
}
