import { join } from 'node:path';
import { AppError } from '@tomte/kit';
import { UpProcess } from '@tomte/tomte/up-process';
import { Api } from '../harness/api.ts';
import { findDoubledExchanges, readBatches } from './checks/batches.ts';
import { findMinuteProblems } from './checks/rollup.ts';
import { expectRecording, findRecordingProblems } from './checks/recordings.ts';
import { readDeliveryState } from './delivery-state.ts';
import type { FeedContext, FeedResult } from './feed.ts';
import type { Killer, Prey } from './killer.ts';
import { Recordings } from './recordings.ts';
import { TomteProcess } from './tomte-process.ts';
import { Traffic } from './traffic.ts';
import { until } from './wait.ts';

/** Recordings of real traffic, replayed as fast as they are taken, over and over until each came to its end. */
export async function runRecordingFeed(context: FeedContext): Promise<FeedResult> {
  const { directory } = context;
  const traffic = new Traffic(join(directory, 'traffic'));
  const dataDir = join(directory, 'data');
  let up: UpProcess | undefined;
  let recordings: Recordings | undefined;
  try {
    up = await UpProcess.start({ dataDir, args: ['--no-agent'] });
    await traffic.start();
    recordings = new Recordings({ directory, launcherPid: traffic.launcher.pid });
    const replayed = await killReplays(context, { up, dataDir, recordings });
    await recordings.close();
    await traffic.stop();
    return await judge(context, { up, dataDir, replayed });
  } finally {
    await recordings?.close();
    await traffic.close();
    await up?.stop();
  }
}

interface Replaying {
  readonly up: UpProcess;
  readonly dataDir: string;
}

async function killReplays(
  { killer, kills, report, signal }: FeedContext,
  { up, dataDir, recordings }: Replaying & { readonly recordings: Recordings },
): Promise<readonly string[]> {
  const replayed: string[] = [];
  while (killer.kills.length < kills) {
    signal.throwIfAborted();
    const path = await recordings.take();
    replayed.push(path);
    const prey = new ReplayPrey(up, path, dataDir);
    try {
      while (killer.kills.length < kills && (await killOnce(killer, prey))) prey.revive();
      await prey.finish(signal);
    } finally {
      await prey.close();
    }
    report.say(`recording ${replayed.length} is stored after ${prey.starts} starts of its replay`);
  }
  return replayed;
}

async function killOnce(killer: Killer, prey: ReplayPrey): Promise<boolean> {
  return (await killer.killNext(prey)) !== undefined;
}

/** The replay of one recording, started again whenever it was killed. */
class ReplayPrey implements Prey {
  readonly #up: UpProcess;
  readonly #args: readonly string[];
  #process: TomteProcess;
  starts = 1;

  constructor(up: UpProcess, path: string, dataDir: string) {
    this.#up = up;
    this.#args = ['replay', path, '--data', dataDir];
    this.#process = new TomteProcess(this.#args);
  }

  get hasEnded(): boolean {
    return this.#process.end !== undefined && this.#process.end.signal !== 'SIGKILL';
  }

  pidOf(victim: string): number | undefined {
    return victim === 'agent' ? this.#process.pid : this.#up.pidOf(victim);
  }

  readDelivery() {
    return readDeliveryState(this.#process.endpointUrl);
  }

  /** After a kill: a replay that died begins again from its first event. */
  revive(): void {
    void this.#process.ended.then(({ signal }) => {
      if (signal !== 'SIGKILL') return;
      this.starts += 1;
      this.#process = new TomteProcess(this.#args);
    });
  }

  /** @throws AppError CRASH_REPLAY_FAILED */
  async finish(signal: AbortSignal): Promise<void> {
    const { code } = await until('the replay to end', signal, () =>
      this.hasEnded ? this.#process.end : undefined,
    );
    if (code === 0) return;
    throw new AppError('CRASH_REPLAY_FAILED', `\`tomte replay\` ended with ${String(code)}`, {
      remedy: 'Its own message stands above.',
    });
  }

  async close(): Promise<void> {
    await this.#process.stop();
  }
}

async function judge(
  { report, signal, directory }: FeedContext,
  { up, dataDir, replayed }: Replaying & { readonly replayed: readonly string[] },
): Promise<FeedResult> {
  const api = new Api(up.url);
  await until('the API', signal, () => api.rows('SELECT 1 AS one').catch(() => undefined));
  const expected = [];
  for (const path of replayed) expected.push(await expectRecording(path, join(directory, 'expected')));
  const stored = await readBatches(api);
  report.check(
    'recording: each batch of each recording is stored once',
    findRecordingProblems(expected, stored),
  );
  report.check('recording: no exchange is stored twice', await findDoubledExchanges(api));
  for (const path of replayed) await replayWhole(up, path, dataDir, signal);
  const again = await readBatches(api);
  report.check('recording: replayed once more, nothing is added', findRecordingProblems(expected, again));
  report.check('recording: service_1m equals its recomputation', await findMinuteProblems(api, signal));
  const requests = expected.reduce((sum, one) => sum + one.requests, 0);
  return {
    facts: [
      ['recordings', replayed.length],
      ['batches', stored.length],
      ['requests', requests],
    ],
  };
}

async function replayWhole(up: UpProcess, path: string, dataDir: string, signal: AbortSignal): Promise<void> {
  const prey = new ReplayPrey(up, path, dataDir);
  try {
    await prey.finish(signal);
  } finally {
    await prey.close();
  }
}
