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
  /** The agent of an image: `node deploy/build-agent.ts`. */
  readonly program: string;
}

/** Built by `make -C bpf`, of this machine. */
const objects = fileURLToPath(
  new URL(`../../../bpf/build/${process.arch === 'x64' ? 'x86_64' : process.arch}/`, import.meta.url),
);

const STOP_MS = 20_000;

/** `tomte agent` as an image runs it, in a cgroup of its own. */
export class AgentProcess {
  readonly cgroup: Cgroup;
  readonly #child: ChildProcess;
  #endpointPort = 0;

  private constructor(setting: AgentSetting) {
    this.#child = spawn(
      process.execPath,
      [
        ...[
          ...AGENT_NODE_ARGS,
          setting.program,
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
        env: {
          ...process.env,
          ...AGENT_ENVIRONMENT,
          TOMTE_BPF_OBJECTS: setting.kind === 'noop' ? setting.noopObjects : objects,
        },
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
      child.once('message', (message: { readonly facts?: { readonly endpointPort?: number } }) => {
        child.off('exit', ended);
        agent.#endpointPort = message.facts?.endpointPort ?? 0;
        resolve();
      });
    });
    return agent;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Where it answers questions about this moment. */
  get endpointPort(): number {
    return this.#endpointPort;
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
