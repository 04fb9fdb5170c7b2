import { fail, succeed } from '@tomte/kit';
import type { Outcome } from '@tomte/kit';
import { crc32c } from '@tomte/wire';
import type { SourceOrigin } from '../sources/source.ts';
import { ByteReader, ByteWriter } from './byte-codec.ts';

/*
 * A recording: "TOMTEREC" · format u32 · length of the head u32 · head · CRC-32C of all that u32, then chunks:
 * "CHNK" · compressed bytes u32 · raw bytes u32 · CRC-32C of the compressed bytes u32 · zstd frame, and at a
 * proper end "DONE" · events u32 · reason u32 · CRC-32C of those eight bytes u32. Little-endian.
 */
export const RECORDING_FORMAT = 1;
const MAGIC = Buffer.from('TOMTEREC', 'latin1');
const CHUNK_MAGIC = Buffer.from('CHNK', 'latin1').readUInt32LE();
const END_MAGIC = Buffer.from('DONE', 'latin1').readUInt32LE();
export const FRAME_HEADER_BYTES = 16;
const PREFIX_BYTES = 16;
const MAX_HEAD_BYTES = 65_536;
const MAX_NAME_BYTES = 1_024;
/** Of one chunk, before compression. */
export const MAX_CHUNK_BYTES = 4 * 1024 * 1024;

export interface RecordingHead {
  readonly agentId: string;
  readonly bootId: string;
  readonly hostName: string;
  readonly clusterName: string;
  readonly origin: SourceOrigin;
  /** Tells two recordings of one run apart. */
  readonly recordingId: string;
  /** Nothing was taken out of it. */
  readonly isRaw: boolean;
}

export const endReasons = ['source_ended', 'stopped', 'byte_limit', 'time_limit', 'write_failed'] as const;
export type RecordingEnd = (typeof endReasons)[number];

export function isRecording(start: Uint8Array): boolean {
  return Buffer.compare(start.subarray(0, MAGIC.length), MAGIC) === 0;
}

export function encodeHead(head: RecordingHead): Buffer {
  const body = new ByteWriter();
  for (const text of [head.agentId, head.bootId, head.hostName, head.clusterName, head.recordingId])
    body.text(text.slice(0, MAX_NAME_BYTES / 4));
  body.int64(head.origin.monotonicNs);
  body.int64(head.origin.wallNs);
  body.uint8(head.isRaw ? 1 : 0);
  const prefix = Buffer.alloc(PREFIX_BYTES);
  MAGIC.copy(prefix);
  prefix.writeUInt32LE(RECORDING_FORMAT, 8);
  prefix.writeUInt32LE(body.length, 12);
  const bytes = Buffer.concat([prefix, body.written(), Buffer.alloc(4)]);
  bytes.writeUInt32LE(crc32c(bytes.subarray(0, -4)), bytes.length - 4);
  return bytes;
}

export type HeadFault =
  | { readonly code: 'version'; readonly message: string; readonly version: number }
  | { readonly code: 'damaged'; readonly message: string };

/** @param bytes the beginning of the file, of 128 KiB or as much as there is */
export function decodeHead(bytes: Buffer): Outcome<{ head: RecordingHead; sizeBytes: number }, HeadFault> {
  const damaged = (message: string) => fail<HeadFault>({ code: 'damaged', message });
  if (bytes.length < PREFIX_BYTES) return damaged('it is shorter than a head');
  const version = bytes.readUInt32LE(8);
  if (version !== RECORDING_FORMAT)
    return fail<HeadFault>({ code: 'version', message: 'another format', version });
  const length = bytes.readUInt32LE(12);
  const sizeBytes = PREFIX_BYTES + length + 4;
  if (length > MAX_HEAD_BYTES || bytes.length < sizeBytes) return damaged('it is cut off');
  if (crc32c(bytes.subarray(0, sizeBytes - 4)) !== bytes.readUInt32LE(sizeBytes - 4))
    return damaged('its checksum is wrong');
  const body = new ByteReader(bytes.subarray(PREFIX_BYTES, sizeBytes - 4));
  const text = (): string => body.text(MAX_NAME_BYTES);
  const names = {
    agentId: text(),
    bootId: text(),
    hostName: text(),
    clusterName: text(),
    recordingId: text(),
  };
  const origin = { monotonicNs: body.int64(), wallNs: body.int64() };
  const isRaw = body.uint8() === 1;
  return body.isBad
    ? damaged('a field is too long')
    : succeed({ head: { ...names, origin, isRaw }, sizeBytes });
}

export function encodeChunkHeader(compressed: Uint8Array, rawBytes: number): Buffer {
  return frame(CHUNK_MAGIC, [compressed.length, rawBytes, crc32c(compressed)]);
}

export function encodeEnd(events: number, reason: RecordingEnd): Buffer {
  const header = frame(END_MAGIC, [events >>> 0, endReasons.indexOf(reason), 0]);
  header.writeUInt32LE(crc32c(header.subarray(4, 12)), 12);
  return header;
}

function frame(magic: number, [a = 0, b = 0, c = 0]: readonly number[]): Buffer {
  const header = Buffer.alloc(FRAME_HEADER_BYTES);
  header.writeUInt32LE(magic, 0);
  header.writeUInt32LE(a, 4);
  header.writeUInt32LE(b, 8);
  header.writeUInt32LE(c, 12);
  return header;
}

export type Frame =
  | {
      readonly kind: 'chunk';
      readonly compressedBytes: number;
      readonly rawBytes: number;
      readonly crc: number;
    }
  | { readonly kind: 'end'; readonly reason: RecordingEnd }
  | { readonly kind: 'damaged' };

/** @param header 16 bytes */
export function decodeFrame(header: Buffer): Frame {
  const magic = header.readUInt32LE(0);
  const [a, b, c] = [header.readUInt32LE(4), header.readUInt32LE(8), header.readUInt32LE(12)];
  if (magic === END_MAGIC && c === crc32c(header.subarray(4, 12))) {
    const reason = endReasons[b];
    return reason === undefined ? { kind: 'damaged' } : { kind: 'end', reason };
  }
  const isChunk = magic === CHUNK_MAGIC && a <= MAX_CHUNK_BYTES * 2 && b <= MAX_CHUNK_BYTES;
  return isChunk ? { kind: 'chunk', compressedBytes: a, rawBytes: b, crc: c } : { kind: 'damaged' };
}
