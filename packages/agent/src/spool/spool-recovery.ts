import { randomBytes } from 'node:crypto';
import { open, readdir, readFile, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { Quarantine, SeqRange } from '@tomte/wire';
import { readAcknowledged, removeAcknowledged } from './acknowledged-file.ts';
import { findSegmentSpoolId, scanSegment, SEGMENT_HEADER_BYTES } from './segment-scan.ts';
import type { Damage } from './segment-scan.ts';
import { RECORD_FIXED_BYTES } from './spool-record.ts';
import { findFirstSeqOfName, Segment } from './segment.ts';
import type { SpoolLoss } from './spool-options.ts';
import { readState } from './state-file.ts';
import type { FoundState } from './state-file.ts';

/** When the state is damaged, numbers of deleted segments are unknown: far beyond any of them. */
const JUMP_AFTER_DAMAGE = 1_000_000_000;

/** What an earlier run left. */
export interface RecoveredSpool {
  readonly spoolId: bigint;
  /** Oldest first. */
  readonly segments: readonly Segment[];
  readonly highestSeq: number;
  readonly acknowledged: readonly SeqRange[];
  /** All that happened before it was on disk, nanoseconds since the Unix epoch; of a new spool its beginning, 0 when it was lost. */
  readonly completeToNs: bigint;
  readonly isNew: boolean;
  /** The earlier run closed the spool in order. */
  readonly isClean: boolean;
}

export interface RecoveryContext {
  readonly directory: string;
  readonly quarantine: Quarantine;
  readonly onLoss: (loss: SpoolLoss) => void;
  /** Wall clock: when a spool begins that is not there yet. */
  readonly nowNs: bigint;
}

/** 63 random bits, never 0. */
function randomSpoolId(): bigint {
  return BigInt.asUintN(63, randomBytes(8).readBigUInt64LE()) || 1n;
}

async function segmentPaths(directory: string): Promise<string[]> {
  const names = (await readdir(directory)).filter((name) => findFirstSeqOfName(name) !== undefined);
  return names.sort().map((name) => join(directory, name));
}

/** Throws away what a spool holds, so that a replay makes it again from the first number. */
export async function emptySpool(directory: string): Promise<void> {
  for (const path of await segmentPaths(directory)) await rm(path);
  await rm(join(directory, 'state'), { force: true });
  await removeAcknowledged(directory);
}

function toLoss(damage: Damage, batches: number): SpoolLoss {
  const { header } = damage;
  return {
    reason: 'spool_corrupt',
    table: header?.table,
    batches,
    rows: header?.rows,
    bytes: damage.end - damage.start,
    firstTimeNs: header?.firstTimeNs,
    lastTimeNs: header?.lastTimeNs,
    detail: 'the checksum of a batch in the spool is wrong',
  };
}

/** As many batches as unreadable bytes can have held: none of their numbers may be given again. */
function unreadableBatches(damages: readonly Damage[]): number {
  return damages
    .filter((damage) => damage.header === undefined)
    .reduce((count, damage) => count + Math.ceil((damage.end - damage.start) / RECORD_FIXED_BYTES), 0);
}

/** Reads one file; undefined when nothing of it is ours. */
async function recoverSegment(
  path: string,
  found: FoundState,
  context: RecoveryContext,
): Promise<{ segment: Segment; spoolId: bigint | undefined } | undefined> {
  const bytes = await readFile(path);
  const spoolId = findSegmentSpoolId(bytes);
  if (bytes.length <= SEGMENT_HEADER_BYTES) {
    await rm(path);
    return undefined;
  }
  if (found.kind === 'state' && spoolId !== undefined && spoolId !== found.state.spoolId) {
    await context.quarantine.put('foreign-segment', bytes);
    context.onLoss({
      ...toLoss({ start: 0, end: bytes.length, header: undefined }, 1),
      detail: 'a segment of another spool',
    });
    await rm(path);
    return undefined;
  }
  const scan = scanSegment(bytes);
  for (const damage of scan.damages) {
    await context.quarantine.put('damaged-record', bytes.subarray(damage.start, damage.end));
    context.onLoss(toLoss(damage, 1));
  }
  if (scan.keptBytes < bytes.length) await truncate(path, scan.keptBytes);
  const lastAppendMs = (await stat(path)).mtimeMs;
  const firstSeq = findFirstSeqOfName(path.slice(path.lastIndexOf('/') + 1)) ?? 1;
  const segment = new Segment(path, await open(path, 'r+'), {
    sizeBytes: scan.keptBytes,
    highestSeq: firstSeq - 1,
    lastAppendMs,
  });
  for (const { header, payloadStart } of scan.records) {
    segment.highestSeq = Math.max(segment.highestSeq, header.seq);
    if (header.completeToNs > segment.completeToNs) segment.completeToNs = header.completeToNs;
    segment.unsettled.set(header.seq, { ...header, segment, payloadStart, mayBeSent: true });
  }
  for (const { header } of scan.damages) {
    if (header !== undefined) segment.highestSeq = Math.max(segment.highestSeq, header.seq);
  }
  segment.highestSeq += unreadableBatches(scan.damages);
  return { segment, spoolId };
}

/** Opens what an earlier run left: sound records kept, damage counted and put aside, a cut-off write removed. */
export async function recoverSpool(context: RecoveryContext): Promise<RecoveredSpool> {
  const found = await readState(join(context.directory, 'state'));
  const segments: Segment[] = [];
  let idOfSegments: bigint | undefined;
  const paths = await segmentPaths(context.directory);
  for (const path of paths) {
    const recovered = await recoverSegment(path, found, context);
    if (recovered === undefined) continue;
    segments.push(recovered.segment);
    idOfSegments ??= recovered.spoolId;
  }
  const state = found.kind === 'state' ? found.state : undefined;
  const spoolId = state?.spoolId ?? idOfSegments ?? randomSpoolId();
  const acknowledged = await readAcknowledged(context.directory, spoolId);
  for (const segment of segments) {
    for (const seq of segment.unsettled.keys()) {
      if (acknowledged.some(({ first, last }) => first <= seq && seq <= last)) segment.unsettled.delete(seq);
    }
  }
  const highestOfSegments = segments.reduce(
    (highest, segment) => Math.max(highest, segment.highestSeq),
    acknowledged.at(-1)?.last ?? 0,
  );
  const isNew = found.kind === 'absent' && paths.length === 0;
  const isStateLost = state === undefined && (found.kind === 'damaged' || paths.length > 0);
  return {
    spoolId,
    segments,
    highestSeq: Math.max(highestOfSegments, state?.highestSeq ?? 0) + (isStateLost ? JUMP_AFTER_DAMAGE : 0),
    acknowledged,
    completeToNs: segments.reduce(
      (latest, segment) => (segment.completeToNs > latest ? segment.completeToNs : latest),
      state?.completeToNs ?? (isNew ? context.nowNs : 0n),
    ),
    isNew,
    isClean: state?.isClean ?? false,
  };
}
