import { fileURLToPath } from 'node:url';
import { connectStore, type EmbeddedEvent, type StoreAddress, startEmbedded } from '@tomte/store';
import { clickhouseAddress, clickhouseEnvironment } from '../clickhouse-address.ts';
import { type DataDir, defaultDataDir, openDataDir } from '../data-dir.ts';
import { parsePort } from '../listen-address.ts';
import { parseRetention } from '../retention.ts';
import { readRedactionRules } from '../roles/redaction-rules.ts';
import { ringSize } from '../roles/ring-size.ts';
import { type Lifetime, startLifetime, untilAborted } from '../supervised.ts';
import { warmAgent } from '../supervisor/warm-agent.ts';
import { ChildKeeper } from '../supervisor/child-keeper.ts';
import { userError } from '../errors.ts';
import { requireRunning } from '../running-targets.ts';
import { type CaptureTarget, parseTarget, targetArguments, targetMissing } from '../target.ts';
import { AGENT_ENVIRONMENT, AGENT_NODE_ARGS } from './agent-node-args.ts';
import { askTarget } from './ask-target.ts';
import { createTeller, type UpEvent } from './up-events.ts';
import { leaveWhereabouts, removeWhereabouts } from './whereabouts.ts';

export interface UpOptions {
  readonly only?: readonly string[];
  readonly all?: boolean;
  readonly data?: string;
  readonly port?: string;
  readonly ingestPort?: string;
  readonly clickhouse?: string;
  /** False with --no-agent. */
  readonly agent?: boolean;
  readonly json?: boolean;
  readonly syscallStats?: boolean;
  readonly dataRing?: string;
  readonly retention?: readonly string[];
  readonly redactionRules?: string;
}

const mainPath = fileURLToPath(new URL('../main.ts', import.meta.url));
/** The agent seals and delivers what it holds; the collector stores what it has received. */
const AGENT_STOP_MS = 10_000;
const COLLECTOR_STOP_MS = 10_000;

/** Runs everything until it is told to stop. Each part is a process of its own, and comes back when it dies. */
export async function runUp(options: UpOptions): Promise<number> {
  parseRetention(options.retention); // Told now, not by a child.
  ringSize(options.dataRing);
  refuseUnused(options);
  await readRedactionRules(options.redactionRules);
  const lifetime = startLifetime();
  const target = options.agent === false ? undefined : await chooseTarget(options, lifetime.signal);
  const tell = createTeller(options.json === true);
  const parts: Part[] = [];
  try {
    const up = await startParts(options, { target, tell, parts });
    lifetime.ready({ ...up, data: up.data });
    await leaveWhereabouts(up.data, { pid: process.pid, apiUrl: up.url, ingestAddress: up.ingest });
    tell({ kind: 'running', ...up, pids: pidsOf(parts) });
    await untilAborted(lifetime.signal);
    tell({ kind: 'stopping' });
    await removeWhereabouts(up.data);
  } finally {
    await stopAll(parts, lifetime);
  }
  tell({ kind: 'stopped' });
  return 0;
}

/** Without an agent nothing would follow what is said to it. */
function refuseUnused(options: UpOptions): void {
  if (options.agent !== false) return;
  const forAgent: readonly (readonly [string, unknown])[] = [
    ['--only', options.only],
    ['--all', options.all],
    ['--syscall-stats', options.syscallStats],
    ['--data-ring', options.dataRing],
    ['--redaction-rules', options.redactionRules],
  ];
  const [unused] = forAgent.find(([, value]) => value !== undefined) ?? [];
  if (unused === undefined) return;
  throw userError(
    'TOMTE_OPTION_UNUSED',
    `${unused} is for an agent, and --no-agent starts none`,
    'Leave one out.',
  );
}

async function chooseTarget(options: UpOptions, signal: AbortSignal): Promise<CaptureTarget> {
  const target = parseTarget(options);
  if (target !== undefined) {
    requireRunning(target);
    return target;
  }
  if (process.stdin.isTTY === true && process.stderr.isTTY === true) return askTarget(signal);
  throw targetMissing();
}

/** Anything that runs, in the order of starting. */
interface Part {
  readonly name: string;
  readonly pid: number | undefined;
  close(): Promise<void>;
}

interface Starting {
  readonly target: CaptureTarget | undefined;
  readonly tell: (event: UpEvent) => void;
  readonly parts: Part[];
}

interface RunningUp {
  readonly url: string;
  readonly ingest: string;
  readonly data: string;
}

async function startParts(options: UpOptions, starting: Starting): Promise<RunningUp> {
  const data = await openDataDir(options.data ?? defaultDataDir());
  const warming = starting.target === undefined ? undefined : warmAgent(); // While the others start.
  const clickhouse = await startClickhouse(options, data, starting);
  const collector = createCollector(options, { data, clickhouse, tell: starting.tell });
  starting.parts.push(collector.part);
  const { ingestPort, apiUrl } = await collector.start();
  const ingest = `127.0.0.1:${ingestPort}`;
  if (starting.target !== undefined) {
    await warming;
    await startAgent({
      target: starting.target,
      settings: agentSettings(options),
      data,
      ingest,
      starting,
      tellCollector: collector.send,
    });
  }
  return { url: apiUrl, ingest, data: data.root };
}

async function startClickhouse(
  options: UpOptions,
  data: DataDir,
  { tell, parts }: Starting,
): Promise<StoreAddress> {
  if (options.clickhouse !== undefined) {
    const address = clickhouseAddress(options.clickhouse, process.env);
    await using store = connectStore(address);
    await store.prepare(parseRetention(options.retention));
    return address;
  }
  const onEvent = (event: EmbeddedEvent): void => {
    if (event.kind === 'server_died') tell({ kind: 'clickhouse_died', lastWords: event.lastWords });
    if (event.kind === 'server_restarted') tell({ kind: 'clickhouse_restarted', pid: event.pid });
  };
  const server = await startEmbedded({ dataDir: data.root, onEvent });
  parts.push({
    name: 'clickhouse',
    get pid() {
      return server.pid;
    },
    close: () => server.close(),
  });
  tell({ kind: 'clickhouse_ready', pid: server.pid });
  return server;
}

interface CollectorSetting {
  readonly data: DataDir;
  readonly clickhouse: StoreAddress;
  readonly tell: (event: UpEvent) => void;
}

/** The ports that it took first are its own for good: agent and askers know them. */
function createCollector(options: UpOptions, { data, clickhouse, tell }: CollectorSetting) {
  let ingestPort = parsePort(options.ingestPort ?? '0');
  let apiPort = parsePort(options.port ?? '4680');
  const keeper = new ChildKeeper(
    {
      name: 'collector',
      args: () => [
        ...['collector', '--roles', 'ingest,query', '--data', data.root, '--token-file', data.tokenFile],
        ...['--listen', `127.0.0.1:${ingestPort}`, '--api-listen', `127.0.0.1:${apiPort}`],
        ...(options.retention ?? []).flatMap((rule) => ['--retention', rule]),
      ],
      env: clickhouseEnvironment(clickhouse),
      onEvent: tell,
      stopMs: COLLECTOR_STOP_MS,
    },
    mainPath,
  );
  return {
    part: partOf('collector', keeper),
    send: (message: object) => keeper.send(message),
    async start() {
      const facts = await keeper.start();
      const apiUrl = String(facts['apiUrl']);
      ingestPort = Number(facts['ingestPort']);
      apiPort = Number(new URL(apiUrl).port);
      return { ingestPort, apiUrl };
    },
  };
}

interface AgentSetting {
  readonly target: CaptureTarget;
  readonly settings: readonly string[];
  readonly data: DataDir;
  readonly ingest: string;
  readonly starting: Starting;
  readonly tellCollector: (message: object) => void;
}

async function startAgent({
  target,
  settings,
  data,
  ingest,
  starting,
  tellCollector,
}: AgentSetting): Promise<void> {
  const { parts, tell } = starting;
  const own = (): readonly string[] =>
    [process.pid, ...parts.map((part) => part.pid)].flatMap(excludeArguments);
  const keeper = new ChildKeeper(
    {
      name: 'agent',
      nodeArgs: AGENT_NODE_ARGS,
      args: () => [
        ...['agent', ...targetArguments(target), '--collector', ingest, '--token-file', data.tokenFile],
        ...['--data', data.root, ...settings, ...own()],
      ],
      env: AGENT_ENVIRONMENT,
      onEvent: tell,
      onReady: (facts) => tellCollector({ agentUrls: [`http://127.0.0.1:${String(facts['endpointPort'])}`] }),
      stopMs: AGENT_STOP_MS,
    },
    mainPath,
  );
  parts.push(partOf('agent', keeper));
  await keeper.start();
}

/** What the agent is told as `up` was. */
function agentSettings({ syscallStats, dataRing, redactionRules }: UpOptions): readonly string[] {
  return [
    ...(syscallStats === true ? ['--syscall-stats'] : []),
    ...(dataRing === undefined ? [] : ['--data-ring', dataRing]),
    ...(redactionRules === undefined ? [] : ['--redaction-rules', redactionRules]),
  ];
}

/** Our own processes are never captured: their traffic would beget rows for ever. */
function excludeArguments(pid: number | undefined): readonly string[] {
  return pid === undefined ? [] : ['--exclude-pid', String(pid)];
}

function partOf(name: string, keeper: ChildKeeper): Part {
  return {
    name,
    get pid() {
      return keeper.pid;
    },
    close: () => keeper.stop(),
  };
}

function pidsOf(parts: readonly Part[]): Readonly<Record<string, number>> {
  return Object.fromEntries(parts.flatMap((part) => (part.pid === undefined ? [] : [[part.name, part.pid]])));
}

/** The last that was started ends first: what it sends is still taken. */
async function stopAll(parts: readonly Part[], lifetime: Lifetime): Promise<void> {
  for (const part of parts.toReversed()) await part.close();
  lifetime.end();
}
