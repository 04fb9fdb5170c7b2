import { AppError } from '@tomte/kit';
import type { UpProcess } from '@tomte/tomte/up-process';
import { VerbProcess } from '@tomte/tomte/verb-process';
import { readDeliveryState } from './delivery-state.ts';
import type { Prey } from './killer.ts';
import { until } from './wait.ts';

/** The replay of one recording, started again whenever it was killed. */
export class ReplayPrey implements Prey {
  readonly #up: UpProcess;
  readonly #args: readonly string[];
  #process: VerbProcess;
  #isClosed = false;
  starts = 0;

  constructor(up: UpProcess, path: string, dataDir: string) {
    this.#up = up;
    this.#args = ['replay', path, '--data', dataDir];
    this.#process = this.#launch();
  }

  get hasEnded(): boolean {
    return this.#process.end !== undefined && this.#process.end.signal !== 'SIGKILL';
  }

  pidOf(victim: string): number | undefined {
    return victim === 'agent' ? this.#process.pid : this.#up.pidOf(victim);
  }

  readDelivery() {
    const port = this.#process.portOf('endpointPort');
    return readDeliveryState(port === 0 ? '' : `http://127.0.0.1:${port}`);
  }

  /** @throws AppError CRASH_REPLAY_FAILED */
  async finish(signal: AbortSignal): Promise<void> {
    const { exitCode } = await until('the replay to end', signal, () =>
      this.hasEnded ? this.#process.end : undefined,
    );
    if (exitCode === 0) return;
    throw new AppError('CRASH_REPLAY_FAILED', `\`tomte replay\` ended with ${String(exitCode)}`, {
      remedy: 'Its own message stands above.',
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#process.stop();
  }

  /** A replay that was killed begins again from its first event. */
  #launch(): VerbProcess {
    this.starts += 1;
    const launched = new VerbProcess(this.#args, { isShown: true });
    void launched.ended.then(({ signal }) => {
      if (signal === 'SIGKILL' && !this.#isClosed) this.#process = this.#launch();
    });
    return launched;
  }
}
