import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { operationalError } from './errors.ts';
import type { UpEvent } from './up/up-events.ts';

export interface UpProcessOptions {
  readonly dataDir: string;
  /** Arguments of `tomte up` beside --json and --data, such as `--only pid:1`. */
  readonly args: readonly string[];
  readonly onEvent?: (event: UpEvent) => void;
  readonly env?: Readonly<Record<string, string>>;
}

/** `tomte up` as a child process, for programs that bring their own workload. */
export class UpProcess {
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  readonly #pids = new Map<string, number>();
  #url = '';
  #ingest = '';
  #agentUrl = '';

  private constructor(options: UpProcessOptions) {
    const main = fileURLToPath(new URL('./main.ts', import.meta.url));
    this.#child = spawn(
      process.execPath,
      [main, 'up', '--json', '--port', '0', '--data', options.dataDir, ...options.args],
      { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], env: { ...process.env, ...options.env } },
    );
    this.#exited = new Promise((resolve) => this.#child.once('exit', () => resolve()));
  }

  /** Resolves when everything runs and what is to be captured is captured. */
  static async start(options: UpProcessOptions): Promise<UpProcess> {
    const up = new UpProcess(options);
    const running = up.#follow(options.onEvent);
    const gone = up.#exited.then(() => {
      throw operationalError('TOMTE_UP_FAILED', '`tomte up` ended before it ran', {
        remedy: 'Its own message stands above.',
      });
    });
    await Promise.race([running, gone]);
    gone.catch(() => undefined);
    return up;
  }

  /** Of `tomte up` itself. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Base URL of the API. */
  get url(): string {
    return this.#url;
  }

  /** Address that agents send to. */
  get ingest(): string {
    return this.#ingest;
  }

  /** Where the agent of now answers questions about this moment; empty before its first start. */
  get agentUrl(): string {
    return this.#agentUrl;
  }

  /** Pid of a part now: agent, collector or clickhouse. */
  pidOf(part: string): number | undefined {
    return this.#pids.get(part);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGTERM');
    await this.#exited;
  }

  #follow(onEvent: ((event: UpEvent) => void) | undefined): Promise<void> {
    const { stdout } = this.#child;
    if (stdout === null) throw new Error('stdout was asked for as a pipe');
    return new Promise((resolve) => {
      createInterface({ input: stdout }).on('line', (line) => {
        const event = JSON.parse(line) as UpEvent; // Proof: `up --json` writes one UpEvent a line.
        this.#note(event);
        if (event.kind === 'running') resolve();
        onEvent?.(event);
      });
    });
  }

  #note(event: UpEvent): void {
    if (event.kind === 'ready') this.#pids.set(event.name, event.pid);
    if (event.kind === 'ready' && event.name === 'agent')
      this.#agentUrl = `http://127.0.0.1:${String(event.facts['endpointPort'])}`;
    if (event.kind === 'died') this.#pids.delete(event.name);
    if (event.kind === 'clickhouse_ready' || event.kind === 'clickhouse_restarted')
      this.#pids.set('clickhouse', event.pid);
    if (event.kind === 'clickhouse_died') this.#pids.delete('clickhouse');
    if (event.kind === 'running') {
      this.#url = event.url;
      this.#ingest = event.ingest;
    }
  }
}
