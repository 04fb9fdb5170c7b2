import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { zstdCompressSync } from 'node:zlib';
import { agentErrors } from '../errors.ts';
import type {
  ConnectionEvent,
  DataEvent,
  EventSink,
  ProbeEvent,
  ProcessEvent,
  SourceCounters,
  SourceLoss,
  SyscallStatsEvent,
} from '../sources/source.ts';
import { ByteWriter } from './byte-codec.ts';
import { EventEncoder } from './event-codec.ts';
import { encodeChunkHeader, encodeEnd, encodeHead } from './recording-format.ts';
import type { RecordingEnd, RecordingHead } from './recording-format.ts';

export interface RecordingLimits {
  /** Of the file. */
  readonly maxBytes: number;
  /** Of the events' time, from the first one on. */
  readonly maxSeconds: number;
}

export const defaultRecordingLimits: RecordingLimits = { maxBytes: 1024 * 1024 * 1024, maxSeconds: 3_600 };

/** Events of a chunk before compression: large enough to compress well, small enough to lose little. */
const CHUNK_BYTES = 256 * 1024;
/** What may wait for the disk; past it the recording ends rather than the memory. */
const MAX_WAITING_BYTES = 32 * 1024 * 1024;
/** Room for the end mark. */
const RESERVED_BYTES = 64;

/**
 * Writes events to a file until it is closed or a limit is reached; then it takes no more and the file's
 * end says why. Events go in synchronously, the disk follows.
 */
export class RecordingWriter implements EventSink {
  readonly #file: FileHandle;
  readonly #limits: RecordingLimits;
  readonly #chunk = new ByteWriter();
  readonly #encoder = new EventEncoder(this.#chunk);
  #writtenBytes = 0;
  #waitingBytes = 0;
  #events = 0;
  #firstNs: number | undefined;
  #end: RecordingEnd | undefined;
  #writes: Promise<void> = Promise.resolve();
  #failure: unknown;

  constructor(file: FileHandle, limits: RecordingLimits) {
    this.#file = file;
    this.#limits = limits;
  }

  /** Why it takes no more; undefined while it does. */
  get endReason(): RecordingEnd | undefined {
    return this.#end;
  }

  get events(): number {
    return this.#events;
  }

  writeHead(head: RecordingHead): void {
    this.#write(encodeHead(head));
  }

  data(event: DataEvent): void {
    if (this.#takes(event.atNs)) this.#took(this.#encoder.data(event));
  }

  connection(event: ConnectionEvent): void {
    if (this.#takes(event.atNs)) this.#took(this.#encoder.connection(event));
  }

  process(event: ProcessEvent): void {
    if (this.#takes(event.atNs)) this.#took(this.#encoder.process(event));
  }

  syscalls(event: SyscallStatsEvent): void {
    if (this.#takes(event.atNs)) this.#took(this.#encoder.syscalls(event));
  }

  counters(event: SourceCounters): void {
    if (this.#takes(event.atNs)) this.#took(this.#encoder.counters(event));
  }

  loss(event: SourceLoss): void {
    if (this.#takes(event.endNs)) this.#took(this.#encoder.loss(event));
  }

  probe(event: ProbeEvent): void {
    if (this.#takes(event.atNs)) this.#took(this.#encoder.probe(event));
  }

  clock(atNs: number, wallNs: bigint): void {
    if (this.#takes(atNs)) this.#took(this.#encoder.clock(atNs, wallNs));
  }

  /** Takes no more. */
  end(reason: RecordingEnd): void {
    if (this.#end !== undefined) return;
    this.#flushChunk();
    this.#end ??= reason; // The last chunk may have met the limit.
  }

  /**
   * Ends it, if nothing has, and waits for the disk.
   * @throws AppError AGENT_RECORDING_UNWRITABLE
   */
  async close(path: string): Promise<void> {
    this.end('stopped');
    this.#write(encodeEnd(this.#events, this.#end ?? 'stopped'));
    await this.#writes;
    await this.#file.sync().catch((thrown: unknown) => (this.#failure ??= thrown));
    await this.#file.close();
    if (this.#failure !== undefined) throw agentErrors.recordingUnwritable(path, this.#failure);
  }

  #takes(atNs: number): boolean {
    if (this.#end !== undefined) return false;
    this.#firstNs ??= atNs;
    if (atNs - this.#firstNs > this.#limits.maxSeconds * 1e9) this.end('time_limit');
    else if (this.#failure !== undefined || this.#waitingBytes > MAX_WAITING_BYTES) this.end('write_failed');
    return this.#end === undefined;
  }

  #took(_encoded: void): void {
    this.#events += 1;
    if (this.#chunk.length >= CHUNK_BYTES) this.#flushChunk();
  }

  #flushChunk(): void {
    if (this.#chunk.length === 0) return;
    const raw = this.#chunk.written();
    const compressed = zstdCompressSync(raw);
    const header = encodeChunkHeader(compressed, raw.length);
    this.#chunk.clear();
    if (this.#writtenBytes + header.length + compressed.length + RESERVED_BYTES > this.#limits.maxBytes) {
      this.#end = 'byte_limit';
      return;
    }
    this.#write(header);
    this.#write(compressed);
  }

  #write(bytes: Buffer): void {
    this.#writtenBytes += bytes.length;
    this.#waitingBytes += bytes.length;
    this.#writes = this.#writes
      .then(() => this.#file.write(bytes))
      .catch((thrown: unknown) => (this.#failure ??= thrown))
      .then(() => void (this.#waitingBytes -= bytes.length));
  }
}

/**
 * A new file, readable by its owner alone; an existing one is never written over.
 * @throws AppError AGENT_RECORDING_UNWRITABLE
 */
export async function createRecordingWriter(
  path: string,
  head: RecordingHead,
  limits: RecordingLimits,
): Promise<RecordingWriter> {
  const file = await open(path, 'wx', 0o600).catch((thrown: unknown) => {
    throw agentErrors.recordingUnwritable(path, thrown);
  });
  const writer = new RecordingWriter(file, limits);
  writer.writeHead(head);
  return writer;
}
