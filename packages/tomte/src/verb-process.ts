import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

export interface VerbEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface VerbProcessOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** What it says on stderr is shown as it comes, too. */
  readonly isShown?: boolean;
}

/**
 * One verb of the command as a child process, for tests and programs that drive it. Over its channel it says
 * when work can begin, and it ends when this process does, however that ends.
 */
export class VerbProcess {
  readonly #child: ChildProcess;
  /** Resolves when it says that work can begin, or has ended. */
  readonly ready: Promise<void>;
  readonly ended: Promise<VerbEnd>;
  #end: VerbEnd | undefined;
  #facts: Readonly<Record<string, unknown>> = {};
  #stdout = '';
  #stderr = '';

  constructor(args: readonly string[], { env, isShown }: VerbProcessOptions = {}) {
    this.#child = spawn(process.execPath, [main, ...args], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, ...env },
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#stdout += text));
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
      if (isShown === true) process.stderr.write(text);
    });
    this.ended = new Promise((resolve) => {
      this.#child.once('close', (exitCode, signal) =>
        resolve((this.#end = { exitCode, signal, stdout: this.#stdout, stderr: this.#stderr })),
      );
    });
    this.ready = new Promise((resolve) => {
      this.#child.on('message', (message: { readonly facts?: Readonly<Record<string, unknown>> }) => {
        this.#facts = message.facts ?? this.#facts;
        resolve();
      });
      void this.ended.then(() => resolve());
    });
  }

  /** Undefined once it has ended. */
  get pid(): number | undefined {
    return this.#child.exitCode === null && this.#child.signalCode === null ? this.#child.pid : undefined;
  }

  get end(): VerbEnd | undefined {
    return this.#end;
  }

  /** What it has said so far. */
  get stderr(): string {
    return this.#stderr;
  }

  /** A port that it named when it was ready; 0 before. */
  portOf(name: 'endpointPort' | 'ingestPort' | 'httpPort'): number {
    return Number(this.#facts[name] ?? 0);
  }

  /** Where its API answers, as it named it when it was ready; empty before. */
  get apiUrl(): string {
    return String(this.#facts['apiUrl'] ?? '');
  }

  /** Resolves when what it said holds this. Rejects when it ends before. */
  says(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = pattern.exec(this.#stderr);
        if (found !== null) resolve(found);
      };
      this.#child.stderr?.on('data', look);
      look();
      void this.ended.then(({ exitCode, stderr }) =>
        reject(new Error(`it ended with ${exitCode} before it said ${pattern}: ${stderr}`)),
      );
    });
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async stop(): Promise<void> {
    if (this.pid !== undefined) this.#child.kill('SIGTERM');
    await this.ended;
  }
}

/** Runs a verb to its end. */
export function runVerb(args: readonly string[], options?: VerbProcessOptions): Promise<VerbEnd> {
  return new VerbProcess(args, options).ended;
}
