import type { EventSink } from '../source.ts';
import type { CapturedPacket } from './capture-reader.ts';
import { TcpConnection } from './tcp-connection.ts';
import type { Ends } from './tcp-connection.ts';
import { dissect } from './tcp-segment.ts';
import type { TcpSegment } from './tcp-segment.ts';

/** Connections that are followed at once; the oldest goes when there are more. */
const MAX_CONNECTIONS = 65_536;

/** Packets in, connections and their bytes out. */
export class TcpTracker {
  readonly #sink: EventSink;
  readonly #connections = new Map<string, { connection: TcpConnection; ends: Ends }>();
  #nextId = 1;
  #lastNs = 0;
  #segments = 0;
  #bytes = 0;
  #fragments = 0;
  #fragmentBytes = 0;

  constructor(sink: EventSink) {
    this.#sink = sink;
  }

  packet(packet: CapturedPacket, atNs: number): void {
    this.#lastNs = Math.max(this.#lastNs, atNs);
    const found = dissect(packet.linkType, packet.bytes, packet.trueBytes);
    if (found?.kind === 'fragment') {
      this.#fragments += 1;
      this.#fragmentBytes += found.bytes;
    } else if (found?.kind === 'tcp') {
      this.#segments += 1;
      this.#bytes += found.segment.payloadBytes;
      this.#segment(found.segment, atNs);
    }
  }

  /** The rest of the file cannot be read. */
  truncated(detail: string, bytes: number | undefined): void {
    this.#sink.loss({
      startNs: this.#lastNs,
      endNs: this.#lastNs,
      source: 'socket_data',
      reason: 'recording_truncated',
      events: undefined,
      bytes: bytes === undefined ? undefined : BigInt(bytes),
      detail,
    });
  }

  finish(): void {
    for (const { connection } of this.#connections.values()) connection.finish();
    this.#connections.clear();
    if (this.#fragments > 0) this.#lostFragments();
    const captured = {
      capturedEvents: BigInt(this.#segments + this.#fragments),
      capturedBytes: BigInt(this.#bytes + this.#fragmentBytes),
    };
    const dropped = { droppedEvents: BigInt(this.#fragments), droppedBytes: BigInt(this.#fragmentBytes) };
    this.#sink.counters({ atNs: this.#lastNs, ...captured, ...dropped });
  }

  #lostFragments(): void {
    this.#sink.loss({
      startNs: 0,
      endNs: this.#lastNs,
      source: 'socket_data',
      reason: 'reassembly_limit',
      events: BigInt(this.#fragments),
      bytes: BigInt(this.#fragmentBytes),
      detail: 'IP fragments are not put together',
    });
  }

  #segment(segment: TcpSegment, atNs: number): void {
    const key = keyOf(segment);
    let entry = this.#connections.get(key);
    const isNewHandshake = segment.isSyn && !segment.isAck && entry?.connection.isOver === true;
    if (entry !== undefined && entry.connection.isOver && !isNewHandshake) return; // Stray segments behind the end.
    if (entry === undefined || isNewHandshake) {
      if (segment.isReset) return;
      entry = this.#open(key, segment, atNs);
    }
    const isFromClient =
      segment.sourcePort === entry.ends.clientPort && isSame(segment.source, entry.ends.client);
    entry.connection.segment(segment, isFromClient, atNs);
  }

  #open(key: string, segment: TcpSegment, atNs: number): { connection: TcpConnection; ends: Ends } {
    if (this.#connections.size >= MAX_CONNECTIONS) this.#evictOldest();
    const ends = toEnds(segment);
    const entry = {
      connection: new TcpConnection(this.#nextId++, ends, segment, { atNs, sink: this.#sink }),
      ends,
    };
    this.#connections.delete(key);
    this.#connections.set(key, entry);
    return entry;
  }

  #evictOldest(): void {
    for (const [key, { connection }] of this.#connections) {
      connection.finish();
      this.#connections.delete(key);
      return;
    }
  }
}

/** The same for both directions. */
function keyOf(segment: TcpSegment): string {
  const source = endOf(segment.source, segment.sourcePort);
  const target = endOf(segment.target, segment.targetPort);
  return source < target ? source + target : target + source;
}

function endOf(address: Uint8Array, port: number): string {
  return `${Buffer.from(address.buffer, address.byteOffset, address.length).toString('latin1')}${String.fromCharCode(port)}`;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

function toEnds(segment: TcpSegment): Ends {
  const isFromClient = segment.isSyn ? !segment.isAck : segment.sourcePort > segment.targetPort;
  const source = { address: segment.source, port: segment.sourcePort };
  const target = { address: segment.target, port: segment.targetPort };
  const client = isFromClient ? source : target;
  const server = isFromClient ? target : source;
  return { client: client.address, clientPort: client.port, server: server.address, serverPort: server.port };
}
