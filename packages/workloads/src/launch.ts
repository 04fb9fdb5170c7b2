import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { AppError } from '@tomte/kit';
import type { LauncherMessage, LaunchRequest } from './launcher.ts';

export interface LaunchedProgram {
  readonly pid: number;
  /** Exit code; 128 + n is not used: a signal gives null. */
  readonly ended: Promise<number | null>;
  stop(signal?: NodeJS.Signals): void;
}

interface Pending {
  started(program: LaunchedProgram): void;
  failed(error: AppError): void;
  ended?: (code: number | null) => void;
}

/** The parent's end of the launcher: everything it starts is a child of `pid`. */
export class Launcher {
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;

  constructor() {
    this.#child = fork(fileURLToPath(new URL('./launcher.ts', import.meta.url)), [], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#child.on('message', (message: LauncherMessage) => this.#receive(message));
    this.#child.unref();
    this.#child.channel?.unref();
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  start(
    command: string,
    args: readonly string[],
    options: { outputFile: string; env?: Record<string, string> },
  ) {
    const id = this.#nextId++;
    const request: LaunchRequest = {
      id,
      command,
      args,
      env: options.env ?? {},
      outputFile: options.outputFile,
    };
    return new Promise<LaunchedProgram>((started, failed) => {
      this.#pending.set(id, { started, failed });
      this.#child.channel?.ref();
      this.#child.send(request);
    });
  }

  /** Ends every program and the launcher itself. */
  async close(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const gone = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()));
    this.#child.ref();
    this.#child.disconnect();
    await gone;
  }

  #receive(message: LauncherMessage): void {
    const pending = this.#pending.get(message.id);
    if (pending === undefined) return;
    if (message.kind === 'started') {
      const ended = new Promise<number | null>((resolve) => (pending.ended = resolve));
      pending.started({ pid: message.pid, ended, stop: (signal = 'SIGTERM') => kill(message.pid, signal) });
      return;
    }
    this.#pending.delete(message.id);
    if (pending.ended === undefined) {
      pending.failed(
        new AppError(
          'WORKLOAD_NOT_STARTED',
          `a program of the workload did not start (exit ${message.code})`,
          {
            remedy: 'Run `npm run setup`, which installs the programs that the workload needs.',
          },
        ),
      );
    } else pending.ended(message.code);
    if (this.#pending.size === 0) this.#child.channel?.unref();
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone already, which is what was wanted.
  }
}
