import { bpfError } from './errors.ts';
import { errnoName } from './errno.ts';
import { addressOf, lastErrno, libc, memoryAt, nullPointer } from './libbpf.ts';
import type { BpfMap } from './bpf-map.ts';

const PROT_READ = 1;
const PROT_WRITE = 2;
const MAP_SHARED = 0x01;
const MAP_PRIVATE = 0x02;
const MAP_FIXED = 0x10;
const MAP_ANONYMOUS = 0x20;
const MAP_NORESERVE = 0x4000;
/** include/uapi/linux/bpf.h: top bits of a record's length. The busy bit is the sign of an int32. */
const DISCARD_BIT = 0x4000_0000;
const LENGTH_MASK = 0x3fff_ffff;
const RECORD_HEADER_BYTES = 8;
const MAP_FAILED = 0xffff_ffff_ffff_ffffn;
/** The longest record that is read: our programs send 16 KiB and a header. So much lies behind each window. */
const LONGEST_RECORD_BYTES = 64 * 1024;
/** Mapped at once, a power of two: each mapped page counts as resident, whether it was read or not. */
const WINDOW_BYTES = 1024 * 1024;
/** The kernel gets room back at least so often within one drain: every eighth of the ring. */
const GIVE_BACK_PARTS = 8;

/**
 * Reads a BPF ring buffer in place (kernel/bpf/ringbuf.c): one page with the consumer's position, one
 * with the producer's, then the data pages, and these once more, so that a record never wraps. Addresses are taken
 * for all of them, and pages are mapped for the window in which the reader is.
 * No system call, no FFI and no allocation per record.
 */
export class RingReader {
  /** The data pages; a record's bytes lie at the offset that `drain` tells, until it returns. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly view: DataView<ArrayBuffer>;
  readonly #words: Int32Array<ArrayBuffer>;
  readonly #producer: Int32Array<ArrayBuffer>;
  readonly #consumer: BigUint64Array<ArrayBuffer>;
  readonly #sizeBytes: number;
  readonly #fd: number;
  readonly #pageBytes: number;
  readonly #windowBytes: number;
  readonly #mappings: readonly Buffer[];
  /** Where the taken addresses of the data pages begin. */
  readonly #data: Buffer;
  /** Offset of the window that is mapped; beyond the ring before the first. */
  #windowAt: number;
  #position: number;
  #isClosed = false;

  constructor(map: BpfMap, pageBytes = 4096) {
    this.#sizeBytes = map.shape.maxEntries;
    this.#fd = map.fd;
    this.#pageBytes = pageBytes;
    this.#windowBytes = Math.min(this.#sizeBytes, WINDOW_BYTES);
    this.#windowAt = this.#sizeBytes;
    const dataBytes = this.#sizeBytes + this.#tailBytes;
    const consumer = mapPages(nullPointer, pageBytes, { protection: PROT_READ | PROT_WRITE, fd: map.fd });
    const rest = mapPages(nullPointer, pageBytes + dataBytes, nothing);
    mapPages(rest, pageBytes, { protection: PROT_READ, fd: map.fd, fdOffset: pageBytes });
    this.#mappings = [consumer, rest];
    this.#data = rest.subarray(pageBytes);
    const memory = arrayBufferOf(rest);
    const dataAt = rest.byteOffset + pageBytes;
    this.#producer = new Int32Array(memory, rest.byteOffset, 2);
    this.bytes = new Uint8Array(memory, dataAt, dataBytes);
    this.view = new DataView(memory, dataAt, dataBytes);
    this.#words = new Int32Array(memory, dataAt, dataBytes / 4);
    this.#consumer = new BigUint64Array(arrayBufferOf(consumer), consumer.byteOffset, 1);
    this.#position = Number(Atomics.load(this.#consumer, 0));
  }

  /** Bytes between the reader and the producer now; what is reserved and not yet submitted counts. */
  pendingBytes(): number {
    if (this.#isClosed) return 0;
    return (Atomics.load(this.#producer, 0) - this.#position) >>> 0; // Positions modulo 2^32: a ring is smaller.
  }

  /** Fill level of the ring, 0 to 1. */
  fillRatio(): number {
    return this.pendingBytes() / this.#sizeBytes;
  }

  /**
   * Hands over the records of the next `limitBytes` (as `pendingBytes` gave them), stopping at one that
   * is still being written. Returns the bytes consumed.
   */
  drain(limitBytes: number, onRecord: (offset: number, length: number) => void): number {
    const giveBackBytes = this.#sizeBytes / GIVE_BACK_PARTS;
    let consumed = 0;
    let given = 0;
    while (consumed < limitBytes && !this.#isClosed) {
      const at = this.#position % this.#sizeBytes;
      if (at < this.#windowAt || at >= this.#windowAt + this.#windowBytes) this.#moveWindow(at);
      const header = Atomics.load(this.#words, at >> 2);
      if (header < 0) break;
      const length = header & LENGTH_MASK;
      if (length > LONGEST_RECORD_BYTES - RECORD_HEADER_BYTES) throw recordTooLong(length);
      if ((header & DISCARD_BIT) === 0) onRecord(at + RECORD_HEADER_BYTES, length);
      const stepBytes = (length + RECORD_HEADER_BYTES + 7) & ~7;
      this.#position += stepBytes;
      consumed += stepBytes;
      if (consumed - given >= giveBackBytes) {
        given = consumed;
        this.#giveBack();
      }
    }
    if (consumed > given) this.#giveBack();
    return consumed;
  }

  /** Unmaps; the views must not be touched afterwards. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const mapping of this.#mappings) libc().munmap(mapping, mapping.length);
  }

  get #tailBytes(): number {
    return Math.min(this.#sizeBytes, LONGEST_RECORD_BYTES);
  }

  /** Two system calls, some 30 µs. What was mapped before reads as zeros. */
  #moveWindow(at: number): void {
    const lengthBytes = this.#windowBytes + this.#tailBytes;
    if (this.#windowAt < this.#sizeBytes) mapPages(this.#data.subarray(this.#windowAt), lengthBytes, nothing);
    this.#windowAt = at - (at % this.#windowBytes);
    mapPages(this.#data.subarray(this.#windowAt), lengthBytes, {
      protection: PROT_READ,
      fd: this.#fd,
      fdOffset: 2 * this.#pageBytes + this.#windowAt,
    });
  }

  #giveBack(): void {
    if (!this.#isClosed) Atomics.store(this.#consumer, 0, BigInt(this.#position));
  }
}

function recordTooLong(length: number): Error {
  return bpfError('BPF_RECORD_TOO_LONG', `${length} bytes of at most ${LONGEST_RECORD_BYTES}`);
}

interface Pages {
  readonly protection: number;
  /** Of the ring; absent: no memory at all, only addresses, which read as zeros. */
  readonly fd?: number;
  readonly fdOffset?: number;
}

const nothing: Pages = { protection: PROT_READ };

/** At that address in place of what is there, or anywhere for the null pointer. */
function mapPages(address: Buffer, lengthBytes: number, { protection, fd, fdOffset = 0 }: Pages): Buffer {
  const kind = fd === undefined ? MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE : MAP_SHARED;
  const flags = kind | (address === nullPointer ? 0 : MAP_FIXED);
  const pointer = libc().mmap(address, lengthBytes, protection, flags, fd ?? -1, fdOffset);
  if (addressOf(pointer) === MAP_FAILED)
    throw bpfError('BPF_MMAP_FAILED', `ring pages: ${errnoName(lastErrno())}`);
  return memoryAt(pointer, lengthBytes);
}

function arrayBufferOf(memory: Buffer): ArrayBuffer {
  const { buffer } = memory;
  if (buffer instanceof ArrayBuffer) return buffer;
  throw bpfError('BPF_MMAP_FAILED', 'the ring pages came as shared memory');
}
