import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@tomte/kit';
import { until } from '../../harness/until.ts';
import { attempt, run, runShell } from '../command.ts';
import { ensurePart, folderOf, keyOf } from '../part.ts';
import { pause, runcWrapper } from '../parts/programs.ts';
import { clusterName, places } from '../places.ts';
import { endProcess, isStillRunning, markOf, type ProcessMark } from '../processes.ts';
import { withProgress } from '../progress.ts';
import { noteBefore } from './before.ts';

const START_MS = 60_000;
const STOP_MS = 60_000;
const trialName = `${clusterName}-trial`;

/** A Docker that answers. */
export interface Docker {
  readonly host: string;
  /** Started by us, and ended by `down`. */
  readonly isOurs: boolean;
}

const ours: Docker = { host: `unix://${places.dockerSocket}`, isOurs: true };

/** The machine's own Docker, else ours where it runs. */
export async function findDocker(): Promise<Docker | undefined> {
  if (await answers(ours.host)) return ours;
  const { exitCode, stdout } = await attempt('docker', [
    'context',
    'inspect',
    '-f',
    '{{.Endpoints.docker.Host}}',
  ]);
  const host = process.env['DOCKER_HOST'] ?? (exitCode === 0 ? stdout.trim() : 'unix:///var/run/docker.sock');
  return host !== '' && (await answers(host)) ? { host, isOurs: false } : undefined;
}

async function answers(host: string): Promise<boolean> {
  if (host.startsWith('unix://') && !existsSync(host.slice('unix://'.length))) return false;
  const asked = await attempt('docker', ['-H', host, 'version', '-f', '{{.Server.Version}}'], {
    timeoutMs: 10_000,
  });
  return asked.exitCode === 0;
}

/** One that answers; ours is started where there is none. */
export async function ensureDocker(): Promise<Docker> {
  const found = await findDocker();
  if (found !== undefined) return found;
  await noteBefore();
  await withProgress('Starting a Docker of our own', startDockerd);
  return ours;
}

async function startDockerd(): Promise<void> {
  await ensurePart(runcWrapper);
  await ensurePart(pause);
  for (const folder of [places.dockerData, places.dockerExec]) mkdirSync(folder, { recursive: true });
  writeConfig('runc');
  launch();
  const isUp = await until(() => answers(ours.host), Boolean, START_MS);
  if (!isUp) throw dockerdFailed();
  if (await needsWrapper()) await useWrapper();
}

/** The runtime stands in the file that dockerd reads anew on SIGHUP. */
function writeConfig(runtime: 'runc' | 'wrapped'): void {
  const wrapped = join(folderOf(runcWrapper), 'runc-wrapper');
  const config = {
    runtimes: { wrapped: { path: wrapped } },
    'default-runtime': runtime,
    // Else it is written below /etc.
    'deprecated-key-path': join(places.dockerExec, 'key.json'),
  };
  writeFileSync(places.dockerConfig, JSON.stringify(config));
}

function launch(): void {
  const args = [
    ...['--config-file', places.dockerConfig, '--data-root', places.dockerData],
    ...['--exec-root', places.dockerExec, '--pidfile', places.dockerPid, '-H', ours.host],
  ];
  const log = openSync(`${places.dockerSocket}.log`, 'a');
  // In a group of its own: it outlives this program.
  const child = spawn('dockerd', args, { detached: true, stdio: ['ignore', log, log] });
  child.on('error', () => undefined);
  child.unref();
  closeSync(log);
}

function dockerdFailed(): AppError {
  const log = readFileSync(`${places.dockerSocket}.log`, 'utf8')
    .trimEnd()
    .split('\n')
    .slice(-10)
    .join('\n  ');
  return new AppError('CLUSTER_DOCKER_FAILED', `dockerd does not answer; its log ends with:\n  ${log}\n`, {
    remedy: 'Mend what it says, or start a Docker yourself: then that one is used.',
  });
}

/** Tries whether a privileged container starts, and whether it may have the capabilities that load eBPF. */
async function needsWrapper(): Promise<boolean> {
  const image = await trialImage();
  try {
    const started = await attempt('docker', [
      '-H',
      ours.host,
      'run',
      '-d',
      '--privileged',
      '--name',
      trialName,
      image,
    ]);
    if (started.exitCode !== 0) return true;
    const pid = await run('docker', ['-H', ours.host, 'inspect', '-f', '{{.State.Pid}}', trialName]);
    return !hasBpfCapabilities(Number(pid));
  } finally {
    await attempt('docker', ['-H', ours.host, 'rm', '-f', trialName]);
  }
}

async function trialImage(): Promise<string> {
  const image = `${clusterName}/trial:${keyOf(pause.recipe)}`;
  const known = await attempt('docker', ['-H', ours.host, 'image', 'inspect', image]);
  if (known.exitCode === 0) return image;
  const folder = folderOf(pause);
  await runShell(
    `tar -C ${folder} -c pause | docker -H ${ours.host} import -c 'ENTRYPOINT ["/pause"]' - ${image}`,
  );
  return image;
}

/** CAP_PERFMON 38 and CAP_BPF 39. */
function hasBpfCapabilities(pid: number): boolean {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  const set = BigInt(`0x${/^CapBnd:\s*([0-9a-f]+)/m.exec(text)?.[1] ?? '0'}`);
  return ((set >> 38n) & 3n) === 3n;
}

async function useWrapper(): Promise<void> {
  const mark = dockerdMark();
  if (mark === undefined) throw dockerdFailed();
  writeConfig('wrapped');
  process.kill(mark.pid, 'SIGHUP');
  const runtime = await until(
    () => run('docker', ['-H', ours.host, 'info', '-f', '{{.DefaultRuntime}}']),
    (name) => name.trim() === 'wrapped',
  );
  if (runtime.trim() !== 'wrapped') throw dockerdFailed();
}

/** The dockerd that our pid file names, if it is one. */
function dockerdMark(): ProcessMark | undefined {
  try {
    const pid = Number(readFileSync(places.dockerPid, 'utf8'));
    const isOurs = readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(places.dockerData);
    return isOurs ? markOf(pid) : undefined;
  } catch {
    return undefined;
  }
}

/** Ends our dockerd, which ends its containerd and what still runs in containers. */
export async function stopDockerd(): Promise<void> {
  const mark = dockerdMark();
  if (mark !== undefined && isStillRunning(mark)) await endProcess(mark, STOP_MS);
}
