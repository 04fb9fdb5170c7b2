// `pnpm test:crash --kills N`: SIGKILL under load. The last line is `N passed, N failed`.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, exitCodeOf } from '@tomte/kit';
import { makeScratch } from '@tomte/tomte/scratch';
import { createChance } from './chance.ts';
import { runCounterProof } from './counter-proof.ts';
import type { FeedResult } from './feed.ts';
import { Killer } from './killer.ts';
import { liveMoments, runLiveFeed } from './live-feed.ts';
import { type CrashOptions, type FeedName, parseOptions, usage } from './options.ts';
import { replayMoments, runRecordingFeed } from './recording-feed.ts';
import { Report } from './report.ts';

/** As a shell counts a signal. */
const EXIT_INTERRUPTED = 130;

const feeds = {
  recording: { run: runRecordingFeed, moments: replayMoments },
  live: { run: runLiveFeed, moments: liveMoments },
} as const;

interface FeedRun extends FeedResult {
  readonly name: FeedName;
  readonly killer: Killer;
}

async function run(options: CrashOptions, signal: AbortSignal): Promise<number> {
  const report = new Report(options.json);
  const directory = await makeScratch('crash');
  const runs: FeedRun[] = [];
  try {
    for (const [index, name] of options.feeds.entries()) {
      const share = Math.floor((options.kills + options.feeds.length - 1 - index) / options.feeds.length);
      if (share > 0) runs.push(await runFeed(name, share, { options, report, signal, directory }));
    }
    if (options.hasCounterProof) await runCounterProof(report, options, signal);
  } finally {
    if (options.keep) report.say(`kept: ${directory}`);
    else await rm(directory, { recursive: true, force: true });
  }
  tell(options, report, runs);
  return report.failedCount === 0 ? 0 : 1;
}

interface RunParts {
  readonly options: CrashOptions;
  readonly report: Report;
  readonly signal: AbortSignal;
  readonly directory: string;
}

async function runFeed(name: FeedName, kills: number, parts: RunParts): Promise<FeedRun> {
  const { options, report, signal } = parts;
  report.say(`feed ${name}: ${kills} kills`);
  const { run: runIt, moments } = feeds[name];
  const killer = new Killer({ chance: createChance(options.seed), signal, report, moments });
  const directory = join(parts.directory, name);
  const result = await runIt({ kills, killer, report, directory, signal });
  const withBatch = killer.kills.filter((kill) => kill.unacknowledged > 0).length;
  const problems =
    killer.kills.length === kills && withBatch === kills ? [] : [`kills ${killer.kills.length}`];
  report.check(`${name}: kills ${killer.kills.length}, with unacknowledged batch ${withBatch}`, problems);
  return { name, killer, ...result };
}

function tell(options: CrashOptions, report: Report, runs: readonly FeedRun[]): void {
  const kills = runs.flatMap((one) => one.killer.kills);
  const withBatch = kills.filter((kill) => kill.unacknowledged > 0).length;
  report.table([
    ['kills', kills.length],
    ['with unacknowledged batch', withBatch],
    ...runs.flatMap(({ name, killer, facts }) => [
      [`${name}: kills of agent, collector, ClickHouse`, killer.countsByVictim().join(', ')] as const,
      [`${name}: moments without such a batch, waited on`, killer.emptyMoments] as const,
      ...facts.map(([fact, value]) => [`${name}: ${fact}`, value] as const),
    ]),
  ]);
  if (!options.json) return;
  const facts = Object.fromEntries(runs.map((one) => [one.name, Object.fromEntries(one.facts)]));
  const failed = report.failedCount;
  const answer = { kills: kills.length, withUnacknowledgedBatch: withBatch, facts, checks: report.checks };
  process.stdout.write(`${JSON.stringify({ ...answer, passed: report.checks.length - failed, failed })}\n`);
}

async function main(): Promise<number> {
  const stopping = new AbortController();
  for (const event of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'] as const)
    process.on(event, () => stopping.abort());
  try {
    const options = parseOptions(process.argv.slice(2));
    if (options !== 'help') return await run(options, stopping.signal);
    process.stdout.write(usage);
    return 0;
  } catch (thrown) {
    if (stopping.signal.aborted) return EXIT_INTERRUPTED;
    const error = AppError.from(thrown, 'CRASH_TEST_FAILED', {
      family: 'unexpected',
      remedy: 'This is a defect: please report it with the lines below.',
    });
    process.stderr.write(`${error.toLine()}\n`);
    if (error.cause instanceof Error) process.stderr.write(`${error.cause.stack}\n`);
    process.stdout.write('0 passed, 1 failed\n');
    return exitCodeOf(error);
  }
}

process.exit(await main());
