import { type ChildProcess, execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeScratch } from '@tomte/tomte/scratch';
import { UpProcess } from '@tomte/tomte/up-process';
import { Launcher, type Nginx, startNginx } from '@tomte/workloads';
import { LoadClient } from '../load/load-client.ts';
import { type Cores, keepAwake, makeLast, makeOrdinary, makeRealtime, pin } from '../measure/cores.ts';
import { childrenOf } from '../measure/processes.ts';
import { type AgentKind, AgentProcess } from './agent-process.ts';
import { buildNoopObjects } from './noop-objects.ts';
import { StoreQuestions } from './store-questions.ts';

/** Below the client's: see load-client.ts. */
const SERVER_PRIORITY = 10;

/** Everything that runs in every arm: nginx, collector, ClickHouse, client; and agents that come and go. */
export class BenchSite {
  readonly cores: Cores;
  readonly nginx: Nginx;
  /** nginx has one worker: the process that is measured. */
  readonly serverPid: number;
  readonly client: LoadClient;
  readonly store: StoreQuestions;
  readonly #directory: string;
  readonly #launcher: Launcher;
  readonly #up: UpProcess;
  readonly #noopObjects: string;
  readonly #agentProgram: string;
  readonly #awake: ChildProcess;

  private constructor(parts: Parts) {
    this.cores = parts.cores;
    this.nginx = parts.nginx;
    this.client = parts.client;
    this.#directory = parts.directory;
    this.#launcher = parts.launcher;
    this.#up = parts.up;
    this.#noopObjects = parts.noopObjects;
    this.#agentProgram = parts.agentProgram;
    this.store = new StoreQuestions(parts.up.url);
    const [worker, ...others] = childrenOf(parts.nginx.program.pid);
    if (worker === undefined || others.length > 0) throw new Error('nginx was asked for one worker');
    this.serverPid = worker;
    pin(worker, parts.cores.measured);
    if (parts.cores.hasRealtime) makeRealtime(worker, SERVER_PRIORITY);
    if (parts.isStoreLast) for (const pid of storePids(parts.up)) makeLast(pid);
    this.#awake = keepAwake(parts.cores.measured);
  }

  /** @param isStoreLast whether collector and store get only what the others leave */
  static async open(cores: Cores, { isStoreLast = true } = {}): Promise<BenchSite> {
    const directory = await makeScratch('bench');
    const [nginxFolder, noopFolder] = [join(directory, 'nginx'), join(directory, 'noop')];
    for (const folder of [nginxFolder, noopFolder]) mkdirSync(folder);
    const launcher = new Launcher();
    let up: UpProcess | undefined;
    try {
      const noopObjects = buildNoopObjects(noopFolder);
      const agentProgram = buildAgent(join(directory, 'agent'));
      up = await UpProcess.start({ dataDir: join(directory, 'data'), args: ['--no-agent'] });
      const nginx = await startNginx({ launcher, directory: nginxFolder, workers: 1, bufferLog: true });
      const client = new LoadClient(cores);
      return new BenchSite({
        cores,
        directory,
        launcher,
        up,
        nginx,
        client,
        noopObjects,
        agentProgram,
        isStoreLast,
      });
    } catch (thrown) {
      await launcher.close();
      await up?.stop();
      rmSync(directory, { recursive: true, force: true });
      throw thrown;
    }
  }

  startAgent(kind: AgentKind): Promise<AgentProcess> {
    return AgentProcess.start({
      kind,
      targetPid: this.#launcher.pid,
      collector: this.#up.ingest,
      tokenFile: join(this.#directory, 'data', 'ingest.token'),
      dataDir: join(this.#directory, 'agents'),
      noopObjects: this.#noopObjects,
      program: this.#agentProgram,
    });
  }

  /**
   * With nginx as any program and nothing beside it: a server that has no pause, before all others, would keep the
   * kernel's own thread from the network's backlog (ksoftirqd), and be measured as slower than it is.
   */
  async saturating<T>(work: () => Promise<T>): Promise<T> {
    this.#awake.kill('SIGSTOP');
    if (this.cores.hasRealtime) makeOrdinary(this.serverPid);
    try {
      return await work();
    } finally {
      if (this.cores.hasRealtime) makeRealtime(this.serverPid, SERVER_PRIORITY);
      this.#awake.kill('SIGCONT');
    }
  }

  async close(): Promise<void> {
    this.#awake.kill('SIGKILL');
    await this.client.close();
    await this.#launcher.close();
    await this.#up.stop();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

const agentBuilder = fileURLToPath(new URL('../../../deploy/build-agent.ts', import.meta.url));

/** The agent as images have it; the path of its program. */
function buildAgent(folder: string): string {
  mkdirSync(folder);
  return execFileSync(process.execPath, [agentBuilder, folder], { encoding: 'utf8' }).trim();
}

/** Collector and store stand for another machine: they take no time from an agent, which has a node's to itself. */
function storePids(up: UpProcess): number[] {
  return [up.pid, up.pidOf('collector'), up.pidOf('clickhouse')].filter((pid) => pid !== undefined);
}

interface Parts {
  readonly cores: Cores;
  readonly directory: string;
  readonly launcher: Launcher;
  readonly up: UpProcess;
  readonly nginx: Nginx;
  readonly client: LoadClient;
  readonly noopObjects: string;
  readonly agentProgram: string;
  readonly isStoreLast: boolean;
}
