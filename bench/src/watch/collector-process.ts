import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { AppError } from '@tomte/kit';
import type { ApiServer } from '@tomte/k8s';
import type { CollectorReport, ToParent } from './messages.ts';

const program = fileURLToPath(new URL('./collector-side.ts', import.meta.url));

/** The collector's part, in a process whose memory is its own. */
export class CollectorProcess {
  readonly #child: ChildProcess;
  #onReport: (figures: CollectorReport) => void = () => undefined;
  readonly synced: Promise<number>;

  constructor(server: ApiServer, onMessage: (message: Uint8Array) => void) {
    this.#child = fork(program, [JSON.stringify(server)]);
    this.synced = new Promise((resolve, reject) => {
      const ended = new AppError('BENCH_WATCH_ENDED', 'the process that watches the cluster ended', {
        remedy: 'Its own message stands above.',
      });
      this.#child.once('exit', () => reject(ended));
      this.#child.on('message', (told: unknown) => {
        const message = told as ToParent; // Proof: collector-side.ts sends no other.
        if (message.kind === 'synced') resolve(message.seconds);
        else if (message.kind === 'message') onMessage(Buffer.from(message.base64, 'base64'));
        else this.#onReport(message.figures);
      });
    });
  }

  report(): Promise<CollectorReport> {
    return new Promise((resolve) => {
      this.#onReport = resolve;
      this.#child.send('report');
    });
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await ended;
  }
}
