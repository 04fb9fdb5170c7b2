import { join } from 'node:path';
import type { Clock } from '@tomte/kit';
import type { Quarantine, SeqRange } from '@tomte/wire';
import { crc32c } from '@tomte/wire';
import { AcknowledgedFile } from './acknowledged-file.ts';
import { AcknowledgedRanges } from './acknowledged-ranges.ts';
import { SEGMENT_HEADER_BYTES } from './segment-scan.ts';
import { Segment } from './segment.ts';
import type { SpoolEntry } from './segment.ts';
import type { SpoolLimits, SpoolLoss } from './spool-options.ts';
import type { RecoveredSpool } from './spool-recovery.ts';
import type { RecordHeader } from './spool-record.ts';
import { encodeRecordHeader, headerBytesOf } from './spool-record.ts';
import { syncDirectory, writeState } from './state-file.ts';

export interface GroupItem {
  readonly header: RecordHeader;
  readonly payload: Uint8Array;
}

export interface SegmentStoreOptions {
  readonly directory: string;
  readonly clock: Clock;
  readonly limits: SpoolLimits;
  readonly quarantine: Quarantine;
  readonly onLoss: (loss: SpoolLoss) => void;
  readonly recovered: RecoveredSpool;
}

/** Steps from number to number before the index is walked instead: numbers may jump after damage. */
const MAX_STEPS = 4_096;

/** Losses of an eviction are told by table. */
type LossByTable = Map<string, SpoolLoss>;

/**
 * The files of a spool and the index of what waits in them. Writing is up to one caller at a time
 * (`GroupWriter`); deleting follows from settling and from the limits.
 */
export class SegmentStore {
  readonly #options: SegmentStoreOptions;
  readonly #segments: Segment[];
  readonly #entries = new Map<number, SpoolEntry>();
  readonly #acknowledged: AcknowledgedRanges;
  readonly #acknowledgedFile: AcknowledgedFile;
  readonly #listeners = new Set<() => void>();
  /** Payloads of the last group until they are read once: what was just written is sent next. */
  #fresh = new Map<number, Uint8Array>();
  #active: Segment | undefined;
  #isReplay = false;
  #durableSeq: number;
  /** Of deleted segments: what the state file must know before they go. */
  #completeToNs: bigint;
  #bytes = 0;
  #rows = 0;
  #evictedBatches = 0;
  #evictedRows = 0;
  #corruptBatches = 0;
  /** Deletions and writes of the state, one after another. */
  #chores: Promise<void> = Promise.resolve();

  constructor(options: SegmentStoreOptions) {
    this.#options = options;
    this.#segments = [...options.recovered.segments];
    this.#durableSeq = options.recovered.highestSeq;
    this.#completeToNs = options.recovered.completeToNs;
    this.#acknowledged = new AcknowledgedRanges(options.recovered.acknowledged);
    this.#acknowledgedFile = new AcknowledgedFile(options.directory, options.recovered.spoolId);
    for (const segment of this.#segments) {
      for (const entry of segment.unsettled.values()) this.#index(entry);
    }
  }

  /** Marks the spool as in use and deletes what is settled. */
  async begin(isReplay: boolean): Promise<void> {
    this.#isReplay = isReplay;
    await this.#writeState(false);
    for (const segment of [...this.#segments]) this.#deleteIfSettled(segment);
    await this.#chores;
  }

  get durableSeq(): number {
    return this.#durableSeq;
  }

  get firstUnsettledSeq(): number {
    for (const seq of this.#entries.keys()) return seq;
    return this.#durableSeq + 1;
  }

  get diskBytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.sizeBytes, 0);
  }

  get stats() {
    return {
      bytes: this.#bytes,
      batches: this.#entries.size,
      rows: this.#rows,
      diskBytes: this.diskBytes,
      evictedBatches: this.#evictedBatches,
      evictedRows: this.#evictedRows,
      corruptBatches: this.#corruptBatches,
    };
  }

  onDurable(callback: () => void): () => void {
    this.#listeners.add(callback);
    return () => this.#listeners.delete(callback);
  }

  find(seq: number): SpoolEntry | undefined {
    return this.#entries.get(seq);
  }

  findNext(seq: number): SpoolEntry | undefined {
    const start = Math.max(seq + 1, this.firstUnsettledSeq);
    const end = Math.min(this.#durableSeq, start + MAX_STEPS);
    for (let next = start; next <= end; next += 1) {
      const entry = this.#entries.get(next);
      if (entry !== undefined) return entry;
    }
    if (end === this.#durableSeq) return undefined;
    for (const [next, entry] of this.#entries) if (next > end) return entry; // In order of their numbers.
    return undefined;
  }

  /** Writes the group, makes it durable, indexes it. Throws what the disk says; then nothing of it is kept. */
  async write(group: readonly GroupItem[]): Promise<void> {
    const first = group[0];
    const last = group.at(-1);
    if (first === undefined || last === undefined) return;
    const recordBytes = group.reduce(
      (sum, item) => sum + headerBytesOf(item.header) + item.payload.length,
      0,
    );
    const groupBytes = recordBytes + SEGMENT_HEADER_BYTES;
    this.#evictForRoom(groupBytes, group.length);
    const nowMs = Number(this.#options.clock.wallNs() / 1_000_000n);
    const segment = await this.#segmentFor(first.header.seq, nowMs);
    const start = segment.sizeBytes;
    await segment.append(group.flatMap((item) => [encodeRecordHeader(item.header), item.payload]));
    segment.lastAppendMs = nowMs;
    this.#indexGroup(segment, group, start);
    this.#fresh = new Map(group.map(({ header, payload }) => [header.seq, payload]));
    this.#durableSeq = last.header.seq;
    for (const listener of this.#listeners) listener();
  }

  #indexGroup(segment: Segment, group: readonly GroupItem[], start: number): void {
    let position = start;
    for (const { header, payload } of group) {
      position += headerBytesOf(header);
      const entry: SpoolEntry = { ...header, segment, payloadStart: position, mayBeSent: this.#isReplay };
      position += payload.length;
      segment.unsettled.set(header.seq, entry);
      segment.highestSeq = header.seq;
      if (header.completeToNs > segment.completeToNs) segment.completeToNs = header.completeToNs;
      this.#index(entry);
    }
  }

  async #segmentFor(firstSeq: number, nowMs: number): Promise<Segment> {
    const { directory, limits, recovered } = this.#options;
    if (this.#active !== undefined && this.#active.sizeBytes < limits.segmentBytes) return this.#active;
    this.abandonActive();
    const segment = await Segment.create(directory, recovered.spoolId, firstSeq, nowMs);
    await syncDirectory(directory);
    this.#segments.push(segment);
    this.#active = segment;
    return segment;
  }

  /** The next group begins a new file. */
  abandonActive(): void {
    const before = this.#active;
    this.#active = undefined;
    if (before !== undefined) this.#deleteIfSettled(before);
  }

  /** From memory where it has just been written, else from disk and checked. */
  async read(entry: SpoolEntry): Promise<Buffer | undefined> {
    const fresh = this.#fresh.get(entry.seq);
    if (fresh === undefined) return this.#readFromDisk(entry);
    this.#fresh.delete(entry.seq);
    return Buffer.from(fresh.buffer, fresh.byteOffset, fresh.byteLength);
  }

  async #readFromDisk(entry: SpoolEntry): Promise<Buffer | undefined> {
    const bytes = await entry.segment.read(entry.payloadStart, entry.payloadBytes);
    if (bytes !== undefined && crc32c(bytes) === entry.payloadCrc32c) return bytes;
    if (!this.#entries.has(entry.seq)) return undefined;
    if (bytes !== undefined) await this.#options.quarantine.put(`damaged-${entry.seq}-${entry.table}`, bytes);
    if (!this.#entries.has(entry.seq)) return undefined;
    this.#corruptBatches += 1;
    this.#options.onLoss({
      ...this.toLoss(entry),
      reason: 'spool_corrupt',
      detail: 'the checksum of a batch in the spool is wrong',
    });
    this.settleRange(entry.seq, entry.seq);
    return undefined;
  }

  /**
   * Only this is noted at once. A batch that was lost in another way is settled on disk when the spool is
   * closed: the row that tells of it is on its way to the disk until then.
   */
  acknowledge(ranges: readonly SeqRange[]): void {
    let isMore = false;
    for (const { first, last } of ranges) {
      isMore = this.#acknowledged.add(first, Math.min(last, this.#durableSeq)) || isMore;
      this.settleRange(first, last);
    }
    if (isMore) this.#acknowledgedFile.note(this.#acknowledged.all);
  }

  settleRange(first: number, last: number): void {
    const from = Math.max(first, this.firstUnsettledSeq);
    const to = Math.min(last, this.#durableSeq);
    if (to - from > MAX_STEPS) {
      for (const [seq, entry] of [...this.#entries]) if (seq >= from && seq <= to) this.#settle(entry);
      return;
    }
    for (let seq = from; seq <= to; seq += 1) this.#settle(this.#entries.get(seq));
  }

  #settle(entry: SpoolEntry | undefined): void {
    if (entry === undefined) return;
    this.#forget(entry);
    this.#deleteIfSettled(entry.segment);
  }

  toLoss(entry: SpoolEntry): SpoolLoss {
    return {
      reason: 'spool_evicted',
      table: entry.table,
      batches: 1,
      rows: entry.rows,
      bytes: entry.blockBytes,
      firstTimeNs: entry.firstTimeNs,
      lastTimeNs: entry.lastTimeNs,
      detail: entry.mayBeSent ? 'sent without an answer: a collector may have stored it' : '',
    };
  }

  /** Deletes the oldest segment, whatever waits in it. False when there is none. */
  evictOldest(detail: string): boolean {
    const oldest = this.#segments[0];
    if (oldest === undefined) return false;
    if (oldest === this.#active) this.#active = undefined;
    const losses: LossByTable = new Map();
    for (const entry of [...oldest.unsettled.values()]) {
      this.#evictedBatches += 1;
      this.#evictedRows += entry.rows;
      addLoss(losses, {
        ...this.toLoss(entry),
        detail: entry.mayBeSent ? `${detail}; ${this.toLoss(entry).detail}` : detail,
      });
      this.#forget(entry);
    }
    this.#delete(oldest);
    for (const loss of losses.values()) this.#options.onLoss(loss);
    return true;
  }

  /** Resolves when the deletions that were begun are done. */
  async settleChores(): Promise<void> {
    await this.#chores;
  }

  async close(completeToNs: bigint): Promise<void> {
    if (completeToNs > this.#completeToNs) this.#completeToNs = completeToNs;
    this.#active = undefined;
    for (const segment of [...this.#segments]) this.#deleteIfSettled(segment);
    await this.#chores;
    for (const segment of this.#segments) await segment.close();
    this.#acknowledgedFile.note(this.#settledRanges());
    await this.#acknowledgedFile.close();
    await this.#writeState(true).catch(() => undefined); // A full disk: the next start recovers without it.
  }

  /** All numbers but those that wait. */
  #settledRanges(): readonly SeqRange[] {
    const settled = new AcknowledgedRanges();
    let next = 1;
    for (const seq of this.#entries.keys()) {
      settled.add(next, seq - 1);
      next = seq + 1;
    }
    settled.add(next, this.#durableSeq);
    return settled.all;
  }

  #index(entry: SpoolEntry): void {
    this.#entries.set(entry.seq, entry);
    this.#bytes += entry.payloadBytes;
    this.#rows += entry.rows;
  }

  #forget(entry: SpoolEntry): void {
    this.#entries.delete(entry.seq);
    this.#fresh.delete(entry.seq);
    entry.segment.unsettled.delete(entry.seq);
    this.#bytes -= entry.payloadBytes;
    this.#rows -= entry.rows;
  }

  #evictForRoom(groupBytes: number, groupBatches: number): void {
    const { limits, clock } = this.#options;
    const oldestAllowedMs = Number(clock.wallNs() / 1_000_000n) - limits.maxAgeMs;
    while (
      (this.#segments[0]?.lastAppendMs ?? Infinity) < oldestAllowedMs &&
      this.evictOldest('older than the limit')
    );
    while (this.diskBytes + groupBytes > limits.maxBytes && this.evictOldest('the spool was full'));
    while (
      this.#entries.size + groupBatches > limits.maxBatches &&
      this.evictOldest('too many batches in the spool')
    );
  }

  #deleteIfSettled(segment: Segment): void {
    if (segment === this.#active || segment.unsettled.size > 0 || segment.isGone) return;
    this.#delete(segment);
  }

  /** First the state that remembers its numbers, then the file. */
  #delete(segment: Segment): void {
    const index = this.#segments.indexOf(segment);
    if (index === -1) return;
    this.#segments.splice(index, 1);
    if (index === 0) this.#acknowledged.forgetUpTo(segment.highestSeq);
    if (segment.completeToNs > this.#completeToNs) this.#completeToNs = segment.completeToNs;
    this.#chores = this.#chores
      .then(() => this.#writeState(false))
      // On a full disk the state cannot be replaced: the file must go all the same, or nothing ever does.
      .catch(() => undefined)
      .then(() => segment.delete())
      .catch(() => undefined);
  }

  async #writeState(isClean: boolean): Promise<void> {
    const { directory, recovered } = this.#options;
    await writeState(join(directory, 'state'), {
      spoolId: recovered.spoolId,
      highestSeq: this.#durableSeq,
      completeToNs: this.#completeToNs,
      isClean,
    });
  }
}

function addLoss(losses: LossByTable, loss: SpoolLoss): void {
  const key = `${loss.table} ${loss.detail}`;
  const before = losses.get(key);
  losses.set(key, before === undefined ? loss : mergeLosses(before, loss));
}

function earlier(a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  return a === undefined || b === undefined ? undefined : a < b ? a : b;
}

function later(a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  return a === undefined || b === undefined ? undefined : a > b ? a : b;
}

function mergeLosses(a: SpoolLoss, b: SpoolLoss): SpoolLoss {
  return {
    ...a,
    batches: a.batches + b.batches,
    rows: a.rows === undefined || b.rows === undefined ? undefined : a.rows + b.rows,
    bytes: a.bytes + b.bytes,
    firstTimeNs: earlier(a.firstTimeNs, b.firstTimeNs),
    lastTimeNs: later(a.lastTimeNs, b.lastTimeNs),
  };
}
