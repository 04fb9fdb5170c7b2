import { constants } from 'node:fs';
import { open, readFile, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32c } from '@tomte/wire';
import type { SeqRange } from '@tomte/wire';
import { MAX_ACKNOWLEDGED_RANGES } from './acknowledged-ranges.ts';

/** "TOMTEAK1" · spool id u64 · number of ranges u32 · CRC-32C of the id, the number and the ranges u32 · first u64, last u64 of each. */
const MAGIC = Buffer.from('TOMTEAK1', 'latin1');
const FIXED_BYTES = 24;
const RANGE_BYTES = 16;
const CRC_AT = 20;

function pathIn(directory: string): string {
  return join(directory, 'acknowledged');
}

function checksumOf(bytes: Buffer): number {
  return crc32c(Buffer.concat([bytes.subarray(MAGIC.length, CRC_AT), bytes.subarray(FIXED_BYTES)]));
}

function encode(spoolId: bigint, ranges: readonly SeqRange[]): Buffer {
  const bytes = Buffer.alloc(FIXED_BYTES + ranges.length * RANGE_BYTES);
  MAGIC.copy(bytes);
  bytes.writeBigUInt64LE(spoolId, 8);
  bytes.writeUInt32LE(ranges.length, 16);
  ranges.forEach(({ first, last }, index) => {
    bytes.writeBigUInt64LE(BigInt(first), FIXED_BYTES + index * RANGE_BYTES);
    bytes.writeBigUInt64LE(BigInt(last), FIXED_BYTES + index * RANGE_BYTES + 8);
  });
  bytes.writeUInt32LE(checksumOf(bytes), CRC_AT);
  return bytes;
}

/** What was acknowledged of this spool, as far as an earlier run could note it; nothing when the file is not sound. */
export async function readAcknowledged(directory: string, spoolId: bigint): Promise<readonly SeqRange[]> {
  const file = await readFile(pathIn(directory)).catch(() => Buffer.alloc(0));
  if (file.length < FIXED_BYTES || !file.subarray(0, MAGIC.length).equals(MAGIC)) return [];
  const count = file.readUInt32LE(16);
  const endBytes = FIXED_BYTES + count * RANGE_BYTES;
  if (count > MAX_ACKNOWLEDGED_RANGES || endBytes > file.length || file.readBigUInt64LE(8) !== spoolId)
    return [];
  const bytes = file.subarray(0, endBytes);
  if (checksumOf(bytes) !== bytes.readUInt32LE(CRC_AT)) return [];
  return Array.from({ length: count }, (_, index) => ({
    first: Number(bytes.readBigUInt64LE(FIXED_BYTES + index * RANGE_BYTES)),
    last: Number(bytes.readBigUInt64LE(FIXED_BYTES + index * RANGE_BYTES + 8)),
  }));
}

export async function removeAcknowledged(directory: string): Promise<void> {
  await rm(pathIn(directory), { force: true });
}

/**
 * Notes what is acknowledged, so that after kill -9 only the rest is sent again. One small write over the
 * same bytes, at most one at a time; not synced, since to send a batch again is harmless: a loss of power
 * leaves an older note, or one that is not sound.
 */
export class AcknowledgedFile {
  readonly #directory: string;
  readonly #spoolId: bigint;
  #handle: FileHandle | undefined;
  #newest: readonly SeqRange[] | undefined;
  #writing: Promise<void> | undefined;

  constructor(directory: string, spoolId: bigint) {
    this.#directory = directory;
    this.#spoolId = spoolId;
  }

  /** Returns at once; of several notes during one write only the newest is written. */
  note(ranges: readonly SeqRange[]): void {
    this.#newest = ranges;
    this.#writing ??= this.#writeNewest();
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#handle?.close();
    this.#handle = undefined;
  }

  async #writeNewest(): Promise<void> {
    try {
      for (let ranges = this.#newest; ranges !== undefined; ranges = this.#newest) {
        this.#newest = undefined;
        this.#handle ??= await open(pathIn(this.#directory), constants.O_RDWR | constants.O_CREAT, 0o600);
        const bytes = encode(this.#spoolId, ranges);
        await this.#handle.write(bytes, 0, bytes.length, 0);
      }
    } catch {
      // A full disk: what is not noted is sent again.
    } finally {
      this.#writing = undefined;
    }
  }
}
