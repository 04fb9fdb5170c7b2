import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';

/** A program that ends with this process, however that ends. */
export class Child {
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;
  #lastWords = '';
  #isOver = false;

  constructor(program: string, args: readonly string[], cwd: string) {
    this.#process = spawn('setpriv', ['--pdeathsig', 'KILL', '--', program, ...args], {
      cwd,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#lastWords = (this.#lastWords + text).slice(-4_096);
    });
    this.#ended = new Promise((resolve) => {
      const end = (): void => {
        this.#isOver = true;
        resolve();
      };
      this.#process.once('close', end);
      this.#process.once('error', end);
    });
  }

  /** Waits until it answers; rejects with its last words when it ends before. */
  async until(isReady: () => Promise<boolean>, timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    while (!(await isReady().catch(() => false))) {
      if (this.#isOver || performance.now() > deadline) throw new Error(`not ready: ${this.#lastWords}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async end(): Promise<void> {
    if (!this.#isOver) this.#process.kill('SIGKILL');
    await this.#ended;
  }
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
