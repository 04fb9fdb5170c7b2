import { join } from 'node:path';
import { AppError } from '@tomte/kit';
import { VerbProcess } from '@tomte/tomte/verb-process';

const SECONDS = 3;

export interface RecordingsOptions {
  readonly directory: string;
  /** Its children are recorded. */
  readonly launcherPid: number;
}

/** Recordings of the traffic that runs, each made by `tomte record` while the one before is replayed. */
export class Recordings {
  readonly #options: RecordingsOptions;
  #next: Promise<string> | undefined;
  #recorder: VerbProcess | undefined;
  #count = 0;

  constructor(options: RecordingsOptions) {
    this.#options = options;
  }

  /** A file that was never given before. @throws AppError CRASH_RECORDING_FAILED */
  async take(): Promise<string> {
    const path = await (this.#next ?? this.#make());
    this.#next = this.#make();
    this.#next.catch(() => undefined); // Whoever takes it sees it.
    return path;
  }

  async close(): Promise<void> {
    await this.#recorder?.stop();
  }

  async #make(): Promise<string> {
    const { directory, launcherPid } = this.#options;
    const path = join(directory, `traffic-${this.#count++}.tomte`);
    this.#recorder = new VerbProcess(
      [
        ...['record', '-o', path, '--seconds', String(SECONDS)],
        ...['--data', join(directory, 'recorder'), '--only', `pid:${launcherPid}`],
      ],
      { isShown: true },
    );
    const { exitCode } = await this.#recorder.ended;
    if (exitCode === 0) return path;
    throw new AppError('CRASH_RECORDING_FAILED', `\`tomte record\` ended with ${String(exitCode)}`, {
      remedy: 'Its own message stands above.',
    });
  }
}
