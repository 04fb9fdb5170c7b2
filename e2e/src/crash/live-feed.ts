import { join } from 'node:path';
import { UpProcess } from '@tomte/tomte/up-process';
import { Api } from '../harness/api.ts';
import { findBatchProblems, findDoubledExchanges, readBatches } from './checks/batches.ts';
import {
  findWindowProblems,
  readDownWindows,
  readGovernorSteps,
  readOtherLosses,
} from './checks/down-windows.ts';
import { findMissing, findUnexpected, type LoggedSide, readNonces } from './checks/missing.ts';
import { findMinuteProblems } from './checks/rollup.ts';
import { type DeliveryState, readDeliveryState } from './delivery-state.ts';
import type { FeedContext, FeedResult } from './feed.ts';
import type { Moments, Prey } from './killer.ts';
import { Traffic } from './traffic.ts';
import { until } from './wait.ts';

/** What is sealed at the end is on its way: looked for this long. */
const SETTLE_MS = 20_000;
const SETTLE_EVERY_MS = 500;

/** An insert lingers a quarter of a second and takes as long again: any moment of that is hit. */
export const liveMoments: Moments = { patienceMs: 600, anyMomentShare: 0.4 };

/** Live traffic of nginx and its clients, captured by the kernel's probes. */
export async function runLiveFeed(context: FeedContext): Promise<FeedResult> {
  const traffic = new Traffic(join(context.directory, 'traffic'));
  let up: UpProcess | undefined;
  try {
    up = await UpProcess.start({
      dataDir: join(context.directory, 'data'),
      args: ['--only', `pid:${traffic.launcher.pid}`],
    });
    await traffic.start();
    await killAll(context, up);
    await traffic.stop();
    context.report.say('the clients have had all their answers');
    return await judge(context, up, traffic);
  } finally {
    await traffic.close();
    await up?.stop();
  }
}

async function killAll({ killer, kills, signal }: FeedContext, up: UpProcess): Promise<void> {
  const prey: Prey = {
    hasEnded: false,
    pidOf: (victim) => up.pidOf(victim),
    readDelivery: () => readDeliveryState(up.agentUrl),
  };
  while (killer.kills.length < kills) {
    const kill = await killer.killNext(prey);
    if (kill === undefined) return;
    // The supervisor has seen the death before the next one is looked for: a pid is never taken twice.
    await until(`the end of ${kill.victim} ${kill.pid}`, signal, () =>
      up.pidOf(kill.victim) === kill.pid ? undefined : true,
    );
  }
}

async function judge(
  { report, killer, signal }: FeedContext,
  up: UpProcess,
  traffic: Traffic,
): Promise<FeedResult> {
  const api = new Api(up.url);
  const sides: readonly LoggedSide[] = [
    { role: 'server', lines: traffic.serverLog().filter((line) => line.nonce !== '') },
    { role: 'client', lines: traffic.clientLog() },
  ];
  const logged = sides.reduce((sum, side) => sum + side.lines.length, 0);
  const delivered = await untilDelivered(up, signal);
  report.say('the spool is empty');
  const compare = async () => {
    const stored = await readNonces(api, logged);
    const windows = await readDownWindows(api);
    const missing = sides.map((side) => findMissing(side, stored, { ports: traffic.ports, windows }));
    return { stored, windows, missing };
  };
  const deadline = performance.now() + SETTLE_MS;
  const found = await until(
    'the last requests',
    signal,
    async () => {
      const now = await compare();
      const isWhole = now.missing.every((side) => side.problems.length === 0);
      return isWhole || performance.now() > deadline ? now : undefined;
    },
    SETTLE_EVERY_MS,
  );
  const batches = await readBatches(api);
  report.check('live: every fsynced batch is stored once', findDurableProblems(batches, delivered));
  report.check('live: no exchange is stored twice', await findDoubledExchanges(api));
  report.check(
    'live: each death of the agent lies in one agent_down window, and each window holds a death',
    findWindowProblems(found.windows, killer.kills),
  );
  sides.forEach(({ role }, index) =>
    report.check(
      `live: every request that the ${role} logged and the store lacks lies in a window`,
      found.missing[index]?.problems ?? [],
    ),
  );
  report.check(
    'live: no row is there twice or in no log',
    findUnexpected(sides, found.stored, traffic.ports),
  );
  report.check('live: service_1m equals its recomputation', await findMinuteProblems(api, signal));
  const downMs = found.windows.reduce((sum, window) => sum + window.endMs - window.startMs, 0);
  return {
    facts: [
      ['requests logged, both ends', logged],
      ['of them missing, in a reported window', found.missing.reduce((sum, side) => sum + side.inWindows, 0)],
      ['agent_down windows', found.windows.length],
      ['their time, s', (downMs / 1_000).toFixed(1)],
      ['batches', batches.length],
      ['other losses, events', await readOtherLosses(api)],
      ['steps of the governor', await readGovernorSteps(api)],
    ],
  };
}

/** Everything that is on disk is acknowledged, and the API answers. */
async function untilDelivered(up: UpProcess, signal: AbortSignal): Promise<DeliveryState> {
  return until('the spool to be empty', signal, async () => {
    const state = await readDeliveryState(up.agentUrl);
    return state !== undefined && state.durableSeq > 0 && state.waiting === 0 ? state : undefined;
  });
}

function findDurableProblems(
  batches: Parameters<typeof findBatchProblems>[0],
  delivered: DeliveryState,
): readonly string[] {
  const own = batches.filter((batch) => batch.spoolId === delivered.spoolId);
  const problems = [...findBatchProblems(own)];
  if (own.length !== batches.length) problems.push(`${batches.length - own.length} batches of another spool`);
  const highest = Math.max(0, ...own.map((batch) => batch.seq));
  if (highest < delivered.durableSeq)
    problems.push(`the last batch is ${highest}, on disk was ${delivered.durableSeq}`);
  return problems;
}
