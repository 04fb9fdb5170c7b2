import { setTimeout as wait } from 'node:timers/promises';
import { systemClock } from '@tomte/kit';
import type { Clock } from '@tomte/kit';
import type { Delivery } from '../delivery/delivery.ts';
import { startDelivery } from '../delivery/delivery.ts';
import { calmMemoryBytes, defaultBudget, detailOf, Governor } from '../governor/governor.ts';
import type { Usage } from '../governor/governor.ts';
import { GovernedSink } from '../governor/governed-sink.ts';
import { Reclaim } from '../governor/reclaim.ts';
import { UsageMeter } from '../governor/usage-meter.ts';
import { IdentifyingSink } from '../identity/identifying-sink.ts';
import { ProcReader } from '../identity/proc-reader.ts';
import { ScopedSink } from '../identity/scoped-sink.ts';
import type { OpenRequest } from '../pipeline/open-requests.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { startRecording } from '../recording/start-recording.ts';
import type { Recording } from '../recording/start-recording.ts';
import { createRedactor } from '../redaction/rule-redactor.ts';
import { defaultRedactionRules } from '../redaction/rules.ts';
import type { EventSink } from '../sources/source.ts';
import { openSpool } from '../spool/spool.ts';
import type { Spool } from '../spool/spool.ts';
import { createPipeline, liveNowNs, SpoolLosses } from './agent-core.ts';
import { AttachmentWatch } from './attachment-watch.ts';
import type { AgentConfig } from './config.ts';
import { DEFAULT_STOP_GRACE_MS } from './config.ts';
import { openEndpoint } from './endpoint.ts';
import type { Endpoint } from './endpoint.ts';
import { openCluster } from './open-cluster.ts';
import type { OpenedCluster } from './open-cluster.ts';
import { openFileSource, openLiveSource } from './open-source.ts';
import type { OpenedSource } from './open-source.ts';
import { toStatusRow } from './status-row.ts';
import type { AgentStatus } from './status-row.ts';

/** As often as the pipeline looks at what has waited; more would only wake an idle processor. */
const TICK_MS = 100;
const GOVERNOR_MS = 1_000;
const STATUS_MS = 5_000;
/** A replay reads on only while less than this waits for the disk, and fewer batches for a collector. */
const MAX_REPLAY_PENDING_BYTES = 8 * 1024 * 1024;
const MAX_REPLAY_WAITING_BATCHES = 1_000;
const PACE_CHECK_MS = 20;

export interface RunningAgent {
  status(): AgentStatus;
  openRequests(): readonly OpenRequest[];
  /** Port of the endpoint; 0 where there is none. */
  readonly endpointPort: number;
  /** Resolves when the source has ended or the signal came, and all that was seen is sealed and on disk. */
  readonly done: Promise<void>;
}

/** What is there once the agent is open. */
interface Holder {
  spool?: Spool;
  scoped?: ScopedSink | undefined;
}

interface Parts {
  readonly config: AgentConfig;
  readonly clock: Clock;
  readonly opened: OpenedSource;
  readonly cluster: OpenedCluster | undefined;
  readonly spool: Spool;
  readonly pipeline: Pipeline;
  readonly delivery: Delivery | undefined;
  readonly governor: Governor;
  readonly recording: Recording | undefined;
}

/** Runs an agent until its source ends or the signal comes. */
export async function runAgent(config: AgentConfig, signal: AbortSignal): Promise<void> {
  await (
    await startAgent(config, signal)
  ).done;
}

/**
 * Starts an agent; everything that can be wrong with its configuration is thrown here.
 * @throws AppError of the source, the spool, the recording, the endpoint
 */
export async function startAgent(config: AgentConfig, signal: AbortSignal): Promise<RunningAgent> {
  const clock = systemClock();
  const holder: Holder = {};
  const cluster =
    config.kubernetes === undefined ? undefined : await openCluster(config.kubernetes, clock, signal);
  const opened = await openConfigured(config, cluster, () => pace(holder.spool, config, signal)).catch(
    (thrown: unknown) => {
      cluster?.close();
      throw thrown;
    },
  );
  const losses = new SpoolLosses();
  try {
    const spool = await openSpool({
      ...config.spool,
      clock,
      onLoss: (loss) => losses.add(loss),
      ...(opened.replay === undefined ? {} : { replaySpoolId: opened.replay.spoolId }),
    });
    holder.spool = spool;
    const redactor = createRedactor(config.redaction ?? defaultRedactionRules);
    const heldFromNs = (): number => holder.scoped?.earliestHeldNs ?? Infinity;
    const pipeline = createPipeline(config, { opened, cluster, spool, redactor, heldFromNs });
    losses.writeTo(pipeline);
    return await launch({ config, clock, opened, cluster, spool, pipeline, redactor, holder }, signal);
  } catch (thrown) {
    opened.close();
    cluster?.close();
    await holder.spool?.close();
    throw thrown;
  }
}

function openConfigured(
  config: AgentConfig,
  cluster: OpenedCluster | undefined,
  paceReplay: () => Promise<void>,
): Promise<OpenedSource> {
  const { source } = config;
  if (source.kind === 'file') return openFileSource(source.path, paceReplay, settingOf(config));
  const { pids, cgroups } = source.exclude;
  const exclude = { pids: [...pids, ...(cluster?.leftOutPids() ?? [])], cgroups };
  return openLiveSource({ ...source, exclude });
}

/** What decides which rows come of a file, beside the file. */
function settingOf({ version, redaction, parserLimits, pipelineLimits }: AgentConfig): string {
  return JSON.stringify([version, redaction, parserLimits, pipelineLimits]);
}

/** Holds a replay back while the disk or the collector is behind, so that nothing of it is evicted. */
async function pace(spool: Spool | undefined, config: AgentConfig, signal: AbortSignal): Promise<void> {
  if (spool === undefined) return;
  if (spool.stats.pendingBytes > MAX_REPLAY_PENDING_BYTES) await spool.durable();
  while (
    config.delivery !== undefined &&
    !signal.aborted &&
    spool.stats.batches > MAX_REPLAY_WAITING_BATCHES
  ) {
    await wait(PACE_CHECK_MS);
  }
}

async function launch(
  base: Pick<Parts, 'config' | 'clock' | 'opened' | 'cluster' | 'spool' | 'pipeline'> & {
    redactor: ReturnType<typeof createRedactor>;
    holder: Holder;
  },
  signal: AbortSignal,
): Promise<RunningAgent> {
  const { config, opened } = base;
  const recording =
    config.record === undefined
      ? undefined
      : await startRecording(config.record, { ...config, origin: opened.source.origin }, base.redactor);
  const parts: Parts = {
    ...base,
    recording,
    delivery: deliver(base),
    governor: new Governor(config.budget ?? defaultBudget),
  };
  const sinks = toSinks(parts);
  base.holder.scoped = sinks.scoped;
  const meter = new UsageMeter(parts.clock, opened.ringBytes);
  const state = { usage: meter.read(), startedWallNs: parts.clock.wallNs() };
  const status = (): AgentStatus => readStatus(parts, state);
  const endpoint = await openConfiguredEndpoint(config, parts.pipeline, status);
  const stopTimers =
    opened.replay === undefined
      ? startTimers(parts, { meter, state, status, scoped: sinks.scoped })
      : () => undefined;
  return {
    status,
    openRequests: () => parts.pipeline.openRequests(),
    endpointPort: endpoint?.port ?? 0,
    done: runToEnd(parts, sinks, signal, stopTimers).finally(() => endpoint?.close()),
  };
}

function deliver({
  config,
  clock,
  opened,
  cluster,
  spool,
}: Pick<Parts, 'config' | 'clock' | 'opened' | 'cluster' | 'spool'>): Delivery | undefined {
  if (config.delivery === undefined) return undefined;
  const { agentId, bootId, hostName } = opened.replay ?? config;
  return startDelivery({
    ...config.delivery,
    spool,
    clock,
    ...(cluster === undefined ? {} : { entities: cluster.entities }),
    identity: { agentId, bootId, hostName, version: config.version },
  });
}

async function openConfiguredEndpoint(
  config: AgentConfig,
  pipeline: Pipeline,
  status: () => AgentStatus,
): Promise<Endpoint | undefined> {
  if (config.endpoint === undefined) return undefined;
  return openEndpoint(config.endpoint, {
    '/open-requests': () => ({ data: pipeline.openRequests() }),
    '/status': status,
  });
}

function readStatus(parts: Parts, state: { usage: Usage; startedWallNs: bigint }): AgentStatus {
  const { config, opened, cluster, pipeline, spool, delivery, governor, recording } = parts;
  const { agentId, bootId } = opened.replay ?? config;
  return {
    agentId,
    bootId,
    version: config.version,
    startedWallNs: state.startedWallNs,
    sourceWallNs: opened.source.origin.wallNs,
    governorStep: governor.step,
    usage: state.usage,
    heap: heapUsage(),
    pipeline: pipeline.stats(),
    openRequestCount: pipeline.countOpenRequests(),
    spool: spool.stats,
    delivery: delivery?.status,
    cluster: cluster?.status(),
    recording: recording && { events: recording.events, endReason: recording.endReason },
  };
}

function heapUsage(): AgentStatus['heap'] {
  const { heapTotal, heapUsed, arrayBuffers } = process.memoryUsage();
  return { totalBytes: heapTotal, usedBytes: heapUsed, bufferBytes: arrayBuffers };
}

/**
 * Time of a live agent: ticks, its budget, what it says of itself. A replay's time is in its events, and what
 * it costs is not in its file: with rows about it no two replays would make the same batches.
 */
function startTimers(
  parts: Parts,
  of: {
    meter: UsageMeter;
    state: { usage: Usage };
    status: () => AgentStatus;
    scoped: ScopedSink | undefined;
  },
): () => void {
  const { clock, config, opened, pipeline, governor } = parts;
  const now = (): number => liveNowNs(clock, opened);
  // Its own, for a row tells of all the time since the row before.
  const rowMeter = new UsageMeter(clock, opened.ringBytes);
  const calmBytes = calmMemoryBytes(config.budget ?? defaultBudget);
  const reclaim = new Reclaim(clock, () => opened.returnFreeMemory?.());
  const writeStatus = (): void => {
    const status = { ...of.status(), usage: rowMeter.read() };
    pipeline.appendStatus(toStatusRow(status, pipeline.timeLine.wallNs(now())), now());
  };
  const timers = [
    setInterval(() => {
      of.scoped?.tick(now());
      pipeline.tick(now());
    }, TICK_MS),
    setInterval(() => {
      of.state.usage = reclaim.whenOver(of.meter.read(), calmBytes, () => of.meter.memory());
      const change = governor.observe(of.state.usage);
      if (change === undefined) return;
      pipeline.setDetail(detailOf(governor.step));
      writeStatus();
    }, GOVERNOR_MS),
    setInterval(writeStatus, STATUS_MS),
  ];
  return () => timers.forEach((timer) => clearInterval(timer));
}

async function runToEnd(
  parts: Parts,
  { sink, scoped }: Sinks,
  signal: AbortSignal,
  stopTimers: () => void,
): Promise<void> {
  const { opened, cluster, pipeline, recording } = parts;
  let completeToNs = 0n;
  try {
    await opened.source.run(sink, signal);
    const handedOverNs = opened.source.handedOverToNs?.();
    if (handedOverNs !== undefined) completeToNs = pipeline.timeLine.wallNs(handedOverNs);
  } finally {
    stopTimers(); // Or a row of theirs would be sealed into a spool that is being closed.
    scoped?.end();
    opened.close();
    cluster?.close();
    recording?.end();
    pipeline.stop();
    await recording?.close();
    await settle(parts, signal, completeToNs);
  }
}

interface Sinks {
  readonly sink: EventSink;
  /** Where namespaces, our own pods and those that say no are left out: in a cluster. */
  readonly scoped: ScopedSink | undefined;
}

/** Source → who it is → whether it is captured → recording → governor → pipeline; a replay needs the last only. */
function toSinks(parts: Parts): Sinks {
  const { opened, cluster, spool, pipeline, recording, governor } = parts;
  const isReplay = opened.replay !== undefined;
  const governed = isReplay
    ? pipeline
    : new GovernedSink(new AttachmentWatch(pipeline, spool), () => governor.step);
  const recorded = recording === undefined ? governed : recording.tee(governed);
  if (isReplay) return { sink: recorded, scoped: undefined };
  const scoped =
    cluster === undefined
      ? undefined
      : new ScopedSink(recorded, cluster.scope, (pid) => opened.excludePid?.(pid));
  return { sink: new IdentifyingSink(scoped ?? recorded, new ProcReader()), scoped };
}

/** All on disk; then a while for the collector, and for a replay as long as it takes. */
async function settle(
  { config, opened, spool, delivery }: Parts,
  signal: AbortSignal,
  completeToNs: bigint,
): Promise<void> {
  await spool.durable();
  if (delivery !== undefined) {
    const isPatient = opened.replay !== undefined && !signal.aborted;
    const giveUp = new AbortController();
    const patience = isPatient
      ? new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
      : wait(config.stopGraceMs ?? DEFAULT_STOP_GRACE_MS, undefined, { signal: giveUp.signal }).catch(
          () => undefined,
        );
    await Promise.race([delivery.settled(), patience]);
    giveUp.abort();
    delivery.close();
  }
  await spool.close(completeToNs);
}
