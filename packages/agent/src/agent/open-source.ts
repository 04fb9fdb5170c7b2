import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { returnFreeMemory } from '@tomte/bpf-host';
import type { GapReason } from '@tomte/protocols';
import { agentErrors } from '../errors.ts';
import { tryLock } from '../file-lock.ts';
import { isRecording } from '../recording/recording-format.ts';
import { openRecordingSource } from '../sources/recording/recording-source.ts';
import { openPcapSource } from '../sources/pcap/pcap-source.ts';
import { createLiveSource } from '../sources/live/index.ts';
import type { LiveOptions } from '../sources/live/index.ts';
import type { EventSource } from '../sources/source.ts';

/** Who the rows of a replay come from. */
export interface ReplayIdentity {
  readonly agentId: string;
  readonly bootId: string;
  readonly hostName: string;
  readonly clusterName: string;
  /** Follows from the file and the setting: the same make the same batches. */
  readonly spoolId: bigint;
}

export interface OpenedSource {
  readonly source: EventSource;
  readonly lostReason: GapReason;
  /** Of the kernel's ring buffers that it maps. */
  readonly ringBytes: number;
  /** Absent for a live source. */
  readonly replay?: ReplayIdentity;
  /** Present where a process can be left out from now on, with what it starts. */
  excludePid?(pid: number): void;
  /** Present where payload that nobody parses need not be shipped. */
  dropPayload?(connectionId: number): void;
  /** Present where what the C allocator holds free can be given back to the system. */
  returnFreeMemory?(): void;
  close(): void;
}

/** Enough to tell a recording from a capture. */
const START_BYTES = 1024;

/**
 * @param pace awaited between chunks: a file must not run ahead of the disk
 * @param setting whatever else decides which rows come of it: with another one they are other batches
 * @throws AppError AGENT_CAPTURE_IN_USE, AGENT_CAPTURE_UNREADABLE, AGENT_CAPTURE_UNKNOWN, AGENT_RECORDING_VERSION, AGENT_RECORDING_DAMAGED
 */
export async function openFileSource(
  path: string,
  pace: () => Promise<void>,
  setting: string,
): Promise<OpenedSource> {
  const { start, file } = await takeFile(path);
  try {
    const digest = await digestOf(path);
    const spoolId = toSpoolId(createHash('sha256').update(digest).update(setting).digest());
    const close = (): void => void file.close().catch(() => undefined);
    if (isRecording(start)) {
      const source = await openRecordingSource(path, pace);
      return {
        source,
        lostReason: 'ring_full',
        ringBytes: 0,
        replay: { ...source.identity, spoolId },
        close,
      };
    }
    const source = await openPcapSource(path, pace);
    const name = `pcap-${digest.toString('hex', 0, 6)}`;
    const identity = { agentId: name, bootId: name, hostName: name, clusterName: '' };
    return { source, lostReason: 'not_in_capture', ringBytes: 0, replay: { ...identity, spoolId }, close };
  } catch (thrown) {
    await file.close();
    throw thrown;
  }
}

/** All of the file: one that has grown makes other batches, which must not pass for those of before. */
async function digestOf(path: string): Promise<Buffer> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer); // Proof: no encoding is set on it.
  return hash.digest();
}

export async function openLiveSource(options: LiveOptions): Promise<OpenedSource> {
  const source = await createLiveSource(options);
  return {
    source,
    lostReason: 'ring_full',
    ringBytes: source.ringBytes,
    excludePid: (pid) => source.addExcludedPid(pid),
    dropPayload: (connectionId) => void source.setVerdict(connectionId, 'drop'),
    returnFreeMemory: () => void returnFreeMemory(),
    close: () => source.close(),
  };
}

/** 63 bits, never 0. */
function toSpoolId(digest: Buffer): bigint {
  return BigInt.asUintN(63, digest.readBigUInt64LE()) || 1n;
}

/** Its first bytes, and the file held open: two replays of one file at once would end each other's stream. */
async function takeFile(path: string): Promise<{ readonly start: Buffer; readonly file: FileHandle }> {
  const file = await open(path, 'r').catch((thrown: unknown) => {
    throw agentErrors.captureUnreadable(path, thrown);
  });
  try {
    if (tryLock(file).kind === 'held') throw agentErrors.captureInUse(path);
    const bytes = Buffer.alloc(START_BYTES);
    const { bytesRead } = await file.read(bytes, 0, START_BYTES, 0).catch((thrown: unknown) => {
      throw agentErrors.captureUnreadable(path, thrown);
    });
    return { start: bytes.subarray(0, bytesRead), file };
  } catch (thrown) {
    await file.close();
    throw thrown;
  }
}
