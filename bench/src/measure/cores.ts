import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { cpus, setPriority } from 'node:os';
import { AppError } from '@tomte/kit';

/** Which processors do what during a benchmark. */
export interface Cores {
  /** Has the measured program to itself. */
  readonly measured: number;
  /** Everything else: client, agent, collector, ClickHouse, the benchmark. */
  readonly others: string;
  /** Real-time priority is to be had: client and measured program are not kept waiting by others. */
  readonly hasRealtime: boolean;
}

export function chooseCores(count: number): Pick<Cores, 'measured' | 'others'> {
  if (count < 2) {
    const remedy = 'Run it on a machine with at least two processors.';
    throw new AppError('BENCH_ONE_CORE', 'client and server would share one processor', {
      family: 'user',
      remedy,
    });
  }
  return { measured: count - 1, others: count === 2 ? '0' : `0-${count - 2}` };
}

/** Before other work of the machine, behind the loop that `keepAwake` starts. */
const NICE = -15;
const LAST_NICE = 19;

/**
 * Takes this process, and so everything that it starts, off the measured processor, and puts it before what else
 * the machine does.
 */
export function pinSelf(): Cores {
  const cores = chooseCores(cpus().length);
  pin(process.pid, cores.others);
  if (process.getuid?.() === 0) setPriority(NICE);
  return { ...cores, hasRealtime: isAllowed('chrt', ['-f', '1', 'true']) };
}

/** Every thread of the process. */
export function pin(pid: number, cores: string | number): void {
  execFileSync('taskset', ['-acp', String(cores), String(pid)], { stdio: 'ignore' });
}

export function makeRealtime(pid: number, priority: number): void {
  execFileSync('chrt', ['-f', '-a', '-p', String(priority), String(pid)], { stdio: 'ignore' });
}

/** Below all that is measured: only what they leave is for these. Every thread of the process. */
export function makeLast(pid: number): void {
  for (const task of readdirSync(`/proc/${pid}/task`)) setPriority(Number(task), LAST_NICE);
}

/** Back to the policy that programs start with. */
export function makeOrdinary(pid: number): void {
  execFileSync('chrt', ['-o', '-a', '-p', '0', String(pid)], { stdio: 'ignore' });
}

/**
 * A loop on the measured processor that gives way to nearly everything: it neither sleeps there, which costs a
 * virtual machine as much as a request at every wake-up, nor do others move in and push the server out of the
 * caches. Ends with this process, however that ends.
 */
export function keepAwake(core: number): ChildProcess {
  const command = [
    '--pdeathsig',
    'KILL',
    'taskset',
    '-c',
    String(core),
    'nice',
    '-n',
    '-20',
    'perl',
    '-e',
    '1 while 1',
  ];
  return spawn('setpriv', command, { stdio: 'ignore' });
}

export function describeCores({ measured, others, hasRealtime }: Cores, server: string): string {
  const priority = hasRealtime
    ? `; ${server} and client with SCHED_FIFO`
    : '; no real-time priority to be had';
  return `${server} alone on processor ${measured}, everything else on ${others}${priority}`;
}

function isAllowed(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
