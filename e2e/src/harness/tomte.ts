import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../../packages/tomte/src/main.ts', import.meta.url));

export interface TomteEnd {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface TomteProcess {
  readonly pid: number;
  /** Resolves when it says that work can begin, or has ended. */
  readonly ready: Promise<void>;
  readonly ended: Promise<TomteEnd>;
  /** What it has said so far. */
  stderr(): string;
  kill(signal: NodeJS.Signals): void;
}

/** One verb of the command as a child process, which ends with this one. */
export function startTomte(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): TomteProcess {
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, ...env },
  });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (text: string) => (texts[name] += text));
  const ended = new Promise<TomteEnd>((resolve) => {
    child.once('close', (exitCode) => resolve({ exitCode, ...texts }));
  });
  const ready = new Promise<void>((resolve) => {
    child.once('message', () => resolve());
    void ended.then(() => resolve());
  });
  return {
    pid: child.pid ?? 0,
    ready,
    ended,
    stderr: () => texts.stderr,
    kill: (signal) => void child.kill(signal),
  };
}

/** Runs a verb to its end. */
export function runTomte(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<TomteEnd> {
  return startTomte(args, env).ended;
}
