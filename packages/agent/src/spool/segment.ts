import { open, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeSegmentHeader, SEGMENT_HEADER_BYTES } from './segment-scan.ts';
import type { RecordHeader } from './spool-record.ts';

/** A batch that is on disk and not settled. */
export interface SpoolEntry extends RecordHeader {
  readonly segment: Segment;
  readonly payloadStart: number;
  /** Set by the sender: it has been written to a stream, or an earlier run may have done so. */
  mayBeSent: boolean;
}

const NAME = /^([0-9a-f]{16})\.segment$/;

function segmentName(firstSeq: number): string {
  return `${firstSeq.toString(16).padStart(16, '0')}.segment`;
}

export function findFirstSeqOfName(name: string): number | undefined {
  const digits = NAME.exec(name)?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 16);
}

/** One append-only file. Only the last segment of a spool is written. */
export class Segment {
  readonly path: string;
  readonly #handle: FileHandle;
  sizeBytes: number;
  highestSeq: number;
  /** With it and the segments before it, all that happened before this is on disk; nanoseconds since the Unix epoch. */
  completeToNs = 0n;
  /** Wall clock of the last append, milliseconds: what the limit of age looks at. */
  lastAppendMs: number;
  readonly unsettled = new Map<number, SpoolEntry>();
  isGone = false;

  constructor(
    path: string,
    handle: FileHandle,
    facts: { sizeBytes: number; highestSeq: number; lastAppendMs: number },
  ) {
    this.path = path;
    this.#handle = handle;
    this.sizeBytes = facts.sizeBytes;
    this.highestSeq = facts.highestSeq;
    this.lastAppendMs = facts.lastAppendMs;
  }

  static async create(directory: string, spoolId: bigint, firstSeq: number, nowMs: number): Promise<Segment> {
    const path = join(directory, segmentName(firstSeq));
    // What stands there holds nothing: a number in a sound record is never given again.
    const handle = await open(path, 'w+', 0o600);
    try {
      await handle.write(encodeSegmentHeader(spoolId, firstSeq), 0, SEGMENT_HEADER_BYTES, 0);
    } catch (thrown) {
      await handle.close();
      await rm(path, { force: true });
      throw thrown;
    }
    return new Segment(path, handle, {
      sizeBytes: SEGMENT_HEADER_BYTES,
      highestSeq: firstSeq - 1,
      lastAppendMs: nowMs,
    });
  }

  /** Appends and makes durable. When it fails, the file is as it was or the error says it is not. */
  async append(parts: readonly Uint8Array[]): Promise<void> {
    const startBytes = this.sizeBytes;
    try {
      await this.#writeAll(parts, startBytes);
      await this.#handle.datasync();
    } catch (thrown) {
      await this.#handle.truncate(startBytes);
      throw thrown;
    }
    this.sizeBytes = startBytes + parts.reduce((sum, part) => sum + part.length, 0);
  }

  /** writev(2) may write a part only, as on a disk that fills. */
  async #writeAll(parts: readonly Uint8Array[], startBytes: number): Promise<void> {
    const { bytesWritten } = await this.#handle.writev([...parts], startBytes);
    let position = startBytes;
    for (const part of parts) {
      const done = Math.min(part.length, Math.max(0, startBytes + bytesWritten - position));
      let rest = part.subarray(done);
      while (rest.length > 0) {
        const written = await this.#handle.write(rest, 0, rest.length, position + part.length - rest.length);
        rest = rest.subarray(written.bytesWritten);
      }
      position += part.length;
    }
  }

  /** The payload's bytes, unchecked; undefined when the segment is gone or the file is shorter. */
  async read(start: number, bytes: number): Promise<Buffer | undefined> {
    if (this.isGone) return undefined;
    const buffer = Buffer.allocUnsafe(bytes);
    const read = await this.#handle.read(buffer, 0, bytes, start).catch(() => undefined);
    return read?.bytesRead === bytes ? buffer : undefined;
  }

  async close(): Promise<void> {
    if (this.isGone) return;
    this.isGone = true;
    await this.#handle.close();
  }

  async delete(): Promise<void> {
    await this.close();
    await rm(this.path, { force: true });
  }
}
