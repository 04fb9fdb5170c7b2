import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

/** Kernel memory for packets that dumpcap has not read yet. */
const BUFFER_MIB = 256;

/** dumpcap writes what it has at least as often; told to end, it leaves what waits in the kernel. */
const QUIET_MS = 1_000;

export interface CaptureTotals {
  readonly received: number;
  readonly dropped: number;
}

/** dumpcap on the loopback device, limited to ports of the test's own servers. */
export class Capture {
  readonly #child: ChildProcess;
  readonly #file: string;
  readonly #lines: string[] = [];

  private constructor(child: ChildProcess, file: string) {
    this.#child = child;
    this.#file = file;
  }

  static async start(file: string, ports: readonly number[]): Promise<Capture> {
    const filter = ports.map((port) => `tcp port ${port}`).join(' or ');
    const child = spawn('dumpcap', ['-q', '-i', 'lo', '-f', filter, '-B', String(BUFFER_MIB), '-w', file], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const capture = new Capture(child, file);
    await capture.#untilOpen();
    return capture;
  }

  /** Ends it when nothing comes any more: every packet up to now is in the file. */
  async stop(): Promise<CaptureTotals> {
    for (let before = -1; before !== statSync(this.#file).size; await delay(QUIET_MS))
      before = statSync(this.#file).size;
    const gone = once(this.#child, 'close');
    this.#child.kill('SIGINT');
    await gone;
    const found = /(\d+)\/(\d+)/.exec(this.#lines.find((line) => line.includes('received/dropped')) ?? '');
    return { received: Number(found?.[1]), dropped: Number(found?.[2]) };
  }

  async #untilOpen(): Promise<void> {
    const { stderr } = this.#child;
    if (stderr === null) throw new Error('stderr was asked for as a pipe');
    await new Promise<void>((resolve, reject) => {
      this.#child.once('exit', () => reject(new Error(`dumpcap ended: ${this.#lines.join(' ')}`)));
      this.#child.once('error', reject);
      createInterface({ input: stderr }).on('line', (line) => {
        this.#lines.push(line);
        if (line.startsWith('File:')) resolve(); // Said after the device is open.
      });
    });
  }
}
