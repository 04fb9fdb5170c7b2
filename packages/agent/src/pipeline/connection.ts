import type { LossReason, ProtocolName } from '@tomte/model';
import type { Exchange, GapReason, ParserLoss, StreamEnd } from '@tomte/protocols';
import type { Peer } from '../identity/cluster-view.ts';
import type { ConnectionEvent, ConnectionRole, DataEvent } from '../sources/source.ts';
import { ApplicationLayer } from './application-layer.ts';
import type { ApplicationObserver, ApplicationOptions } from './application-layer.ts';
import type { LossLedger } from './loss-ledger.ts';
import { OrderedStream } from './ordered-stream.ts';
import type { Hole, StreamConsumer } from './ordered-stream.ts';
import { looksLikeTls, TlsHandshakeReader } from './tls-handshake.ts';
import type { TlsFacts } from './tls-handshake.ts';

/** What the connections of a pipeline share. */
export interface ConnectionContext {
  readonly application: ApplicationOptions;
  readonly lostReason: GapReason;
  readonly ledger: LossLedger;
  exchange(connection: Connection, exchange: Exchange): void;
  verdict(connectionId: number, protocol: ProtocolName): void;
}

/** How far the streams of a connection reach. */
export type StreamTotals = Pick<
  ConnectionEvent,
  'sentBytes' | 'receivedBytes' | 'isTls' | 'plaintextSentBytes' | 'plaintextReceivedBytes'
>;

export type UnpairedReason = '' | 'joined_late' | 'gap' | 'address_unknown';

/** What is cut on purpose, or never was where it could be read: no defect, and as often as there are large bodies. */
const intendedReasons: ReadonlySet<LossReason> = new Set(['capture_limit', 'governor', 'not_in_memory']);

/** Set in names that both ends of a connection share; what a source counts stays below 2^53. */
const SHARED_ID_BIT = 1n << 63n;

/** One connection: its streams, what runs on it, and what its rows say of both ends. */
export class Connection implements StreamConsumer, ApplicationObserver {
  readonly id: number;
  /** The process that used it last. */
  pid: number;
  /** First bytes were seen. */
  readonly fromStart: boolean;
  /** From the position 0 on every byte was for us: what did not come was lost. False when it had been forgotten. */
  readonly #isFollowed: boolean;
  role: ConnectionRole = 'unknown';
  addresses: Pick<ConnectionEvent, 'localAddress' | 'localPort' | 'remoteAddress' | 'remotePort'> | undefined;
  sequences: Pick<ConnectionEvent, 'initialSendSequence' | 'initialReceiveSequence'> | undefined;
  #rowId: bigint | undefined;
  /** Whose the remote address is, once nothing that is still to come can change it. */
  peer: Peer | undefined;
  openedNs: number | undefined;
  /** Time of the handshake on the client side; null when it was not seen. */
  connectNs: bigint | null = null;
  lastEventNs = 0;
  protocol: ProtocolName = 'unknown';
  isEncrypted = false;
  /** What the source says of a probed TLS library's plaintext; undefined while it says nothing. */
  binding: 'bound' | 'unbound' | undefined;
  /** What both hellos said; of what both say, the server's word counts. */
  readonly tlsFacts: TlsFacts = { serverName: '', alpn: '', version: '', cipherSuite: '' };
  readonly #context: ConnectionContext;
  #application: ApplicationLayer;
  #usesPlaintext = false;
  #requestsAreSent: boolean | undefined;
  #streams: (OrderedStream | undefined)[] = [undefined, undefined, undefined, undefined];
  #tls: [TlsHandshakeReader, TlsHandshakeReader] | undefined;
  /** Requests from this position on cannot be counted: some before them may be missing. */
  #unpairedFromPosition = Infinity;

  constructor(
    id: number,
    pid: number,
    { fromStart, isFollowed }: { fromStart: boolean; isFollowed: boolean },
    context: ConnectionContext,
  ) {
    this.id = id;
    this.pid = pid;
    this.fromStart = fromStart;
    this.#isFollowed = isFollowed;
    this.#context = context;
    this.#application = new ApplicationLayer(fromStart, context.application, this);
  }

  /**
   * What rows call it. Where its start was seen: TCP's initial sequence numbers, the client's before the server's, so
   * that both ends give it the same name whatever translated its addresses; the top bit tells it from the number that
   * the source counts.
   */
  get rowId(): bigint {
    if (this.#rowId !== undefined) return this.#rowId;
    const rowId = this.#toRowId();
    // While nothing tells which end is which, the order of the two is a guess that may be mended.
    if (this.rowRole !== 'unknown') this.#rowId = rowId;
    return rowId;
  }

  #toRowId(): bigint {
    const at = this.sequences;
    if (at === undefined) return BigInt(this.id);
    const [client, server] = this.clientIsLocal
      ? [at.initialSendSequence, at.initialReceiveSequence]
      : [at.initialReceiveSequence, at.initialSendSequence];
    return SHARED_ID_BIT | (BigInt(client) << 32n) | BigInt(server);
  }

  get heldBytes(): number {
    let total = this.#application.heldBytes;
    for (const stream of this.#streams) total += stream?.heldBytes ?? 0;
    return total;
  }

  get openExchanges(): readonly Exchange[] {
    return this.#application.parser?.open() ?? [];
  }

  /** The end that opened it, as seen from here: by the handshake, else by who sends the requests. */
  get clientIsLocal(): boolean {
    if (this.role !== 'unknown') return this.role === 'client';
    return this.#requestsAreSent ?? false;
  }

  get rowRole(): ConnectionRole {
    if (this.role !== 'unknown' || this.#requestsAreSent === undefined) return this.role;
    return this.#requestsAreSent ? 'client' : 'server';
  }

  get tlsState(): string {
    if (!this.isEncrypted) return 'plain';
    if (this.#usesPlaintext || this.binding === 'bound') return 'decrypted';
    return this.binding ?? 'not_probed';
  }

  /**
   * The source has found its plaintext. Said before any of its bytes are judged: where its hello was lost, the
   * ciphertext behind would be taken for a protocol that nobody reads, and the plaintext be refused.
   */
  bound(): void {
    this.binding = 'bound';
    if (!this.#usesPlaintext) this.#switchToPlaintext();
  }

  data(event: DataEvent): OrderedStream {
    if (event.isPlaintextOfTls && !this.#usesPlaintext) this.#switchToPlaintext();
    const isSent = event.direction === 'sent';
    const opposite = this.#streams[streamIndex(!isSent, event.isPlaintextOfTls)];
    // Once the other side has answered, what is missing before will not come any more.
    if (opposite?.hasHole === true) opposite.settle();
    const stream = this.#stream(isSent, event.isPlaintextOfTls);
    if (!stream.hasBegun) stream.begin(this.#isFollowed ? 0 : event.position);
    stream.push(event);
    return stream;
  }

  expire(nowNs: number, olderThanNs: number): void {
    this.#application.parser?.expire(nowNs, olderThanNs);
  }

  /** Nothing more comes. Totals, where they are known, tell of bytes that were lost at the end. */
  end(how: StreamEnd, atNs: number, totals?: StreamTotals): void {
    for (const stream of this.#streams) stream?.settle();
    if (totals !== undefined) this.#settleToTotals(totals, atNs);
    this.#application.end(true, how, atNs);
    this.#application.end(false, how, atNs);
    this.#application.abandon();
  }

  /** Frees what is held; the rest of the connection is not parsed. */
  abandon(atNs: number): void {
    this.#context.ledger.add({
      source: 'requests',
      reason: 'reassembly_limit',
      atNs,
      events: 1,
      bytes: this.heldBytes,
    });
    this.#application.abandon();
    this.#context.verdict(this.id, 'unknown');
  }

  unpairedReason(exchange: Exchange): UnpairedReason {
    if (!this.fromStart) return 'joined_late';
    if (this.addresses === undefined) return 'address_unknown';
    return exchange.requestPosition >= this.#unpairedFromPosition ? 'gap' : '';
  }

  bytes(stream: OrderedStream, bytes: Uint8Array, position: number, atNs: number): void {
    if (stream.isPlaintext === this.#usesPlaintext && !this.isEncrypted) {
      if (this.#isTls(stream, bytes)) return;
      this.#application.bytes(stream.isSent, bytes, position, atNs);
    } else if (stream.isPlaintext) {
      this.#application.bytes(stream.isSent, bytes, position, atNs);
    } else if (this.#tls !== undefined) {
      this.#readHandshake(stream.isSent, bytes);
    }
  }

  missing(stream: OrderedStream, hole: Hole): void {
    const isOfApplication = stream.isPlaintext === (this.#usesPlaintext || this.isEncrypted);
    // Of ciphertext, and of protocols that nobody parses, nothing is lost.
    if (!isOfApplication || this.#application.isOpaque) return;
    this.#account(stream, hole);
    this.#application.missing(stream.isSent, hole);
  }

  recognised(protocol: ProtocolName, requestsAreSent: boolean): void {
    if (protocol !== 'unknown') {
      this.protocol = protocol;
      this.#requestsAreSent = requestsAreSent;
    }
    this.#context.verdict(this.id, protocol);
  }

  skipped(bytes: number, atNs: number): void {
    const reason = this.fromStart ? 'parser_resync' : 'joined_late';
    this.#context.ledger.add({ source: this.#lossSource(), reason, atNs, events: 1, bytes });
  }

  exchange(exchange: Exchange): void {
    if (!exchange.isOpen) this.#context.exchange(this, exchange);
  }

  loss(loss: ParserLoss): void {
    if (loss.side === 'request')
      this.#unpairedFromPosition = Math.min(this.#unpairedFromPosition, loss.position);
    this.#context.ledger.gap({
      source: 'requests',
      reason: loss.reason,
      connectionId: this.rowId,
      role: this.rowRole,
      direction: (loss.side === 'request') === (this.#requestsAreSent ?? false) ? 'sent' : 'received',
      position: loss.position,
      bytes: loss.bytes,
      atNs: this.lastEventNs,
      detail: loss.detail,
    });
  }

  /** Gaps keep their place; what is cut by design is summed, or each large body would make a row. */
  #account(stream: OrderedStream, hole: Hole): void {
    const { reason, atNs, count } = hole;
    const source = this.#lossSource();
    // A limit on what is captured cuts ends of events, which the parser bridges or tells of; all else can hide requests.
    if (reason !== 'capture_limit' && stream.isSent === (this.#requestsAreSent ?? stream.isSent)) {
      this.#unpairedFromPosition = Math.min(this.#unpairedFromPosition, hole.position);
    }
    if (intendedReasons.has(reason)) {
      this.#context.ledger.add({ source, reason, atNs, events: 1, bytes: count });
      return;
    }
    const direction = stream.isSent ? 'sent' : 'received';
    this.#context.ledger.gap({
      source,
      reason,
      connectionId: this.rowId,
      role: this.rowRole,
      direction,
      position: hole.position,
      bytes: count,
      atNs,
    });
  }

  /** Of TLS the plaintext counts: not one event of it may have come. */
  #settleToTotals(totals: StreamTotals, atNs: number): void {
    // Given up before its TLS was known: the verdict keeps the plaintext in the kernel.
    const isGivenUp = this.#application.isOpaque && !this.isEncrypted;
    this.isEncrypted ||= totals.isTls;
    if (isGivenUp) return;
    const hasPlaintext = totals.plaintextSentBytes > 0 || totals.plaintextReceivedBytes > 0;
    if (hasPlaintext && !this.#usesPlaintext) this.#switchToPlaintext();
    if (this.#usesPlaintext) {
      this.#settleTo({ isSent: true, isPlaintext: true }, totals.plaintextSentBytes, atNs);
      this.#settleTo({ isSent: false, isPlaintext: true }, totals.plaintextReceivedBytes, atNs);
    } else if (!totals.isTls) {
      this.#settleTo({ isSent: true, isPlaintext: false }, totals.sentBytes, atNs);
      this.#settleTo({ isSent: false, isPlaintext: false }, totals.receivedBytes, atNs);
    }
  }

  #settleTo(
    { isSent, isPlaintext }: { isSent: boolean; isPlaintext: boolean },
    totalBytes: number,
    atNs: number,
  ): void {
    const stream = this.#stream(isSent, isPlaintext);
    if (this.#isFollowed) stream.begin(0);
    stream.settleTo(totalBytes, atNs);
  }

  #lossSource(): string {
    return this.#usesPlaintext ? 'tls_data' : 'socket_data';
  }

  #stream(isSent: boolean, isPlaintext: boolean): OrderedStream {
    const index = streamIndex(isSent, isPlaintext);
    return (this.#streams[index] ??= new OrderedStream(
      { isSent, isPlaintext },
      { maxHeldBytes: this.#context.application.maxHeldBytes, lostReason: this.#context.lostReason },
      this,
    ));
  }

  /** From the first plaintext on, what runs on the connection is read there and nowhere else. */
  #switchToPlaintext(): void {
    this.#usesPlaintext = true;
    this.isEncrypted = true;
    this.protocol = 'unknown';
    this.#tls ??= [new TlsHandshakeReader(), new TlsHandshakeReader()];
    this.#application = new ApplicationLayer(this.fromStart, this.#context.application, this);
  }

  /** Looks at the first bytes of each direction only. */
  #isTls(stream: OrderedStream, bytes: Uint8Array): boolean {
    if (this.protocol !== 'unknown' || this.#application.isOpaque) return false;
    const isHello = looksLikeTls(bytes) !== 'not_tls';
    if (!isHello && (this.fromStart || !looksLikeTlsRecord(bytes))) return false;
    this.isEncrypted = true;
    this.#tls = [new TlsHandshakeReader(), new TlsHandshakeReader()];
    this.#application.abandon();
    this.#readHandshake(stream.isSent, bytes);
    return true;
  }

  /** Only a ServerHello names a version. */
  #learn({ serverName, alpn, version, cipherSuite }: TlsFacts): void {
    const facts = this.tlsFacts;
    if (serverName !== '') facts.serverName = serverName;
    if (alpn !== '' && (version !== '' || facts.version === '')) facts.alpn = alpn;
    if (version !== '') facts.version = version;
    if (cipherSuite !== '') facts.cipherSuite = cipherSuite;
  }

  #readHandshake(isSent: boolean, bytes: Uint8Array): void {
    if (this.#tls === undefined) return;
    const reader = this.#tls[isSent ? 0 : 1];
    reader.push(bytes);
    this.#learn(reader.facts);
    if (this.#tls[0].isDone && this.#tls[1].isDone) this.#tls = undefined;
  }
}

function streamIndex(isSent: boolean, isPlaintext: boolean): number {
  return (isPlaintext ? 2 : 0) + (isSent ? 0 : 1);
}

/** A record of TLS 1.0 to 1.3 in the middle of a connection (RFC 8446 §5.1). */
function looksLikeTlsRecord(bytes: Uint8Array): boolean {
  const [type = 0, major, minor = 5] = bytes;
  return type >= 20 && type <= 23 && major === 3 && minor <= 4;
}
