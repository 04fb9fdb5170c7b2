import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { zstdDecompressSync } from 'node:zlib';
import { crc32c } from '@tomte/wire';
import { agentErrors } from '../../errors.ts';
import { decodeEvents } from '../../recording/event-codec.ts';
import {
  decodeFrame,
  decodeHead,
  FRAME_HEADER_BYTES,
  MAX_CHUNK_BYTES,
  RECORDING_FORMAT,
} from '../../recording/recording-format.ts';
import type { RecordingEnd, RecordingHead } from '../../recording/recording-format.ts';
import type { EventSink, EventSource, SourceOrigin } from '../source.ts';

const HEAD_READ_BYTES = 128 * 1024;

export interface RecordingIdentity {
  readonly agentId: string;
  readonly bootId: string;
  readonly hostName: string;
  readonly clusterName: string;
}

/** A recording as a source: the same file gives the same events, and so the same batches. */
export class RecordingSource implements EventSource {
  readonly origin: SourceOrigin;
  readonly head: RecordingHead;
  readonly identity: RecordingIdentity;
  readonly #path: string;
  readonly #startBytes: number;
  readonly #pace: () => Promise<void>;
  #readEvents = 0;
  #lastNs = 0;
  /** How the recording ended; undefined when it breaks off. */
  end: RecordingEnd | undefined;

  constructor(path: string, head: RecordingHead, at: { startBytes: number; pace: () => Promise<void> }) {
    this.#path = path;
    this.head = head;
    this.origin = head.origin;
    this.#startBytes = at.startBytes;
    this.#pace = at.pace;
    const { agentId, bootId, hostName, clusterName } = head;
    this.identity = { agentId, bootId, hostName, clusterName };
  }

  /**
   * A recording that breaks off gives what can be read, a loss row, and then the error.
   * @throws AppError AGENT_RECORDING_TRUNCATED
   */
  async run(sink: EventSink, signal: AbortSignal): Promise<void> {
    const file = await open(this.#path, 'r').catch((thrown: unknown) => {
      throw agentErrors.captureUnreadable(this.#path, thrown);
    });
    try {
      const problem = await this.#read(file, this.#watch(sink), signal);
      if (problem === '') return;
      this.#tellLoss(sink, problem);
      throw agentErrors.recordingTruncated(this.#path, this.#readEvents, problem);
    } finally {
      await file.close();
    }
  }

  /** Chunk by chunk; what is wrong with the file, or nothing. */
  async #read(file: FileHandle, sink: EventSink, signal: AbortSignal): Promise<string> {
    let at = this.#startBytes;
    for (;;) {
      await this.#pace();
      if (signal.aborted) return '';
      const header = await readExactly(file, at, FRAME_HEADER_BYTES);
      if (header === undefined) return 'it has no end mark';
      const frame = decodeFrame(header);
      if (frame.kind === 'end') {
        this.end = frame.reason;
        return '';
      }
      if (frame.kind === 'damaged') return `no chunk begins at byte ${at}`;
      const compressed = await readExactly(file, at + FRAME_HEADER_BYTES, frame.compressedBytes);
      if (compressed === undefined) return `the chunk at byte ${at} is cut off`;
      if (crc32c(compressed) !== frame.crc) return `the checksum of the chunk at byte ${at} is wrong`;
      const raw = decompressChunk(compressed);
      if (raw?.length !== frame.rawBytes) return `the chunk at byte ${at} cannot be decompressed`;
      const decoded = decodeEvents(raw, sink);
      this.#readEvents += decoded.events;
      if (!decoded.isSound) return `an event of the chunk at byte ${at} is malformed`;
      at += FRAME_HEADER_BYTES + frame.compressedBytes;
    }
  }

  #tellLoss(sink: EventSink, detail: string): void {
    const at = { startNs: this.#lastNs, endNs: this.#lastNs };
    sink.loss({
      ...at,
      source: 'socket_data',
      reason: 'recording_truncated',
      events: undefined,
      bytes: undefined,
      detail,
    });
  }

  /** Notes the time of the last event, which a loss begins with. */
  #watch(sink: EventSink): EventSink {
    return {
      data: (event) => {
        this.#lastNs = event.atNs;
        sink.data(event);
      },
      connection: (event) => {
        this.#lastNs = event.atNs;
        sink.connection(event);
      },
      process: (event) => sink.process(event),
      syscalls: (event) => sink.syscalls(event),
      counters: (event) => sink.counters(event),
      loss: (event) => sink.loss(event),
      probe: (event) => sink.probe(event),
      clock: (atNs, wallNs) => sink.clock(atNs, wallNs),
    };
  }
}

function decompressChunk(compressed: Buffer): Buffer | undefined {
  try {
    return zstdDecompressSync(compressed, { maxOutputLength: MAX_CHUNK_BYTES });
  } catch {
    return undefined;
  }
}

async function readExactly(file: FileHandle, at: number, count: number): Promise<Buffer | undefined> {
  const bytes = Buffer.allocUnsafe(count);
  const { bytesRead } = await file.read(bytes, 0, count, at);
  return bytesRead === count ? bytes : undefined;
}

/**
 * Opens a recording. `pace` is awaited between its chunks.
 * @throws AppError AGENT_CAPTURE_UNREADABLE, AGENT_RECORDING_VERSION, AGENT_RECORDING_DAMAGED
 */
export async function openRecordingSource(path: string, pace: () => Promise<void>): Promise<RecordingSource> {
  const file = await open(path, 'r').catch((thrown: unknown) => {
    throw agentErrors.captureUnreadable(path, thrown);
  });
  try {
    const start = Buffer.alloc(HEAD_READ_BYTES);
    const { bytesRead } = await file.read(start, 0, HEAD_READ_BYTES, 0);
    const outcome = decodeHead(start.subarray(0, bytesRead));
    if (!outcome.ok) {
      if (outcome.error.code === 'version')
        throw agentErrors.recordingVersion(path, outcome.error.version, RECORDING_FORMAT);
      throw agentErrors.recordingDamaged(path, outcome.error.message);
    }
    const { head, sizeBytes } = outcome.value;
    return new RecordingSource(path, head, {
      startBytes: sizeBytes,
      pace,
    });
  } finally {
    await file.close();
  }
}
