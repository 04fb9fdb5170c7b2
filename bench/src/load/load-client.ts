import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { AppError } from '@tomte/kit';
import type { Cores } from '../measure/cores.ts';
import type { LoadOrder, LoadResult } from './open-loop.ts';

/** Above nginx: the client stands for other machines, which no load of this one delays. */
const CLIENT_PRIORITY = 20;
/** Garbage of many seconds fits, so that collections are rare. */
const NEW_SPACE_MIB = 128;

/** The open-loop client's process, kept from run to run so that its code is compiled. */
export class LoadClient {
  readonly #child: ChildProcess;

  constructor({ others, hasRealtime }: Cores) {
    const program = fileURLToPath(new URL('./client.ts', import.meta.url));
    // V8's own threads would starve under SCHED_FIFO while it waits for them.
    const node = [process.execPath, '--single-threaded', `--max-semi-space-size=${NEW_SPACE_MIB}`, program];
    const command = hasRealtime ? ['chrt', '-f', String(CLIENT_PRIORITY), ...node] : node;
    this.#child = spawn('taskset', ['-c', others, ...command], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
  }

  run(order: LoadOrder): Promise<LoadResult> {
    const child = this.#child;
    return new Promise((resolve, reject) => {
      const fail = (facts: string): void => {
        const remedy = 'Run it again; if it stays, the server or this machine cannot hold the rate.';
        reject(new AppError('BENCH_LOAD_FAILED', facts, { remedy }));
      };
      const gone = (): void => fail('the client ended');
      child.once('exit', gone);
      child.once('message', (message: { result?: LoadResult; fault?: string }) => {
        child.off('exit', gone);
        if (message.result !== undefined) resolve(message.result);
        else fail(message.fault ?? 'the client gave no result');
      });
      child.send(order);
    });
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const gone = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()));
    this.#child.disconnect();
    await gone;
  }
}
