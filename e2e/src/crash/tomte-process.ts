import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../../packages/tomte/src/main.ts', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** One verb of `tomte` as a child. Over its channel it says when it is ready, and ends when this process does. */
export class TomteProcess {
  readonly #child: ChildProcess;
  readonly ended: Promise<Ended>;
  #end: Ended | undefined;
  #facts: Readonly<Record<string, unknown>> = {};

  constructor(args: readonly string[]) {
    this.#child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.ended = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => resolve((this.#end = { code, signal })));
    });
    this.#child.on('message', (message: { readonly facts?: Readonly<Record<string, unknown>> }) => {
      this.#facts = message.facts ?? this.#facts;
    });
  }

  /** Undefined once it has ended. */
  get pid(): number | undefined {
    return this.#end === undefined ? this.#child.pid : undefined;
  }

  get end(): Ended | undefined {
    return this.#end;
  }

  /** Where it answers questions about this moment; empty until it does. */
  get endpointUrl(): string {
    const port = Number(this.#facts['endpointPort'] ?? 0);
    return port === 0 ? '' : `http://127.0.0.1:${port}`;
  }

  async stop(): Promise<void> {
    if (this.#end === undefined) this.#child.kill('SIGTERM');
    await this.ended;
  }
}
