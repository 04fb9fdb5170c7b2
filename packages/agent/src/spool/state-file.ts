import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32c } from '@tomte/wire';

/** "TOMTEST1" · spool id u64 · highest seq u64 · zero u64 · complete to u64 · clean u8 · zero ×3 · CRC-32C u32. */
const STATE_BYTES = 48;
const STATE_MAGIC = Buffer.from('TOMTEST1', 'latin1');
const CHECKED_BYTES = 44;

export interface SpoolState {
  readonly spoolId: bigint;
  /** At least the highest number in any segment that was deleted. */
  readonly highestSeq: number;
  /** At least what the segments that were deleted said of it, nanoseconds since the Unix epoch. */
  readonly completeToNs: bigint;
  /** The spool was closed in order. */
  readonly isClean: boolean;
}

function encodeState(state: SpoolState): Buffer {
  const bytes = Buffer.alloc(STATE_BYTES);
  STATE_MAGIC.copy(bytes);
  bytes.writeBigUInt64LE(state.spoolId, 8);
  bytes.writeBigUInt64LE(BigInt(state.highestSeq), 16);
  bytes.writeBigUInt64LE(state.completeToNs, 32);
  bytes.writeUInt8(state.isClean ? 1 : 0, 40);
  bytes.writeUInt32LE(crc32c(bytes.subarray(0, CHECKED_BYTES)), CHECKED_BYTES);
  return bytes;
}

function decodeState(bytes: Buffer): SpoolState | undefined {
  if (bytes.length !== STATE_BYTES || !bytes.subarray(0, 8).equals(STATE_MAGIC)) return undefined;
  if (crc32c(bytes.subarray(0, CHECKED_BYTES)) !== bytes.readUInt32LE(CHECKED_BYTES)) return undefined;
  return {
    spoolId: bytes.readBigUInt64LE(8),
    highestSeq: Number(bytes.readBigUInt64LE(16)),
    completeToNs: bytes.readBigUInt64LE(32),
    isClean: bytes.readUInt8(40) === 1,
  };
}

export type FoundState =
  { readonly kind: 'absent' | 'damaged' } | { readonly kind: 'state'; readonly state: SpoolState };

export async function readState(path: string): Promise<FoundState> {
  const bytes = await readFile(path).catch(() => undefined);
  if (bytes === undefined) return { kind: 'absent' };
  const state = decodeState(bytes);
  return state === undefined ? { kind: 'damaged' } : { kind: 'state', state };
}

/** Makes a name that was created, renamed or removed in the directory durable. */
export async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Replaces the file in one step: after a crash it holds the old state or the new one. On a full disk it
 * is written over in place, which needs no new block.
 */
export async function writeState(path: string, state: SpoolState): Promise<void> {
  try {
    await replaceState(path, state);
  } catch {
    await writeOver(path, state);
  }
}

async function writeOver(path: string, state: SpoolState): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.write(encodeState(state), 0, STATE_BYTES, 0);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

async function replaceState(path: string, state: SpoolState): Promise<void> {
  const temporary = `${path}.new`;
  const handle = await open(temporary, 'w', 0o600);
  try {
    await handle.writeFile(encodeState(state));
    await handle.datasync();
  } finally {
    await handle.close();
  }
  await rename(temporary, path);
  await syncDirectory(dirname(path));
}
