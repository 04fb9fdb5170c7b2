import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { agentErrors } from '../../errors.ts';
import type { EventSink, EventSource, SourceOrigin } from '../source.ts';
import { CaptureReader } from './capture-reader.ts';
import type { CapturedPacket } from './capture-reader.ts';
import { TcpTracker } from './tcp-tracker.ts';

const CHUNK_BYTES = 1024 * 1024;
const LIVE_TIME_RANGE_NS = 100n * 86_400n * 1_000_000_000n;

/**
 * A pcap or pcapng file as a source. It knows no processes and no clocks but its own, and holes are what
 * the capture lacks (`not_in_capture`).
 */
export class PcapSource implements EventSource {
  readonly origin: SourceOrigin;
  readonly #path: string;

  readonly #pace: () => Promise<void>;

  constructor(path: string, firstPacketWallNs: bigint, pace: () => Promise<void>) {
    this.#path = path;
    this.#pace = pace;
    this.origin = { monotonicNs: 0n, wallNs: firstPacketWallNs };
  }

  /** Reads the file from its start to its end; a damaged rest becomes a loss. */
  async run(sink: EventSink, signal: AbortSignal): Promise<void> {
    const file = await open(this.#path, 'r');
    const tracker = new TcpTracker(sink);
    try {
      await this.#read(file, { sink, tracker, signal });
    } finally {
      await file.close();
      tracker.finish();
    }
  }

  async #read(
    file: FileHandle,
    to: { sink: EventSink; tracker: TcpTracker; signal: AbortSignal },
  ): Promise<void> {
    const reader = new CaptureReader();
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    while (!to.signal.aborted) {
      const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES);
      if (bytesRead === 0) {
        if (reader.unusedBytes > 0)
          to.tracker.truncated(
            `the file ends inside of a packet, ${reader.unusedBytes} bytes behind the last whole one`,
            reader.unusedBytes,
          );
        return;
      }
      await this.#pace();
      reader.push(chunk.subarray(0, bytesRead));
      for (let result = reader.next(); result.kind !== 'need_more'; result = reader.next()) {
        if (result.kind === 'fault') {
          to.tracker.truncated(result.detail, undefined);
          return;
        }
        to.tracker.packet(result.packet, this.#sourceTime(result.packet));
      }
    }
  }

  /** Within the range that the source's times are exact in: a broken clock must not break more. */
  #sourceTime(packet: CapturedPacket): number {
    const atNs = packet.wallNs - this.origin.wallNs;
    if (atNs < 0n) return 0;
    return Number(atNs > LIVE_TIME_RANGE_NS ? LIVE_TIME_RANGE_NS : atNs);
  }
}

/**
 * Opens a capture file. `pace` is awaited between its chunks.
 * @throws AppError AGENT_CAPTURE_UNREADABLE, AGENT_CAPTURE_UNKNOWN
 */
export async function openPcapSource(path: string, pace: () => Promise<void>): Promise<PcapSource> {
  const file = await open(path, 'r').catch((thrown: unknown) => {
    throw agentErrors.captureUnreadable(path, thrown);
  });
  try {
    return new PcapSource(path, await findFirstTime(file, path), pace);
  } finally {
    await file.close();
  }
}

async function findFirstTime(file: FileHandle, path: string): Promise<bigint> {
  const reader = new CaptureReader();
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  for (;;) {
    const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES);
    reader.push(chunk.subarray(0, bytesRead));
    const result = reader.next();
    if (result.kind === 'packet') return result.packet.wallNs;
    if (result.kind === 'fault') throw agentErrors.captureUnknown(path, result.detail);
    if (bytesRead === 0) throw agentErrors.captureUnknown(path, 'it holds no packet');
  }
}
