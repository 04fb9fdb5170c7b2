import type { ProcessEvent } from '../sources/source.ts';
import type { Redactor } from '../redaction/redactor.ts';
import { baseName, toServiceName } from './service-name.ts';

/** What rows say of a process; values are redacted. */
export interface ProcessIdentity {
  readonly pid: number;
  /** 0n when not known. */
  readonly startWallNs: bigint;
  readonly name: string;
  readonly executable: string;
  readonly commandLine: string;
  readonly containerId: string;
  /** Empty where the kernel did not tell it; then its cgroup does while it lives. */
  readonly podUid: string;
  readonly serviceName: string;
}

/** A node runs some thousand processes; each takes about 500 bytes here. */
const MAX_PROCESSES = 16_384;
const MAX_COMMAND_LINE_CHARACTERS = 256;

export function unknownProcess(pid: number): ProcessIdentity {
  return {
    pid,
    startWallNs: 0n,
    name: '',
    executable: '',
    commandLine: '',
    containerId: '',
    podUid: '',
    serviceName: '',
  };
}

/**
 * Processes by pid. An exec replaces the entry, and so does another start time: pids are reused. The
 * entry of an ended process stays until there are too many, for its last events come after its end.
 */
export class ProcessTable {
  readonly #byPid = new Map<number, ProcessIdentity>();
  readonly #ended = new Set<number>();
  readonly #redactor: Redactor;

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  get size(): number {
    return this.#byPid.size;
  }

  get(pid: number): ProcessIdentity | undefined {
    return this.#byPid.get(pid);
  }

  /** Takes in what the source says and returns the identity for the event's own row. */
  apply(event: ProcessEvent): ProcessIdentity {
    if (event.kind === 'exit') {
      const known = this.#byPid.get(event.pid);
      if (known !== undefined) this.#ended.add(event.pid);
      return known ?? this.#toIdentity(event);
    }
    const identity = this.#toIdentity(event);
    this.#byPid.delete(event.pid);
    this.#ended.delete(event.pid);
    this.#byPid.set(event.pid, identity);
    if (this.#byPid.size > MAX_PROCESSES) this.#evict();
    return identity;
  }

  #toIdentity(event: ProcessEvent): ProcessIdentity {
    return {
      pid: event.pid,
      startWallNs: event.startWallNs ?? 0n,
      name: baseName(event.executable),
      executable: event.executable,
      commandLine: this.#redactor.commandLine(event.commandLine).slice(0, MAX_COMMAND_LINE_CHARACTERS),
      containerId: event.containerId,
      podUid: event.podUid ?? '',
      serviceName: toServiceName(event.executable, event.commandLine),
    };
  }

  /** Ended ones first, else the one that came first. */
  #evict(): void {
    const victim = this.#ended.values().next().value ?? this.#byPid.keys().next().value;
    if (victim === undefined) return;
    this.#ended.delete(victim);
    this.#byPid.delete(victim);
  }
}
