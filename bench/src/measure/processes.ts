import { readdirSync, readFileSync } from 'node:fs';

/** Time on a CPU of a task, nanoseconds: the first number of its schedstat (proc_pid_schedstat(5)). */
export function parseSchedstatNs(text: string): number {
  return Number(text.split(' ', 1)[0]);
}

/**
 * CPU time of a process with all its threads, nanoseconds. Threads that have ended are not in it: for
 * programs that keep their threads.
 */
export function cpuTimeNs(pid: number): number {
  let total = 0;
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    try {
      total += parseSchedstatNs(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8'));
    } catch {
      // The thread ended between the listing and the reading.
    }
  }
  return total;
}

/** Time that the first thread of a process was ready to run and another had the processor, nanoseconds. */
export function waitedForCpuNs(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[1]);
}

/** Direct children. */
export function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
}

export interface Memory {
  /** VmHWM: the most that was ever resident, mapped rings included. */
  readonly peakRssMiB: number;
  /** VmRSS: what is resident now, mapped rings included. */
  readonly rssMiB: number;
  /** RssAnon: what is the process's own now. */
  readonly anonymousMiB: number;
}

export function memoryOf(pid: number): Memory {
  return parseMemory(readFileSync(`/proc/${pid}/status`, 'utf8'));
}

export function parseMemory(status: string): Memory {
  const mebibytes = (field: string): number =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? Number.NaN) / 1024;
  return { peakRssMiB: mebibytes('VmHWM'), rssMiB: mebibytes('VmRSS'), anonymousMiB: mebibytes('RssAnon') };
}
