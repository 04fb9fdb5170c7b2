import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type AgentConfig, type AgentStatus, type RunningAgent, startAgent } from '@tomte/agent';
import { agentIdOf } from '../agent-id.ts';
import { defaultDataDir } from '../data-dir.ts';
import { userError } from '../errors.ts';
import { parsePort } from '../listen-address.ts';
import { startLifetime } from '../supervised.ts';
import { requireRunning } from '../running-targets.ts';
import { parseTarget, type TargetOptions, targetMissing } from '../target.ts';
import { VERSION } from '../version.ts';

import { inClusterServer } from './in-cluster.ts';
import { deliveryConfig, type DeliveryRoleOptions } from './delivery-config.ts';
import { toLiveTarget } from './live-target.ts';
import { memoryBudget } from './memory-budget.ts';
import { readRedactionRules } from './redaction-rules.ts';
import { ringSize } from './ring-size.ts';
import { createReadyFile } from './ready-file.ts';
import { createRoleTeller, type RoleTeller } from './role-teller.ts';

export interface AgentRoleOptions extends TargetOptions, DeliveryRoleOptions {
  readonly data?: string;
  readonly endpointPort?: string;
  readonly excludePid?: readonly string[];
  readonly syscallStats?: boolean;
  readonly dataRing?: string;
  readonly redactionRules?: string;
  /** There while every probe is attached. */
  readonly readyFile?: string;
  readonly kubernetes?: boolean;
  readonly nodeName?: string;
  readonly cluster?: string;
  readonly memoryBudget?: string;
  readonly includeNamespace?: readonly string[];
  readonly excludeNamespace?: readonly string[];
  readonly json?: boolean;
}

/** Captures until it is told to stop; what it holds is sealed, on disk, and sent for a while. */
export async function runAgentRole(options: AgentRoleOptions): Promise<number> {
  const lifetime = startLifetime();
  const tell = createRoleTeller(options.json === true);
  const dataDir = options.data ?? defaultDataDir();
  const kubernetes = await kubernetesConfig(options, tell);
  const config: AgentConfig = {
    // A supervised agent starts again although its target has ended meanwhile.
    ...(await liveConfig(options, dataDir, { mayBeGone: lifetime.isSupervised })),
    ...(kubernetes === undefined ? {} : { kubernetes, hostName: kubernetes.nodeName }),
    ...(options.cluster === undefined ? {} : { clusterName: options.cluster }),
    ...memoryBudget(options.memoryBudget),
    delivery: await deliveryConfig(options.collector ?? '127.0.0.1:4681', options, tell),
    endpoint: { kind: 'loopback', host: '127.0.0.1', port: parsePort(options.endpointPort ?? '0') },
  };
  const readyFile = createReadyFile(options.readyFile);
  await readyFile.remove();
  const agent = await startAgent(config, lifetime.signal);
  const watching = untilAttached(agent).then(async () => {
    await readyFile.make();
    lifetime.ready({ endpointPort: agent.endpointPort });
    if (!lifetime.isSupervised) sayCapturing(tell, agent.endpointPort);
  });
  await Promise.race([watching, agent.done]);
  await agent.done;
  await readyFile.remove();
  if (!lifetime.isSupervised) sayCaptured(tell, agent.status());
  lifetime.end();
  return 0;
}

/** @throws AppError TOMTE_NOT_IN_CLUSTER, TOMTE_NODE_NAME_MISSING, TOMTE_KUBERNETES_MISSING */
async function kubernetesConfig(
  options: AgentRoleOptions,
  tell: RoleTeller,
): Promise<AgentConfig['kubernetes']> {
  const { nodeName, includeNamespace = [], excludeNamespace = [] } = options;
  if (options.kubernetes !== true) {
    if (nodeName === undefined && includeNamespace.length === 0 && excludeNamespace.length === 0)
      return undefined;
    const facts = '--node-name, --include-namespace and --exclude-namespace are of --kubernetes';
    throw userError('TOMTE_KUBERNETES_MISSING', facts, 'Give --kubernetes too.');
  }
  if (nodeName === undefined || nodeName === '') {
    const remedy = 'Give --node-name; a pod learns it from the downward API (spec.nodeName).';
    throw userError('TOMTE_NODE_NAME_MISSING', '--kubernetes needs the name of this node', remedy);
  }
  return {
    nodeName,
    server: await inClusterServer(process.env),
    includeNamespaces: includeNamespace,
    excludeNamespaces: excludeNamespace,
    onProblem: (problem) => tell({ kind: 'problem', code: problem.code }, problem.toLine()),
  };
}

function sayCapturing(tell: RoleTeller, endpointPort: number): void {
  tell(
    { kind: 'capturing', endpoint_port: endpointPort },
    `Capturing; questions about this moment at http://127.0.0.1:${endpointPort}/status. Ctrl-C ends it.`,
  );
}

function sayCaptured(tell: RoleTeller, { pipeline, spool }: AgentStatus): void {
  const { emittedRequests } = pipeline;
  const waiting = spool.batches;
  tell(
    { kind: 'stopped', requests: emittedRequests, waiting_batches: waiting },
    `Captured ${emittedRequests} requests; ${waiting === 0 ? 'all are delivered' : `${waiting} batches wait in the spool`}.`,
  );
}

const ATTACH_POLL_MS = 20;

/** A live source counts for the first time when all of its probes are attached: from then on nothing is missed. */
export async function untilAttached(agent: RunningAgent): Promise<void> {
  let isDone = false;
  const done = agent.done.finally(() => (isDone = true)).catch(() => undefined);
  while (!isDone && agent.status().pipeline.source === undefined)
    await Promise.race([delay(ATTACH_POLL_MS), done]);
}

/** What a live agent and a recorder have in common. */
export async function liveConfig(
  options: TargetOptions &
    Pick<AgentRoleOptions, 'excludePid' | 'syscallStats' | 'dataRing' | 'redactionRules'>,
  dataDir: string,
  { mayBeGone = false }: { readonly mayBeGone?: boolean } = {},
): Promise<AgentConfig> {
  const target = parseTarget(options);
  if (target === undefined) throw targetMissing();
  if (!mayBeGone) requireRunning(target);
  const pids = (options.excludePid ?? []).map(parsePid);
  const isCounting = options.syscallStats === true;
  const redaction = await readRedactionRules(options.redactionRules);
  return {
    source: {
      kind: 'live',
      target: toLiveTarget(target),
      exclude: { pids, cgroups: [] },
      syscallStats: isCounting,
      ...ringSize(options.dataRing),
      ...objectFolder(process.env['TOMTE_BPF_OBJECTS']),
    },
    agentId: await agentIdOf(dataDir),
    bootId: randomUUID(),
    hostName: hostname(),
    clusterName: '',
    version: VERSION,
    spool: { directory: join(dataDir, 'spool') },
    ...(redaction === undefined ? {} : { redaction }),
  };
}

/** Compiled BPF objects elsewhere than in this checkout: of an image, or the empty ones of `pnpm bench cost`. */
function objectFolder(path: string | undefined): { readonly objectFolder?: string } {
  return path === undefined ? {} : { objectFolder: path };
}

function parsePid(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw userError('TOMTE_PID_INVALID', `${JSON.stringify(text)} is no process id`, 'Give a number.');
}
