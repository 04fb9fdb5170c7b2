import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { AppError } from '@tomte/kit';
import { until } from '../harness/until.ts';
import { attempt } from './command.ts';
import { down } from './down.ts';
import { findDocker } from './machine/docker.ts';
import { compareSnapshots, type Snapshot, takeSnapshot } from './machine/snapshot.ts';
import { checkout, clusterName } from './places.ts';

/** Namespaces and BPF programs are freed some moments after their last user. */
const SETTLE_MS = 15_000;
const MAX_SHOWN = 20;
const HALF_MADE_MS = 10 * 60_000;

/** Takes the cluster down. @throws AppError CLUSTER_LEFTOVERS where the machine is not as it was */
export async function downLeavesNothing(before: Snapshot): Promise<void> {
  await down();
  const left = await until(
    async () => compareSnapshots(before, await takeSnapshot()),
    (differences) => differences.length === 0,
    SETTLE_MS,
  );
  if (left.length === 0) return;
  throw new AppError(
    'CLUSTER_LEFTOVERS',
    `The machine is not as it was:\n  ${left.slice(0, MAX_SHOWN).join('\n  ')}\n`,
    {
      remedy: 'Nothing else may change the machine meanwhile; else `down` forgets something.',
    },
  );
}

/** Kills an `up` while kind makes the nodes, then the same. */
export async function killedUpLeavesNothing(before: Snapshot): Promise<void> {
  const program = spawn(process.execPath, [join(checkout, 'e2e/src/cluster/main.ts'), 'up'], {
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => program.on('close', resolve));
  const hasNodes = await until(isNodeRunning, (is) => is || program.exitCode !== null, HALF_MADE_MS);
  program.kill('SIGKILL');
  await ended;
  if (!hasNodes) {
    throw new AppError('CLUSTER_NOT_KILLED', 'No node was there before `up` ended', {
      remedy: 'Run `pnpm e2e up`.',
    });
  }
  await downLeavesNothing(before);
}

async function isNodeRunning(): Promise<boolean> {
  const docker = await findDocker();
  if (docker === undefined) return false;
  const { stdout } = await attempt('docker', [
    '-H',
    docker.host,
    'ps',
    '-q',
    '--filter',
    `name=${clusterName}-worker`,
  ]);
  return stdout.trim() !== '';
}
