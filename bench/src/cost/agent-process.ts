import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '@tomte/kit';
import { AGENT_ENVIRONMENT, AGENT_NODE_ARGS } from '@tomte/tomte/agent-node-args';
import { Cgroup } from '../measure/cgroup.ts';
import { type Memory, memoryOf, waitedForCpuNs } from '../measure/processes.ts';

/** What the agent is in an arm: as it ships, with empty programs, or counting system calls as well. */
export type AgentKind = 'on' | 'noop' | 'stats';

export interface AgentSetting {
  readonly kind: AgentKind;
  /** Captured with its children. */
  readonly targetPid: number;
  readonly collector: string;
  readonly tokenFile: string;
  readonly dataDir: string;
  readonly noopObjects: string;
}

const main = fileURLToPath(new URL('../../../packages/tomte/src/main.ts', import.meta.url));
const STOP_MS = 20_000;

/** `tomte agent` as `tomte up` runs it, in a cgroup of its own. */
export class AgentProcess {
  readonly cgroup: Cgroup;
  readonly #child: ChildProcess;

  private constructor(setting: AgentSetting) {
    const objects = setting.kind === 'noop' ? { TOMTE_BPF_OBJECTS: setting.noopObjects } : {};
    this.#child = spawn(
      process.execPath,
      [
        ...[
          ...AGENT_NODE_ARGS,
          main,
          'agent',
          '--only',
          `pid:${setting.targetPid}`,
          '--collector',
          setting.collector,
        ],
        ...['--token-file', setting.tokenFile, '--data', join(setting.dataDir, setting.kind)],
        ...(setting.kind === 'stats' ? ['--syscall-stats'] : []),
      ],
      {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        env: { ...process.env, ...AGENT_ENVIRONMENT, ...objects },
      },
    );
    this.cgroup = new Cgroup(`tomte-bench-${process.pid}`);
    this.cgroup.add(this.pid);
  }

  /** Resolves when every probe is attached. */
  static async start(setting: AgentSetting): Promise<AgentProcess> {
    const agent = new AgentProcess(setting);
    const child = agent.#child;
    await new Promise<void>((resolve, reject) => {
      const ended = (): void => {
        const remedy = 'Its own message stands above.';
        reject(new AppError('BENCH_AGENT_ENDED', 'the agent ended before it was attached', { remedy }));
      };
      child.once('exit', ended);
      child.once('message', () => {
        child.off('exit', ended);
        resolve();
      });
    });
    return agent;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  waitedForCpuNs(): number {
    return waitedForCpuNs(this.pid);
  }

  memory(): Memory {
    return memoryOf(this.pid);
  }

  /** What it holds is sealed and sent before it ends. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child.exitCode === null && child.signalCode === null) {
      const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await gone;
      clearTimeout(late);
    }
    this.cgroup.remove();
  }
}
