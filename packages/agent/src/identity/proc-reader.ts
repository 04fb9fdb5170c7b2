import { closeSync, openSync, readlinkSync, readSync } from 'node:fs';
import { toContainerId } from '@tomte/k8s';

/** What /proc says of a process; unredacted. */
export interface ProcFacts {
  readonly parentPid: number;
  readonly startWallNs: bigint;
  readonly executable: string;
  readonly commandLine: string;
  readonly containerId: string;
}

/** USER_HZ, 100 on every architecture that Node runs on (include/asm-generic/param.h). */
const NS_PER_TICK = 10_000_000n;
const NS_PER_SECOND = 1_000_000_000n;
/** A process writes its own command line and may make it large; what is behind this is not read. */
const MAX_FILE_BYTES = 8_192;
const MAX_PATH_CHARACTERS = 1_024;
const STAT_FIELDS_BEFORE_START = 19;

/** Reads /proc/PID synchronously (some 50 µs): it runs once a process, never once an event. */
export class ProcReader {
  readonly #root: string;
  readonly #scratch = Buffer.allocUnsafeSlow(MAX_FILE_BYTES);
  #bootWallNs: bigint | undefined;

  /** @param root another mount of /proc, such as the host's in a container */
  constructor(root = '/proc') {
    this.#root = root;
  }

  /** Undefined when the process is gone, or was replaced while it was read. */
  read(pid: number): ProcFacts | undefined {
    const before = this.#stat(pid);
    if (before === undefined) return undefined;
    const executable = this.#executable(pid);
    const commandLine = this.#text(`${pid}/cmdline`) ?? '';
    const containerId = toContainerId(this.#text(`${pid}/cgroup`) ?? '');
    if (this.#stat(pid)?.startTicks !== before.startTicks) return undefined;
    return {
      parentPid: before.parentPid,
      startWallNs: this.#bootTime() + before.startTicks * NS_PER_TICK,
      executable: executable === '' ? before.name : executable,
      commandLine: commandLine.replace(/\0+$/, '').replaceAll('\0', ' '),
      containerId,
    };
  }

  /** Start of the process, the epoch when it is not known. */
  startWallNs(pid: number): bigint | undefined {
    const stat = this.#stat(pid);
    return stat === undefined ? undefined : this.#bootTime() + stat.startTicks * NS_PER_TICK;
  }

  /** proc(5) /proc/pid/stat: the name may hold spaces and brackets, so fields count from the last bracket. */
  #stat(pid: number): { name: string; parentPid: number; startTicks: bigint } | undefined {
    const text = this.#text(`${pid}/stat`);
    if (text === undefined) return undefined;
    const open = text.indexOf('(');
    const close = text.lastIndexOf(')');
    const fields = text.slice(close + 2).split(' ');
    const start = fields[STAT_FIELDS_BEFORE_START] ?? '';
    if (open < 0 || close < open || !/^\d{1,20}$/.test(start)) return undefined;
    return {
      name: text.slice(open + 1, close),
      parentPid: Number(fields[1] ?? 0) || 0,
      startTicks: BigInt(start),
    };
  }

  #executable(pid: number): string {
    try {
      return readlinkSync(`${this.#root}/${pid}/exe`)
        .replace(/ \(deleted\)$/, '')
        .slice(0, MAX_PATH_CHARACTERS);
    } catch {
      return ''; // A kernel thread has none, and another user's needs CAP_SYS_PTRACE.
    }
  }

  #bootTime(): bigint {
    if (this.#bootWallNs !== undefined) return this.#bootWallNs;
    const seconds = /^btime (\d{1,12})$/m.exec(this.#bootText() ?? '')?.[1] ?? '0';
    return (this.#bootWallNs = BigInt(seconds) * NS_PER_SECOND);
  }

  /** `btime` stands behind a line for each CPU and one for each interrupt: more than the bound of the others. */
  #bootText(): string | undefined {
    return readStart(`${this.#root}/stat`, Buffer.allocUnsafe(1024 * 1024));
  }

  #text(path: string): string | undefined {
    return readStart(`${this.#root}/${path}`, this.#scratch);
  }
}

/** The first bytes of a file as text, as many as fit; undefined when it cannot be read. */
export function readStart(path: string, into: Buffer): string | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    let length = 0;
    for (;;) {
      const count = readSync(file, into, length, into.length - length, null);
      length += count;
      if (count === 0 || length === into.length) return into.toString('utf8', 0, length);
    }
  } catch {
    return undefined; // Processes end whenever they like.
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
