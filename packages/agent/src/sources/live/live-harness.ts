import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ConnectionEvent, DataEvent, EventSink, ProcessEvent, SourceLoss } from '../source.ts';
import type { ProbeEvent, SyscallStatsEvent } from '../source.ts';
import { createLiveSource } from './live-source.ts';
import type { LiveAccounts, LiveSource } from './live-source.ts';
import type { LiveOptions } from './options.ts';

/** For the tests of this folder: a program that waits, a source that watches only it, and what was told. */
export interface Piece {
  readonly position: number;
  readonly trueBytes: number;
  readonly bytes: Buffer;
  readonly cutReason: DataEvent['cutReason'];
  readonly isPlaintextOfTls: boolean;
  readonly pid: number;
  readonly order: number;
}

export class Recorder implements EventSink {
  readonly pieces = new Map<string, Piece[]>();
  readonly connections: (ConnectionEvent & { readonly order: number })[] = [];
  readonly processes: ProcessEvent[] = [];
  readonly losses: SourceLoss[] = [];
  readonly probes: ProbeEvent[] = [];
  readonly syscallStats: SyscallStatsEvent[] = [];
  #order = 0;

  data(event: DataEvent): void {
    const key = `${String(event.connectionId)}/${event.direction}/${event.isPlaintextOfTls ? 'tls' : 'socket'}`;
    const list = this.pieces.get(key) ?? [];
    if (list.length === 0) this.pieces.set(key, list);
    list.push({ ...event, bytes: Buffer.from(event.bytes), order: this.#order++ });
  }

  connection(event: ConnectionEvent): void {
    this.connections.push({ ...event, order: this.#order++ });
  }

  process(event: ProcessEvent): void {
    this.processes.push(event);
  }

  syscalls(event: SyscallStatsEvent): void {
    this.syscallStats.push(event);
  }

  counters(): void {
    /* The source's accounts are asked directly. */
  }

  loss(event: SourceLoss): void {
    this.losses.push(event);
  }

  probe(event: ProbeEvent): void {
    this.probes.push(event);
  }

  clock(): void {
    /* Of no interest here. */
  }

  piecesOf(
    connectionId: number,
    direction: DataEvent['direction'],
    layer: 'socket' | 'tls' = 'socket',
  ): Piece[] {
    return this.pieces.get(`${String(connectionId)}/${direction}/${layer}`) ?? [];
  }
}

/** A child that does nothing before `go`, and stays until `end`. */
export class WaitingChild {
  readonly process: ChildProcess;
  readonly #lines: Interface;

  constructor(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.process = spawn(command, args, {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...env },
    });
    const { stdout } = this.process;
    if (stdout === null) throw new Error('The child has no stdout.');
    this.#lines = createInterface({ input: stdout });
  }

  get pid(): number {
    return this.process.pid ?? 0;
  }

  go(): void {
    this.process.stdin?.write('\n');
  }

  async line(): Promise<string> {
    const [line] = (await once(this.#lines, 'line')) as [string]; // readline's own event.
    return line;
  }

  async end(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const gone = once(this.process, 'exit');
    this.process.stdin?.end('\n');
    await gone;
  }

  kill(): void {
    this.process.kill('SIGKILL');
  }
}

export interface Observation {
  readonly recorder: Recorder;
  readonly accounts: LiveAccounts;
  /** What the child printed. */
  readonly said: string;
}

export function streamsProgram(...scenarios: string[]): WaitingChild {
  const script = fileURLToPath(new URL('testdata/streams.py', import.meta.url));
  return new WaitingChild('python3', [script, ...scenarios]);
}

export function whenAttached(recorder: Recorder): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (recorder.probes.some(({ probe }) => probe === 'call_return')) resolve();
      else setImmediate(look);
    };
    look();
  });
}

/** Until the source has handed over bytes of both ends of a connection. */
async function whenDataSeen(recorder: Recorder): Promise<void> {
  while (recorder.pieces.size < 2) await new Promise((resolve) => setImmediate(resolve));
}

/** Runs `child` under a source that sees only it and what it forks; `between` once the child has said `half`. */
export async function observe(
  child: WaitingChild,
  options: Partial<LiveOptions> = {},
  between?: (source: LiveSource, recorder: Recorder) => Promise<void>,
): Promise<Observation> {
  const recorder = new Recorder();
  await child.line(); // It is ready and waits.
  const source = await createLiveSource({
    target: { kind: 'only', pids: [child.pid] },
    exclude: { pids: [], cgroups: [] },
    tls: false,
    ...options,
  });
  const stopping = new AbortController();
  try {
    const running = source.run(recorder, stopping.signal);
    await whenAttached(recorder);
    let line = child.line();
    child.go();
    if (between !== undefined) {
      await line;
      await whenDataSeen(recorder);
      await between(source, recorder);
      line = child.line();
      child.go();
    }
    const said = await line;
    await child.end();
    stopping.abort();
    await running;
    return { recorder, accounts: source.accounts(), said };
  } finally {
    stopping.abort();
    child.kill();
    source.close();
  }
}
