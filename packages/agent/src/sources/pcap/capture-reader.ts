/** One packet of a capture file. `bytes` is a view, valid during the call only. */
export interface CapturedPacket {
  /** LINKTYPE_* of the interface (https://www.tcpdump.org/linktypes.html). */
  readonly linkType: number;
  /** Nanoseconds since the Unix epoch. */
  readonly wallNs: bigint;
  readonly bytes: Uint8Array;
  /** Bytes on the wire; more than `bytes` where the snap length cut it. */
  readonly trueBytes: number;
}

export type ReadResult =
  | { readonly kind: 'packet'; readonly packet: CapturedPacket }
  | { readonly kind: 'need_more' }
  | CaptureFault;
export interface CaptureFault {
  readonly kind: 'fault';
  readonly detail: string;
}

/** Larger blocks and packets than any interface makes; a file that claims them is broken. */
const MAX_BLOCK_BYTES = 16 * 1024 * 1024;
const MAX_INTERFACES = 4_096;
const NS_PER_SECOND = 1_000_000_000n;

const PCAP_MICROSECONDS = 0xa1b2c3d4;
const PCAP_NANOSECONDS = 0xa1b23c4d;
const PCAPNG_SECTION = 0x0a0d0d0a;
const PCAPNG_BYTE_ORDER = 0x1a2b3c4d;

const needMore = { kind: 'need_more' } as const;
const fault = (detail: string): CaptureFault => ({ kind: 'fault', detail });

/**
 * Reads pcap (both resolutions, both byte orders) and pcapng (sections, interfaces of different link types
 * and clocks; draft-ietf-opsawg-pcapng). Bytes go in as they come, packets come out; it never throws.
 */
export class CaptureReader {
  #pending = Buffer.alloc(0);
  #at = 0;
  #format: Format | undefined;

  push(chunk: Uint8Array): void {
    const rest = this.#pending.subarray(this.#at);
    this.#pending = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    this.#at = 0;
  }

  /** Bytes that no packet has used yet: at the end of the file, what was cut off. */
  get unusedBytes(): number {
    return this.#pending.length - this.#at;
  }

  next(): ReadResult {
    for (;;) {
      const rest = this.#pending.subarray(this.#at);
      const format = (this.#format ??= findFormat(rest));
      if (format === undefined) return rest.length < 12 ? needMore : fault('it is neither pcap nor pcapng');
      const step = format.read(rest);
      if (step.kind === 'fault') return step;
      if (step.kind === 'need_more') return needMore;
      this.#at += step.usedBytes;
      if (step.packet !== undefined) return { kind: 'packet', packet: step.packet };
    }
  }
}

type Step =
  | { readonly kind: 'step'; readonly usedBytes: number; readonly packet?: CapturedPacket }
  | { readonly kind: 'need_more' }
  | CaptureFault;
interface Format {
  read(rest: Buffer): Step;
}

function findFormat(bytes: Buffer): Format | undefined {
  if (bytes.length < 12) return undefined;
  const big = bytes.readUInt32BE(0);
  const little = bytes.readUInt32LE(0);
  if (big === PCAPNG_SECTION) return new PcapngFormat();
  if (big === PCAP_MICROSECONDS || big === PCAP_NANOSECONDS)
    return new PcapFormat(false, big === PCAP_NANOSECONDS);
  if (little === PCAP_MICROSECONDS || little === PCAP_NANOSECONDS)
    return new PcapFormat(true, little === PCAP_NANOSECONDS);
  return undefined;
}

const uint32 = (bytes: Buffer, at: number, isLittle: boolean): number =>
  isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
const uint16 = (bytes: Buffer, at: number, isLittle: boolean): number =>
  isLittle ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);

class PcapFormat implements Format {
  readonly #isLittle: boolean;
  readonly #nsPerTick: bigint;
  #linkType = -1;

  constructor(isLittle: boolean, isNanoseconds: boolean) {
    this.#isLittle = isLittle;
    this.#nsPerTick = isNanoseconds ? 1n : 1_000n;
  }

  read(rest: Buffer): Step {
    if (this.#linkType < 0) {
      if (rest.length < 24) return needMore;
      this.#linkType = uint32(rest, 20, this.#isLittle) & 0x0fff_ffff; // The upper bits tell of the frame check sequence.
      return { kind: 'step', usedBytes: 24 };
    }
    if (rest.length < 16) return needMore;
    const capturedBytes = uint32(rest, 8, this.#isLittle);
    if (capturedBytes > MAX_BLOCK_BYTES) return fault(`a packet claims ${capturedBytes} bytes`);
    if (rest.length < 16 + capturedBytes) return needMore;
    const seconds = BigInt(uint32(rest, 0, this.#isLittle));
    const ticks = BigInt(uint32(rest, 4, this.#isLittle));
    return {
      kind: 'step',
      usedBytes: 16 + capturedBytes,
      packet: {
        linkType: this.#linkType,
        wallNs: seconds * NS_PER_SECOND + ticks * this.#nsPerTick,
        bytes: rest.subarray(16, 16 + capturedBytes),
        trueBytes: Math.max(capturedBytes, uint32(rest, 12, this.#isLittle)),
      },
    };
  }
}

interface CaptureInterface {
  readonly linkType: number;
  readonly snapBytes: number;
  readonly ticksPerSecond: bigint;
  readonly offsetNs: bigint;
}

const BLOCK = { interface: 1, obsoletePacket: 2, simplePacket: 3, enhancedPacket: 6 } as const;
const OPTION = { timeResolution: 9, timeOffset: 14 } as const;

class PcapngFormat implements Format {
  #isLittle = true;
  #interfaces: CaptureInterface[] = [];

  read(rest: Buffer): Step {
    if (rest.length < 12) return needMore;
    if (rest.readUInt32BE(0) === PCAPNG_SECTION) {
      this.#isLittle = rest.readUInt32LE(8) === PCAPNG_BYTE_ORDER;
      if (!this.#isLittle && rest.readUInt32BE(8) !== PCAPNG_BYTE_ORDER)
        return fault('a section has no byte order');
      this.#interfaces = [];
    }
    const blockBytes = uint32(rest, 4, this.#isLittle);
    if (blockBytes < 12 || blockBytes > MAX_BLOCK_BYTES || blockBytes % 4 !== 0)
      return fault(`a block claims ${blockBytes} bytes`);
    if (rest.length < blockBytes) return needMore;
    const body = rest.subarray(8, blockBytes - 4);
    const packet = this.#block(uint32(rest, 0, this.#isLittle), body);
    return packet === undefined
      ? { kind: 'step', usedBytes: blockBytes }
      : { kind: 'step', usedBytes: blockBytes, packet };
  }

  #block(type: number, body: Buffer): CapturedPacket | undefined {
    switch (type) {
      case BLOCK.interface:
        if (body.length >= 8 && this.#interfaces.length < MAX_INTERFACES)
          this.#interfaces.push(readInterface(body, this.#isLittle));
        return undefined;
      case BLOCK.enhancedPacket:
        return body.length < 20 ? undefined : this.#packet(body, uint32(body, 0, this.#isLittle));
      case BLOCK.obsoletePacket:
        return body.length < 20 ? undefined : this.#packet(body, uint16(body, 0, this.#isLittle));
      case BLOCK.simplePacket:
        return body.length < 4 ? undefined : this.#simplePacket(body);
      default:
        return undefined; // Names, statistics, decryption secrets: nothing of them is needed.
    }
  }

  #packet(body: Buffer, interfaceIndex: number): CapturedPacket | undefined {
    const of = this.#interfaces[interfaceIndex];
    const capturedBytes = uint32(body, 12, this.#isLittle);
    if (of === undefined || capturedBytes > body.length - 20) return undefined;
    const ticks = (BigInt(uint32(body, 4, this.#isLittle)) << 32n) | BigInt(uint32(body, 8, this.#isLittle));
    return {
      linkType: of.linkType,
      wallNs: of.offsetNs + (ticks * NS_PER_SECOND) / of.ticksPerSecond,
      bytes: body.subarray(20, 20 + capturedBytes),
      trueBytes: Math.max(capturedBytes, uint32(body, 16, this.#isLittle)),
    };
  }

  /** It has no time of its own: the epoch. */
  #simplePacket(body: Buffer): CapturedPacket | undefined {
    const of = this.#interfaces[0];
    if (of === undefined) return undefined;
    const trueBytes = uint32(body, 0, this.#isLittle);
    const capturedBytes = Math.min(trueBytes, body.length - 4, of.snapBytes === 0 ? Infinity : of.snapBytes);
    return { linkType: of.linkType, wallNs: 0n, bytes: body.subarray(4, 4 + capturedBytes), trueBytes };
  }
}

function readInterface(body: Buffer, isLittle: boolean): CaptureInterface {
  let ticksPerSecond = 1_000_000n;
  let offsetNs = 0n;
  let at = 8;
  while (at + 4 <= body.length) {
    const code = uint16(body, at, isLittle);
    const length = uint16(body, at + 2, isLittle);
    const value = body.subarray(at + 4, at + 4 + length);
    if (code === 0) break;
    if (code === OPTION.timeResolution && value.length === 1) ticksPerSecond = resolutionOf(value[0] ?? 6);
    if (code === OPTION.timeOffset && value.length === 8) {
      offsetNs = (isLittle ? value.readBigInt64LE() : value.readBigInt64BE()) * NS_PER_SECOND;
    }
    at += 4 + Math.ceil(length / 4) * 4;
  }
  return {
    linkType: uint16(body, 0, isLittle),
    snapBytes: uint32(body, 4, isLittle),
    ticksPerSecond,
    offsetNs,
  };
}

/** A power of ten, or of two when the upper bit is set; finer than 10⁻¹⁸ s is no clock. */
function resolutionOf(value: number): bigint {
  const exponent = BigInt(Math.min(value & 0x7f, 60));
  return (value & 0x80) === 0 ? 10n ** (exponent > 18n ? 18n : exponent) : 2n ** exponent;
}
