import { tableNames } from '@tomte/model';
import type { TableName } from '@tomte/model';
import { Compression, crc32c, MAX_BATCH_BYTES } from '@tomte/wire';
import type { SealedBatch } from '../batch.ts';

/**
 * A record on disk, little-endian:
 * 0 magic u32 · 4 CRC-32C of the rest of the header u32 · 8 payload bytes u32 · 12 payload CRC-32C u32 ·
 * 16 seq u64 · 24 first time u64 · 32 last time u64 · 40 complete to u64 · 48 day i32 · 52 rows u32 ·
 * 56 name bytes u8 · 57 compression u8 · 58 zero ×2 · 60 block bytes u32 · 64 table name · payload.
 * The header has a checksum of its own, so that a damaged payload is skipped exactly and its rows are known.
 */
const RECORD_MAGIC = 0x33524254; // "TBR3"
export const RECORD_FIXED_BYTES = 64;
const CHECKED_FROM = 8;
const MAX_NAME_BYTES = Math.max(...tableNames.map((table) => table.length));

export interface RecordHeader {
  readonly seq: number;
  readonly table: TableName;
  readonly day: number;
  readonly rows: number;
  readonly firstTimeNs: bigint;
  readonly lastTimeNs: bigint;
  readonly completeToNs: bigint;
  readonly payloadBytes: number;
  readonly payloadCrc32c: number;
  readonly compression: Compression;
  /** Of the blocks, before they were compressed. */
  readonly blockBytes: number;
}

export function headerBytesOf(header: RecordHeader): number {
  return RECORD_FIXED_BYTES + header.table.length;
}

export function toRecordHeader(seq: number, batch: SealedBatch): RecordHeader {
  const { table, day, rows, firstTimeNs, lastTimeNs, completeToNs, compression, blockBytes, payload } = batch;
  return {
    seq,
    table,
    day,
    rows,
    firstTimeNs,
    lastTimeNs,
    completeToNs,
    payloadBytes: payload.length,
    payloadCrc32c: crc32c(payload),
    compression,
    blockBytes,
  };
}

export function encodeRecordHeader(header: RecordHeader): Buffer {
  const bytes = Buffer.alloc(headerBytesOf(header));
  bytes.writeUInt32LE(RECORD_MAGIC, 0);
  bytes.writeUInt32LE(header.payloadBytes, 8);
  bytes.writeUInt32LE(header.payloadCrc32c, 12);
  bytes.writeBigUInt64LE(BigInt(header.seq), 16);
  bytes.writeBigUInt64LE(header.firstTimeNs, 24);
  bytes.writeBigUInt64LE(header.lastTimeNs, 32);
  bytes.writeBigUInt64LE(header.completeToNs, 40);
  bytes.writeInt32LE(header.day, 48);
  bytes.writeUInt32LE(header.rows, 52);
  bytes.writeUInt8(header.table.length, 56);
  bytes.writeUInt8(header.compression, 57);
  bytes.writeUInt32LE(header.blockBytes, 60);
  bytes.write(header.table, RECORD_FIXED_BYTES, 'latin1');
  bytes.writeUInt32LE(crc32c(bytes.subarray(CHECKED_FROM)), 4);
  return bytes;
}

export type RecordAt =
  | {
      readonly kind: 'record';
      readonly header: RecordHeader;
      readonly payloadStart: number;
      readonly end: number;
    }
  /** The file ends within the record: what a write leaves that was cut off. */
  | { readonly kind: 'cut' }
  | { readonly kind: 'damaged-payload'; readonly header: RecordHeader; readonly end: number }
  | { readonly kind: 'damaged-header' };

/** By their numbers. */
const compressions = [Compression.NONE, Compression.ZSTD];

function findTable(name: string): TableName | undefined {
  return tableNames.find((table) => table === name);
}

function decodeFields(bytes: Buffer, position: number, nameBytes: number): RecordHeader | undefined {
  const nameStart = position + RECORD_FIXED_BYTES;
  const table = findTable(bytes.toString('latin1', nameStart, nameStart + nameBytes));
  const seq = Number(bytes.readBigUInt64LE(position + 16));
  const payloadBytes = bytes.readUInt32LE(position + 8);
  const compression = compressions[bytes.readUInt8(position + 57)];
  const isKnown = table !== undefined && compression !== undefined;
  if (!isKnown || !Number.isSafeInteger(seq) || payloadBytes > MAX_BATCH_BYTES) return undefined;
  return {
    seq,
    table,
    day: bytes.readInt32LE(position + 48),
    rows: bytes.readUInt32LE(position + 52),
    firstTimeNs: bytes.readBigUInt64LE(position + 24),
    lastTimeNs: bytes.readBigUInt64LE(position + 32),
    completeToNs: bytes.readBigUInt64LE(position + 40),
    payloadBytes,
    payloadCrc32c: bytes.readUInt32LE(position + 12),
    compression,
    blockBytes: bytes.readUInt32LE(position + 60),
  };
}

/** What stands at `position` of a segment. */
export function readRecordAt(bytes: Buffer, position: number): RecordAt {
  const left = bytes.length - position;
  if (left < RECORD_FIXED_BYTES) return { kind: 'cut' };
  if (bytes.readUInt32LE(position) !== RECORD_MAGIC) return { kind: 'damaged-header' };
  const nameBytes = bytes.readUInt8(position + 56);
  if (nameBytes > MAX_NAME_BYTES) return { kind: 'damaged-header' };
  const payloadStart = position + RECORD_FIXED_BYTES + nameBytes;
  if (payloadStart > bytes.length) return { kind: 'cut' };
  if (crc32c(bytes.subarray(position + CHECKED_FROM, payloadStart)) !== bytes.readUInt32LE(position + 4)) {
    return { kind: 'damaged-header' };
  }
  const header = decodeFields(bytes, position, nameBytes);
  if (header === undefined) return { kind: 'damaged-header' };
  const end = payloadStart + header.payloadBytes;
  if (end > bytes.length) return { kind: 'cut' };
  const isWhole = crc32c(bytes.subarray(payloadStart, end)) === header.payloadCrc32c;
  return isWhole ? { kind: 'record', header, payloadStart, end } : { kind: 'damaged-payload', header, end };
}

/** Start of the next record with a sound header at or after `from`, or the end of the bytes. */
export function findNextRecord(bytes: Buffer, from: number): number {
  const magic = Buffer.alloc(4);
  magic.writeUInt32LE(RECORD_MAGIC);
  for (
    let position = bytes.indexOf(magic, from);
    position !== -1;
    position = bytes.indexOf(magic, position + 1)
  ) {
    const found = readRecordAt(bytes, position);
    if (found.kind === 'record' || found.kind === 'damaged-payload') return position;
  }
  return bytes.length;
}
