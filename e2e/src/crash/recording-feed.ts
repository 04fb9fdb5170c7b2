import { join } from 'node:path';
import { UpProcess } from '@tomte/tomte/up-process';
import { Api } from '../harness/api.ts';
import { findDoubledExchanges, readBatches } from './checks/batches.ts';
import { findMinuteProblems } from './checks/rollup.ts';
import { expectRecording, findRecordingProblems } from './checks/recordings.ts';
import type { FeedContext, FeedResult } from './feed.ts';
import type { Moments } from './killer.ts';
import { Recordings } from './recordings.ts';
import { ReplayPrey } from './replay-prey.ts';
import { Traffic } from './traffic.ts';
import { until } from './wait.ts';

/**
 * All batches of a replay are on their way at once, are looked for when a lease is over, then inserted and
 * acknowledged together: some three seconds, of which any moment is hit.
 */
export const replayMoments: Moments = { patienceMs: 3_200, anyMomentShare: 1 };
/** Whole replays at once, for the proof that nothing is added. */
const REPLAYS_AT_ONCE = 4;

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
      while (killer.kills.length < kills && (await killer.killNext(prey)) !== undefined);
      await prey.finish(signal);
    } finally {
      await prey.close();
    }
    report.say(`recording ${replayed.length} is stored after ${prey.starts} starts of its replay`);
  }
  return replayed;
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
  for (let index = 0; index < replayed.length; index += REPLAYS_AT_ONCE) {
    const some = replayed.slice(index, index + REPLAYS_AT_ONCE);
    await Promise.all(some.map((path) => replayWhole(up, path, dataDir, signal)));
  }
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
