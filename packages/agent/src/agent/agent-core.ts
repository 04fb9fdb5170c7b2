import type { Clock } from '@tomte/kit';
import { parsers } from '@tomte/protocols';
import { Pipeline } from '../pipeline/pipeline.ts';
import { defaultPipelineLimits } from '../pipeline/limits.ts';
import type { Redactor } from '../redaction/redactor.ts';
import { Batcher, defaultBatcherLimits } from '../sealing/batcher.ts';
import type { Spool } from '../spool/spool.ts';
import type { SpoolLoss } from '../spool/spool-options.ts';
import type { AgentConfig } from './config.ts';
import { defaultParserLimits } from './config.ts';
import { decompress } from './decompress.ts';
import type { OpenedCluster } from './open-cluster.ts';
import type { OpenedSource } from './open-source.ts';

/** Losses that the spool tells before there is a pipeline to write them down. */
const MAX_EARLY_LOSSES = 1_024;

/** What the spool lost becomes rows, also what it found while it was opened. */
export class SpoolLosses {
  #early: SpoolLoss[] = [];
  #pipeline: Pipeline | undefined;

  add(loss: SpoolLoss): void {
    if (this.#pipeline !== undefined) appendSpoolLoss(this.#pipeline, loss);
    else if (this.#early.length < MAX_EARLY_LOSSES) this.#early.push(loss);
  }

  writeTo(pipeline: Pipeline): void {
    this.#pipeline = pipeline;
    for (const loss of this.#early) appendSpoolLoss(pipeline, loss);
    this.#early = [];
  }
}

function appendSpoolLoss(pipeline: Pipeline, loss: SpoolLoss): void {
  const { timeLine, nowNs } = pipeline;
  pipeline.appendLoss({
    startNs: loss.firstTimeNs === undefined ? nowNs : timeLine.atNs(loss.firstTimeNs),
    endNs: loss.lastTimeNs === undefined ? nowNs : timeLine.atNs(loss.lastTimeNs),
    source: 'spool',
    reason: loss.reason,
    events: loss.rows === undefined ? undefined : BigInt(loss.rows),
    bytes: BigInt(loss.bytes),
    detail: [loss.table ?? '', `${loss.batches} batches`, loss.detail]
      .filter((part) => part !== '')
      .join(': '),
  });
}

/** The pipeline of an agent, between an opened source and a spool. */
export function createPipeline(
  config: AgentConfig,
  parts: {
    opened: OpenedSource;
    cluster: OpenedCluster | undefined;
    spool: Spool;
    redactor: Redactor;
    /** From when on events are held back before the pipeline; Infinity when none is. */
    heldFromNs: () => number;
  },
): Pipeline {
  const { opened, cluster, spool } = parts;
  const who = opened.replay ?? config;
  const batcher = new Batcher(
    defaultBatcherLimits,
    { clusterName: who.clusterName, hostName: who.hostName, agentId: who.agentId },
    spool,
  );
  const { source } = opened;
  return new Pipeline({
    origin: source.origin,
    ...(source.handedOverToNs === undefined
      ? {}
      : {
          handedOverToNs: () => {
            const toNs = source.handedOverToNs?.();
            return toNs === undefined ? undefined : Math.min(toNs, parts.heldFromNs());
          },
        }),
    bootId: who.bootId,
    batcher,
    redactor: parts.redactor,
    parsers: Object.values(parsers),
    parserLimits: { ...defaultParserLimits, ...config.parserLimits },
    decompress,
    limits: { ...defaultPipelineLimits, ...config.pipelineLimits },
    lostReason: opened.lostReason,
    ...(cluster === undefined ? {} : { cluster: cluster.view }),
    verdict: (connectionId, protocol) => {
      if (protocol === 'unknown') opened.dropPayload?.(connectionId);
    },
  });
}

/**
 * What a dead or stopped agent lost: from the time up to which everything reached the disk, to `atNs`, when the probes are
 * attached again. How much it was, nobody can know. When this agent dies before the row is on disk, the next
 * one begins at the same time: no later one is complete without it.
 */
export function appendAgentDown(
  pipeline: Pipeline,
  { completeToNs, atNs, detail }: { completeToNs: bigint; atNs: number; detail: string },
): void {
  pipeline.appendLoss({
    startNs: pipeline.timeLine.atNs(completeToNs),
    endNs: atNs,
    source: 'socket_data',
    reason: 'agent_down',
    events: undefined,
    bytes: undefined,
    detail,
  });
}

/** Source time at this moment, for a live source. */
export function liveNowNs(clock: Clock, opened: OpenedSource): number {
  return Number(clock.monotonicNs() - opened.source.origin.monotonicNs);
}
