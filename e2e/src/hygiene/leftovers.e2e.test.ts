import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UpProcess } from '@tomte/tomte/up-process';
import { VerbProcess } from '@tomte/tomte/verb-process';
import { Launcher, type Nginx, startNginx } from '@tomte/workloads';
import { expect, it, onTestFinished } from 'vitest';
import { descendantsOf, isRunning, startTicksOf } from '../harness/processes.ts';
import { type Session, startSession, temporaryFolder } from '../harness/session.ts';
import { until } from '../harness/until.ts';
import { heldBy, type KernelObjectIds, stillThere } from './kernel-objects.ts';

interface Observed extends Session {
  readonly nginx: Nginx;
  /** Every process of nginx, with its start: the same ones must run on. */
  readonly traced: readonly string[];
}

async function observe(): Promise<Observed> {
  const session = await startSession('hygiene', { hasOwnTemporaryFolder: true });
  onTestFinished(() => session.close());
  const nginx = await startNginx({ launcher: session.launcher, directory: session.directory });
  const traced = processesOf(nginx);
  expect(traced.length).toBeGreaterThanOrEqual(2);
  return { ...session, nginx, traced };
}

function processesOf({ program }: Nginx): string[] {
  return [program.pid, ...descendantsOf(program.pid)].map((pid) => `${pid} since ${startTicksOf(pid)}`);
}

async function answers(nginx: Nginx, nonce: string): Promise<number> {
  return (await fetch(`http://127.0.0.1:${nginx.httpPort}/tiny?n=${nonce}`)).status;
}

function mounts(): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
}

async function expectUnloaded(held: KernelObjectIds): Promise<void> {
  // Freeing goes through RCU, some moments after the last descriptor is gone.
  expect(
    await until(
      () => stillThere(held),
      (left) => left.length === 0,
    ),
  ).toEqual([]);
}

async function expectEnded(pids: readonly number[]): Promise<void> {
  expect(
    await until(
      () => pids.filter(isRunning),
      (left) => left.length === 0,
    ),
  ).toEqual([]);
}

it.each(['SIGTERM', 'SIGKILL'] as const)(
  'after %s of `tomte up` nothing of it is left, and what it traced runs on',
  async (signal) => {
    const mountsBefore = mounts();
    const { up, nginx, traced, directory } = await observe();
    expect(await answers(nginx, 'before')).toBe(200);
    const held = heldBy(up.pidOf('agent') ?? 0);
    expect([...held].filter((id) => id.startsWith('prog')).length).toBeGreaterThan(5);
    expect(stillThere(held)).toHaveLength(held.size);
    const processes = [up.pid, ...descendantsOf(up.pid)];
    for (const part of ['agent', 'collector', 'clickhouse']) expect(processes).toContain(up.pidOf(part));

    process.kill(up.pid, signal);
    await up.stop();
    await expectEnded(processes);
    await expectUnloaded(held);
    expect(mounts()).toEqual(mountsBefore);
    expect(processesOf(nginx)).toEqual(traced);
    expect(await answers(nginx, 'after')).toBe(200);

    if (signal === 'SIGKILL') {
      const again = await UpProcess.start({
        dataDir: join(directory, 'data'),
        args: ['--only', `pid:${nginx.program.pid}`],
        env: { TMPDIR: temporaryFolder(directory) },
      });
      await again.stop();
    }
    const kept = readdirSync(join(directory, 'data'));
    expect(kept.filter((name) => name.startsWith('run-') || name === 'up.json')).toEqual([]);
    expect(readdirSync(temporaryFolder(directory))).toEqual([]);
  },
);

it('after SIGKILL of the agent alone its programs are gone, and the next one has its own', async () => {
  const { up, nginx, traced, api } = await observe();
  const first = up.pidOf('agent') ?? 0;
  const held = heldBy(first);

  process.kill(first, 'SIGKILL');
  await until(
    () => up.pidOf('agent'),
    (pid) => pid !== undefined && pid !== first,
  );
  await expectUnloaded(held);
  expect(heldBy(up.pidOf('agent') ?? 0).size).toBeGreaterThan(5);
  expect(processesOf(nginx)).toEqual(traced);
  expect(await answers(nginx, 'after')).toBe(200);
  const stored = await until(
    () => api.number(`SELECT count() FROM requests WHERE query = 'n=after'`),
    (count) => count > 0,
  );
  expect(stored).toBe(1);
});

it('what a killed `tomte record` captured into a temporary folder is removed by the next start', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tomte-e2e-scratch-'));
  const launcher = new Launcher();
  onTestFinished(async () => {
    await launcher.close();
    rmSync(directory, { recursive: true });
  });
  const folder = temporaryFolder(directory);
  mkdirSync(folder);
  const record = (name: string) =>
    new VerbProcess(['record', '--only', `pid:${launcher.pid}`, '-o', join(directory, name), '--json'], {
      env: { TMPDIR: folder },
    });
  const killed = record('first.tomte');
  await killed.ready;
  const held = heldBy(killed.pid ?? 0);
  killed.kill('SIGKILL');
  await killed.ended;
  await expectUnloaded(held);
  expect(readdirSync(folder)).toHaveLength(1);

  const next = record('second.tomte');
  await next.ready;
  expect(readdirSync(folder)).toHaveLength(1);
  next.kill('SIGTERM');
  const { exitCode, stdout } = await next.ended;
  expect(exitCode).toBe(0);
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events).toMatchObject([
    { kind: 'recording', raw: false },
    {
      kind: 'recorded',
      file_bytes: statSync(join(directory, 'second.tomte')).size,
      end_reason: 'source_ended',
    },
  ]);
  expect(readdirSync(folder)).toEqual([]);
});
