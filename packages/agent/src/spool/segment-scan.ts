import { crc32c } from '@tomte/wire';
import { findNextRecord, readRecordAt } from './spool-record.ts';
import type { RecordHeader } from './spool-record.ts';

/** A segment begins: "TOMTESP1" · spool id u64 · first seq u64 · CRC-32C of those u32 · zero u32. */
export const SEGMENT_HEADER_BYTES = 32;
const SEGMENT_MAGIC = Buffer.from('TOMTESP1', 'latin1');

export function encodeSegmentHeader(spoolId: bigint, firstSeq: number): Buffer {
  const bytes = Buffer.alloc(SEGMENT_HEADER_BYTES);
  SEGMENT_MAGIC.copy(bytes);
  bytes.writeBigUInt64LE(spoolId, 8);
  bytes.writeBigUInt64LE(BigInt(firstSeq), 16);
  bytes.writeUInt32LE(crc32c(bytes.subarray(0, 24)), 24);
  return bytes;
}

/** The id of the spool that wrote the segment; undefined when the header is damaged or cut. */
export function findSegmentSpoolId(bytes: Buffer): bigint | undefined {
  if (bytes.length < SEGMENT_HEADER_BYTES || !bytes.subarray(0, 8).equals(SEGMENT_MAGIC)) return undefined;
  if (crc32c(bytes.subarray(0, 24)) !== bytes.readUInt32LE(24)) return undefined;
  return bytes.readBigUInt64LE(8);
}

export interface ScannedRecord {
  readonly header: RecordHeader;
  readonly payloadStart: number;
}

export interface Damage {
  readonly start: number;
  readonly end: number;
  /** Known when the header is sound. */
  readonly header: RecordHeader | undefined;
}

export interface SegmentScan {
  readonly records: readonly ScannedRecord[];
  readonly damages: readonly Damage[];
  /** Bytes that are worth keeping; what follows is the rest of a write that was cut off. */
  readonly keptBytes: number;
}

/** A write that was cut off leaves a beginning of a record, or (after a loss of power) zeroes. */
function isCutOff(bytes: Buffer, position: number): boolean {
  if (readRecordAt(bytes, position).kind === 'cut') return true;
  return bytes.subarray(position).every((byte) => byte === 0);
}

/** Every sound record, in order, whatever lies between them. Pure. */
export function scanSegment(bytes: Buffer): SegmentScan {
  const records: ScannedRecord[] = [];
  const damages: Damage[] = [];
  let position = SEGMENT_HEADER_BYTES;
  while (position < bytes.length) {
    const found = readRecordAt(bytes, position);
    if (found.kind === 'record') {
      records.push({ header: found.header, payloadStart: found.payloadStart });
      position = found.end;
    } else if (found.kind === 'damaged-payload') {
      damages.push({ start: position, end: found.end, header: found.header });
      position = found.end;
    } else {
      const next = findNextRecord(bytes, position + 1);
      if (next === bytes.length && isCutOff(bytes, position))
        return { records, damages, keptBytes: position };
      damages.push({ start: position, end: next, header: undefined });
      position = next;
    }
  }
  return { records, damages, keptBytes: Math.min(position, bytes.length) };
}
