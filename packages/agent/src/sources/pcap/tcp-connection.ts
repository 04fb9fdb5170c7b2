import type { ConnectionEvent, Direction, EventSink } from '../source.ts';
import type { TcpSegment } from './tcp-segment.ts';
import { TcpStream } from './tcp-stream.ts';

const ECONNREFUSED = 111;
const noBytes = new Uint8Array(0);

/** Whether a segment was sent by the client of a connection. */
export interface Ends {
  readonly client: Uint8Array;
  readonly clientPort: number;
  readonly server: Uint8Array;
  readonly serverPort: number;
}

/**
 * A TCP connection of a capture, told as the process at the server's end would have seen it. Where the
 * handshake was not captured, the end with the lower port stands for the server and the role is unknown.
 */
export class TcpConnection {
  readonly id: number;
  readonly #ends: Ends;
  readonly #sink: EventSink;
  readonly #fromClient: TcpStream;
  readonly #fromServer: TcpStream;
  readonly #sawSyn: boolean;
  /** Also where the capture begins with a request: then the client had read all that came before. */
  readonly #fromStart: boolean;
  #isOpened = false;
  #isOver = false;
  #atNs = 0;
  #synNs: number | undefined;
  #synAckNs: number | undefined;
  #roundTripNs: number | undefined;
  #clientSequence = 0;
  #serverSequence = 0;

  constructor(id: number, ends: Ends, first: TcpSegment, to: { atNs: number; sink: EventSink }) {
    this.id = id;
    this.#ends = ends;
    this.#sink = to.sink;
    this.#sawSyn = first.isSyn;
    this.#fromStart = first.isSyn || (first.payloadBytes > 0 && first.sourcePort === ends.clientPort);
    this.#fromClient = this.#makeStream('received');
    this.#fromServer = this.#makeStream('sent');
    this.#tell('seen', to.atNs);
  }

  /** True once it has ended: the next segment with these ports belongs to another. */
  get isOver(): boolean {
    return this.#isOver;
  }

  segment(segment: TcpSegment, isFromClient: boolean, atNs: number): void {
    this.#atNs = atNs;
    const own = isFromClient ? this.#fromClient : this.#fromServer;
    const other = isFromClient ? this.#fromServer : this.#fromClient;
    const sequence = segment.isSyn ? segment.sequence + 1 : segment.sequence;
    own.begin(sequence);
    if (segment.isAck && !segment.isReset) {
      other.begin(segment.acknowledgement);
      other.acknowledge(segment.acknowledgement);
    }
    this.#followHandshake(segment, isFromClient, atNs);
    // An answer comes after what it answers: what the capture lacks of that will not come any more.
    if (segment.payloadBytes > 0 && other.hasAcknowledgedHole) other.giveUp(false);
    own.segment(sequence, segment.payload, segment.payloadBytes);
    if (segment.isFin) own.fin(sequence + segment.payloadBytes);
    if (segment.isReset) this.#reset(isFromClient, atNs);
    else if (this.#fromClient.hasEnded && this.#fromServer.hasEnded) this.#close(false, atNs);
  }

  /** The capture ends: what waits behind holes goes on. */
  finish(): void {
    if (this.#isOver) return;
    this.#fromClient.giveUp(true);
    this.#fromServer.giveUp(true);
    if (this.#fromClient.hasEnded && this.#fromServer.hasEnded) this.#close(false, this.#atNs);
  }

  #followHandshake(segment: TcpSegment, isFromClient: boolean, atNs: number): void {
    if (segment.isSyn && isFromClient) {
      this.#synNs ??= atNs;
      this.#clientSequence = segment.sequence;
    } else if (segment.isSyn) {
      this.#synAckNs ??= atNs;
      this.#serverSequence = segment.sequence;
    } else if (
      segment.isAck &&
      !segment.isReset &&
      !this.#isOpened &&
      this.#synAckNs !== undefined &&
      isFromClient
    ) {
      this.#isOpened = true;
      this.#roundTripNs = atNs - this.#synAckNs;
      this.#tell('opened', atNs);
    }
  }

  #reset(isFromClient: boolean, atNs: number): void {
    const isRefusal =
      !isFromClient && this.#sawSyn && this.#synAckNs === undefined && this.#fromServer.position === 0;
    if (isRefusal) {
      this.#isOver = true;
      this.#tell('failed', atNs, { errorNumber: ECONNREFUSED });
      return;
    }
    this.#close(true, atNs);
  }

  #close(isReset: boolean, atNs: number): void {
    this.#fromClient.giveUp(true);
    this.#fromServer.giveUp(true);
    this.#isOver = true;
    this.#tell('closed', atNs, { isReset });
  }

  #tell(
    kind: ConnectionEvent['kind'],
    atNs: number,
    more: { errorNumber?: number; isReset?: boolean } = {},
  ): void {
    this.#sink.connection({
      kind,
      atNs,
      connectionId: this.id,
      pid: 0,
      role: this.#sawSyn ? 'server' : 'unknown',
      fromStart: this.#fromStart,
      connectStartNs: undefined,
      errorNumber: more.errorNumber ?? 0,
      isReset: more.isReset ?? false,
      sentBytes: this.#fromServer.position,
      receivedBytes: this.#fromClient.position,
      isTls: false,
      plaintextSentBytes: 0,
      plaintextReceivedBytes: 0,
      retransmittedSegments: this.#fromServer.retransmittedSegments,
      roundTripNs: this.#roundTripNs,
      networkNamespace: 0,
      cgroupId: 0n,
      initialSendSequence: this.#isOpened ? this.#serverSequence : 0,
      initialReceiveSequence: this.#isOpened ? this.#clientSequence : 0,
      localAddress: this.#ends.server,
      localPort: this.#ends.serverPort,
      remoteAddress: this.#ends.client,
      remotePort: this.#ends.clientPort,
    });
  }

  #makeStream(direction: Direction): TcpStream {
    const tell = (
      position: number,
      bytes: Uint8Array,
      trueBytes: number,
      cutReason: '' | 'capture_limit',
    ): void =>
      this.#sink.data({
        atNs: this.#atNs,
        connectionId: this.id,
        pid: 0,
        direction,
        isPlaintextOfTls: false,
        position,
        trueBytes,
        bytes,
        cutReason,
      });
    return new TcpStream({
      bytes: (position, bytes, trueBytes) =>
        tell(position, bytes, trueBytes, bytes.length < trueBytes ? 'capture_limit' : ''),
      absent: (position, count) => tell(position, noBytes, count, ''),
    });
  }
}
