import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { operationalError } from '../errors.ts';

export interface ChildSpec {
  readonly name: string;
  /** Arguments of `tomte`, made anew for each start. */
  args(): readonly string[];
  /** Options of Node itself. */
  readonly nodeArgs?: readonly string[];
  /** Beside the environment of this process: what must not stand on a command line. */
  readonly env: Readonly<Record<string, string>>;
  readonly onEvent: (event: ChildEvent) => void;
  /** At each start, the restarts too. */
  readonly onReady?: (facts: ReadyFacts) => void;
  /** Time for its own work after SIGTERM; then it is killed. */
  readonly stopMs: number;
}

export type ChildEvent =
  | { readonly kind: 'ready'; readonly name: string; readonly pid: number; readonly facts: ReadyFacts }
  | { readonly kind: 'died'; readonly name: string; readonly pid: number; readonly how: string }
  | { readonly kind: 'restarting'; readonly name: string; readonly afterMs: number };

export type ReadyFacts = Readonly<Record<string, unknown>>;

const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 5_000;
/** A child that lived so long did not fail at its start. */
const STEADY_MS = 10_000;
const READY_MS = 60_000;

/** Keeps one child process alive until it is stopped. */
export class ChildKeeper {
  readonly #spec: ChildSpec;
  readonly #mainPath: string;
  readonly #stopping = new AbortController();
  #child: ChildProcess | undefined;
  #exited: Promise<string> = Promise.resolve('');
  #keeping: Promise<void> = Promise.resolve();

  constructor(spec: ChildSpec, mainPath: string) {
    this.#spec = spec;
    this.#mainPath = mainPath;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts it and resolves with what it says when it is ready. Rejects when its first start fails. */
  async start(): Promise<ReadyFacts> {
    const facts = await this.#launch();
    this.#keeping = this.#keep();
    return facts;
  }

  send(message: object): void {
    if (this.#child?.connected === true) this.#child.send(message);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#end();
    await this.#keeping;
  }

  async #end(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    const late = new AbortController();
    const timer = delay(this.#spec.stopMs, 'late', { signal: late.signal }).catch(() => 'ended');
    if ((await Promise.race([this.#exited, timer])) === 'late') child.kill('SIGKILL');
    late.abort();
    await this.#exited;
  }

  async #launch(): Promise<ReadyFacts> {
    const child = spawn(
      process.execPath,
      [...(this.#spec.nodeArgs ?? []), this.#mainPath, ...this.#spec.args()],
      {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        env: { ...process.env, ...this.#spec.env },
      },
    );
    this.#child = child;
    this.#exited = howItEnds(child);
    const facts = await Promise.race([this.#untilReady(child), this.#exited]);
    if (typeof facts === 'string') {
      const remedy = 'Its own message stands above.';
      throw operationalError('TOMTE_CHILD_FAILED', `${this.#spec.name} ended at its start: ${facts}`, {
        remedy,
      });
    }
    this.#spec.onEvent({ kind: 'ready', name: this.#spec.name, pid: child.pid ?? 0, facts });
    this.#spec.onReady?.(facts);
    return facts;
  }

  #untilReady(child: ChildProcess): Promise<ReadyFacts | string> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        child.kill('SIGKILL');
        resolve(`it was not ready within ${READY_MS} ms`);
      }, READY_MS);
      child.on('message', (message: unknown) => {
        if (!isReady(message)) return;
        clearTimeout(timer);
        resolve(message.facts);
      });
      child.once('exit', () => clearTimeout(timer));
    });
  }

  async #keep(): Promise<void> {
    let delayMs = FIRST_DELAY_MS;
    for (;;) {
      const startMs = performance.now();
      const how = await this.#exited;
      if (this.#stopping.signal.aborted) return;
      this.#spec.onEvent({ kind: 'died', name: this.#spec.name, pid: this.#child?.pid ?? 0, how });
      delayMs =
        performance.now() - startMs > STEADY_MS ? FIRST_DELAY_MS : Math.min(delayMs * 2, MAX_DELAY_MS);
      this.#spec.onEvent({ kind: 'restarting', name: this.#spec.name, afterMs: delayMs });
      await delay(delayMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      if (this.#stopping.signal.aborted) return;
      await this.#launch().catch(() => undefined); // The loop sees its end and tries again.
      if (this.#stopping.signal.aborted) await this.#end();
    }
  }
}

function howItEnds(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`));
    child.once('error', (error) => resolve(error.message));
  });
}

function isReady(message: unknown): message is { readonly facts: ReadyFacts } {
  const isObject = typeof message === 'object' && message !== null && 'kind' in message && 'facts' in message;
  return isObject && message.kind === 'ready' && typeof message.facts === 'object' && message.facts !== null;
}
