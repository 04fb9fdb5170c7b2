import { parsers } from '@tomte/protocols';
import type { GapReason } from '@tomte/protocols';
import { readBlockRows } from '@tomte/testkit';
import type { BlockRow } from '@tomte/testkit';
import { expandBlocks } from '@tomte/wire';
import { defaultParserLimits } from '../agent/config.ts';
import { decompress } from '../agent/decompress.ts';
import type { SealedBatch } from '../batch.ts';
import type { ClusterView } from '../identity/cluster-view.ts';
import { defaultPipelineLimits } from '../pipeline/limits.ts';
import type { PipelineLimits } from '../pipeline/limits.ts';
import { Pipeline } from '../pipeline/pipeline.ts';
import { createRedactor } from '../redaction/rule-redactor.ts';
import { defaultRedactionRules } from '../redaction/rules.ts';
import { Batcher, defaultBatcherLimits } from '../sealing/batcher.ts';

const noBytes = new Uint8Array(0);

/** 2026-11-24 12:00 UTC. */
export const NOON_NS = 1_795_521_600_000_000_000n;

export interface Harness {
  readonly pipeline: Pipeline;
  readonly batches: SealedBatch[];
  readonly verdicts: [number, string][];
  /** Rows of a table in all batches so far. */
  rows(table: string): BlockRow[];
}

/** A pipeline over the real parsers, whose batches stay in memory. */
export function makeHarness(
  options: {
    limits?: Partial<PipelineLimits>;
    lostReason?: GapReason;
    wallNs?: bigint;
    handedOverToNs?: () => number | undefined;
    cluster?: ClusterView;
  } = {},
): Harness {
  const batches: SealedBatch[] = [];
  const verdicts: [number, string][] = [];
  const target = {
    spoolId: 11n,
    nextSeq: () => batches.length + 1,
    append: (_seq: number, batch: SealedBatch) => batches.push(batch) > 0,
  };
  const origin = { clusterName: 'c', hostName: 'h', agentId: 'a' };
  const pipeline = new Pipeline({
    origin: { monotonicNs: 0n, wallNs: options.wallNs ?? NOON_NS },
    bootId: 'boot',
    batcher: new Batcher(defaultBatcherLimits, origin, target),
    redactor: createRedactor(defaultRedactionRules),
    parsers: Object.values(parsers),
    parserLimits: defaultParserLimits,
    decompress,
    limits: { ...defaultPipelineLimits, ...options.limits },
    lostReason: options.lostReason ?? 'ring_full',
    ...(options.handedOverToNs === undefined ? {} : { handedOverToNs: options.handedOverToNs }),
    ...(options.cluster === undefined ? {} : { cluster: options.cluster }),
    verdict: (connectionId, protocol) => void verdicts.push([connectionId, protocol]),
  });
  const rows = (table: string): BlockRow[] =>
    batches
      .filter((batch) => batch.table === table)
      .flatMap((batch) => readBlockRows(expandBlocks(batch) ?? noBytes));
  return { pipeline, batches, verdicts, rows };
}
