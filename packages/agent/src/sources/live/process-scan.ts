import { readFileSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { toContainerId } from '@tomte/k8s';
import type { ProcessEvent } from '../source.ts';

/** Bytes of a command line that are kept (PII rules apply later). */
const COMMAND_LINE_BYTES = 4096;
/** Start times in /proc count in 1/100 s (USER_HZ). */
const TICK_NS = 10_000_000n;

/** undefined when the process is gone or not ours to read. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

export function listProcesses(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Fields of /proc/PID/stat after the name, which may itself hold blanks and brackets. */
function statFields(pid: number): string[] | undefined {
  const text = attempt(() => readFileSync(`/proc/${String(pid)}/stat`, 'utf8'));
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
}

function parentOf(pid: number): number | undefined {
  const field = statFields(pid)?.[1];
  return field === undefined ? undefined : Number(field);
}

/** All processes that stem from `roots` now. */
export function descendantsOf(roots: readonly number[]): number[] {
  const children = new Map<number, number[]>();
  for (const pid of listProcesses()) {
    const parent = parentOf(pid);
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const found = new Set<number>();
  const open = [...roots];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    for (const child of children.get(pid) ?? []) {
      if (found.has(child)) continue;
      found.add(child);
      open.push(child);
    }
  }
  return [...found];
}

/** Running processes of these executables, by device and inode. */
export function processesOf(paths: readonly string[]): number[] {
  const wanted = new Set(
    paths.map((path) => statSync(path)).map(({ dev, ino }) => `${String(dev)}:${String(ino)}`),
  );
  return listProcesses().filter((pid) => {
    const found = attempt(() => statSync(`/proc/${String(pid)}/exe`));
    return found !== undefined && wanted.has(`${String(found.dev)}:${String(found.ino)}`);
  });
}

export function executableOf(pid: number): string | undefined {
  return attempt(() => readlinkSync(`/proc/${String(pid)}/exe`));
}

export function containerIdOf(pid: number): string {
  const text = attempt(() => readFileSync(`/proc/${String(pid)}/cgroup`, 'utf8'));
  return text === undefined ? '' : toContainerId(text);
}

/** NUL-separated arguments as one line. */
export function commandLineText(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, COMMAND_LINE_BYTES))
    .toString('utf8')
    .replace(/\0+$/, '')
    .replaceAll('\0', ' ');
}

/** Unix time of the boot, nanoseconds. */
export function bootWallNs(): bigint {
  const uptimeSeconds = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
  return BigInt(Date.now()) * 1_000_000n - BigInt(Math.round(uptimeSeconds * 100)) * TICK_NS;
}

/** Wall-clock start from the boot clock, as coarse as /proc tells it, so that both ways give the same. */
export function startWallNs(boot: bigint, startBoottimeNs: bigint): bigint {
  return boot + (startBoottimeNs / TICK_NS) * TICK_NS;
}

/** What /proc says of a process that runs; undefined for kernel threads and the gone. */
export function describeProcess(pid: number, atNs: number, boot: bigint): ProcessEvent | undefined {
  const executable = executableOf(pid);
  const fields = statFields(pid);
  if (executable === undefined || fields === undefined) return undefined;
  const commandLine = attempt(() => readFileSync(`/proc/${String(pid)}/cmdline`));
  return {
    kind: 'seen',
    atNs,
    pid,
    parentPid: Number(fields[1] ?? 0),
    startWallNs: startWallNs(boot, BigInt(fields[19] ?? 0) * TICK_NS),
    executable,
    commandLine: commandLine === undefined ? '' : commandLineText(commandLine),
    containerId: containerIdOf(pid),
    exitCode: undefined,
    exitSignal: undefined,
  };
}
