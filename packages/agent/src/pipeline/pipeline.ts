import type { LossReason, ProtocolName, TableName } from '@tomte/model';
import type { Decompress, Exchange, GapReason, ParserLimits, ProtocolParser } from '@tomte/protocols';
import type { BatchRow } from '@tomte/wire';
import { noCluster, peerWithout, placementWithout } from '../identity/cluster-view.ts';
import type { ClusterView, Peer, Placement } from '../identity/cluster-view.ts';
import { ProcessTable } from '../identity/process-table.ts';
import type { ProcessIdentity } from '../identity/process-table.ts';
import type { Redactor } from '../redaction/redactor.ts';
import type { Batcher } from '../sealing/batcher.ts';
import type {
  ConnectionEvent,
  DataEvent,
  EventSink,
  ProbeEvent,
  ProcessEvent,
  SourceCounters,
  SourceLoss,
  SourceOrigin,
  SyscallStatsEvent,
} from '../sources/source.ts';
import { Connection } from './connection.ts';
import type { ConnectionContext } from './connection.ts';
import { LossLedger } from './loss-ledger.ts';
import type { PipelineLimits } from './limits.ts';
import { listOpenRequests } from './open-requests.ts';
import type { OpenRequest } from './open-requests.ts';
import type { OrderedStream } from './ordered-stream.ts';
import { writeRequestRow } from './request-row.ts';
import type { RequestRowContext } from './request-row.ts';
import { toConnectionRow, toLossRow, toProbeRow, toProcessRow, toSyscallRow } from './rows.ts';
import { TimeLine } from './time-line.ts';
import { WaitingExchanges } from './waiting-exchanges.ts';
import type { IdentifiedExchange } from './waiting-exchanges.ts';

export interface PipelineOptions {
  readonly origin: SourceOrigin;
  readonly bootId: string;
  readonly batcher: Batcher;
  readonly redactor: Redactor;
  readonly parsers: readonly ProtocolParser[];
  readonly parserLimits: ParserLimits;
  readonly decompress: Decompress;
  readonly limits: PipelineLimits;
  /** Every event before this source time has come; absent where events come in order. */
  readonly handedOverToNs?: () => number | undefined;
  /** Why positions jump: `ring_full` for a live kernel, `not_in_capture` for a file. */
  readonly lostReason: GapReason;
  /** Who pods and addresses are; absent outside of a cluster. */
  readonly cluster?: ClusterView;
  /** The source may drop the payload of a connection whose protocol is `unknown`. */
  verdict?(connectionId: number, protocol: ProtocolName): void;
}

export interface PipelineStats {
  readonly receivedEvents: number;
  readonly receivedBytes: number;
  readonly emittedRequests: number;
  readonly openConnections: number;
  readonly heldBytes: number;
  readonly source: SourceCounters | undefined;
}

/** How much of an exchange a row carries; the governor's steps. */
export type CaptureDetail = RequestRowContext['detail'];

/** A connection of which the first event is none of its announcement. */
const forgotten = { fromStart: false, isFollowed: false };
/** A view always answers when it is asked for the last time. */
const noPlacement = placementWithout('pod_unknown');
const noPeer = peerWithout('unknown', 'not_yet_known');

/** Undefined while the source does not know them. */
function sequencesOf(event: ConnectionEvent): ConnectionEvent | undefined {
  return event.initialSendSequence === 0 && event.initialReceiveSequence === 0 ? undefined : event;
}

/** Time between two looks at holes, losses and batches that have waited. */
const TICK_NS = 100e6;
/** Ticks between two walks over all connections. */
const SWEEP_TICKS = 50;

/**
 * From events to sealed batches. It never reads a clock: time is what the events and `tick` say, so
 * the same events give the same batches.
 */
export class Pipeline implements EventSink {
  readonly processes: ProcessTable;
  readonly #options: PipelineOptions;
  readonly #timeLine: TimeLine;
  readonly #ledger: LossLedger;
  readonly #context: ConnectionContext;
  readonly #connections = new Map<number, Connection>();
  readonly #holes = new Map<OrderedStream, Connection>();
  readonly #rowContext: { timeLine: TimeLine; redactor: Redactor; detail: CaptureDetail };
  readonly #cluster: ClusterView;
  readonly #waiting: WaitingExchanges;
  #last: Connection | undefined;
  #nowNs = 0;
  #nextTickNs = TICK_NS;
  #ticks = 0;
  #receivedEvents = 0;
  #receivedBytes = 0;
  #emittedRequests = 0;
  #heldBytes = 0;
  #sourceCounters: SourceCounters | undefined;

  constructor(options: PipelineOptions) {
    this.#options = options;
    this.processes = new ProcessTable(options.redactor);
    this.#cluster = options.cluster ?? noCluster;
    this.#waiting = new WaitingExchanges(
      (waiting, isLast) => this.#identify(waiting, isLast),
      (identified) => this.#writeRequest(identified),
    );
    this.#timeLine = new TimeLine(options.origin);
    this.#ledger = new LossLedger(options.limits.maxGapRowsPerTick);
    this.#rowContext = { timeLine: this.#timeLine, redactor: options.redactor, detail: 'bodies' };
    this.#context = {
      application: { ...options, ...options.limits, maxHeldBytes: options.limits.maxHeldBytesPerStream },
      lostReason: options.lostReason,
      ledger: this.#ledger,
      exchange: (connection, exchange) => this.#exchange(connection, exchange),
      verdict: (connectionId, protocol) => options.verdict?.(connectionId, protocol),
    };
  }

  get timeLine(): TimeLine {
    return this.#timeLine;
  }

  /** Latest time that an event or a tick has told of. */
  get nowNs(): number {
    return this.#nowNs;
  }

  setDetail(detail: CaptureDetail): void {
    this.#rowContext.detail = detail;
  }

  data(event: DataEvent): void {
    this.#advance(event.atNs);
    this.#receivedEvents += 1;
    this.#receivedBytes += event.trueBytes;
    const connection = this.#connectionOf(event);
    if (connection === undefined) return;
    connection.pid = event.pid;
    connection.lastEventNs = event.atNs;
    const stream = connection.data(event);
    if (stream.hasHole) this.#holes.set(stream, connection);
  }

  connection(event: ConnectionEvent): void {
    this.#advance(event.atNs);
    const connection =
      this.#connections.get(event.connectionId) ??
      this.#open(event.connectionId, event.pid, {
        fromStart: event.fromStart,
        isFollowed: event.kind === 'seen' || event.kind === 'opened',
      });
    if (connection === undefined) return;
    connection.lastEventNs = event.atNs;
    connection.addresses ??= event;
    connection.sequences ??= sequencesOf(event);
    if (connection.role === 'unknown') connection.role = event.role;
    if (connection.pid === 0) connection.pid = event.pid;
    if (event.kind === 'opened') this.#opened(connection, event);
    else if (event.kind === 'tls_bound') connection.bound();
    else if (event.kind === 'tls_unbound') connection.binding = 'unbound';
    else if (event.kind === 'closed' || event.kind === 'failed') this.#closed(connection, event);
  }

  process(event: ProcessEvent): void {
    this.#advance(event.atNs);
    const identity = this.processes.apply(event);
    this.#append(
      'process_events',
      event.atNs,
      toProcessRow(event, { process: identity, placement: this.#placementNow(identity) }, this.#timeLine),
    );
  }

  syscalls(event: SyscallStatsEvent): void {
    this.#advance(event.atNs);
    const process = this.processes.get(event.pid);
    const row = toSyscallRow(event, { process, placement: this.#placementNow(process) }, this.#timeLine);
    this.#append('syscall_stats', event.atNs - event.intervalNs, row);
  }

  counters(event: SourceCounters): void {
    this.#advance(event.atNs);
    this.#sourceCounters = event;
  }

  loss(event: SourceLoss): void {
    this.#advance(event.endNs);
    this.appendLoss(event);
  }

  probe(event: ProbeEvent): void {
    this.#advance(event.atNs);
    this.#append('probe_status', event.atNs, toProbeRow(event, this.#options.bootId, this.#timeLine));
  }

  clock(atNs: number, wallNs: bigint): void {
    this.#advance(atNs);
    this.#timeLine.set(atNs, wallNs);
  }

  /** Something that was lost elsewhere in the agent. */
  appendLoss(loss: {
    startNs: number;
    endNs: number;
    source: string;
    reason: LossReason;
    events: bigint | undefined;
    bytes: bigint | undefined;
    detail: string;
  }): void {
    const row: BatchRow<'loss'> = {
      start_time: this.#timeLine.wallNs(loss.startNs),
      end_time: this.#timeLine.wallNs(loss.endNs),
      source: loss.source,
      reason: loss.reason,
      events: loss.events ?? null,
      bytes: loss.bytes ?? null,
      connection_id: 0n,
      role: 'unknown',
      direction: 'none',
      first_byte: 0n,
      detail: loss.detail,
    };
    this.#append('loss', loss.startNs, row, loss.startNs);
  }

  /** Rows that the agent says of itself. */
  appendStatus(row: BatchRow<'agent_status'>, atNs: number): void {
    this.#append('agent_status', atNs, row);
  }

  /** Time passes without an event. */
  tick(nowNs: number): void {
    this.#advance(nowNs);
  }

  /** Requests without an end that began longer ago than the limit says, oldest first, redacted. */
  openRequests(): readonly OpenRequest[] {
    const { openAfterNs, maxListedOpenRequests } = this.#options.limits;
    return listOpenRequests(this.#connections.values(), {
      processes: this.processes,
      redactor: this.#options.redactor,
      timeLine: this.#timeLine,
      olderThanNs: this.#nowNs - openAfterNs,
      nowNs: this.#nowNs,
      maxCount: maxListedOpenRequests,
    });
  }

  countOpenRequests(): number {
    let count = 0;
    for (const connection of this.#connections.values()) count += connection.openExchanges.length;
    return count;
  }

  stats(): PipelineStats {
    return {
      receivedEvents: this.#receivedEvents,
      receivedBytes: this.#receivedBytes,
      emittedRequests: this.#emittedRequests,
      openConnections: this.#connections.size,
      heldBytes: this.#heldBytes,
      source: this.#sourceCounters,
    };
  }

  /** The source has ended: what is open ends as not seen further, and all rows are sealed. */
  stop(): void {
    for (const connection of this.#connections.values()) connection.end('agent_stopped', this.#nowNs);
    this.#connections.clear();
    this.#holes.clear();
    this.#last = undefined;
    this.#waiting.settle(Number.POSITIVE_INFINITY);
    this.#writeLosses();
    this.#options.batcher.sealAll();
  }

  #connectionOf(event: DataEvent): Connection | undefined {
    if (this.#last?.id === event.connectionId) return this.#last;
    const connection =
      this.#connections.get(event.connectionId) ?? this.#open(event.connectionId, event.pid, forgotten);
    if (connection === undefined) {
      const source = event.isPlaintextOfTls ? 'tls_data' : 'socket_data';
      this.#ledger.add({ source, reason: 'map_full', atNs: event.atNs, events: 1, bytes: event.trueBytes });
      return undefined;
    }
    this.#last = connection;
    return connection;
  }

  #open(id: number, pid: number, start: { fromStart: boolean; isFollowed: boolean }): Connection | undefined {
    if (this.#connections.size >= this.#options.limits.maxConnections) return undefined;
    const connection = new Connection(id, pid, start, this.#context);
    this.#connections.set(id, connection);
    return connection;
  }

  #opened(connection: Connection, event: ConnectionEvent): void {
    connection.openedNs = event.atNs;
    if (event.connectStartNs !== undefined) {
      connection.connectNs = BigInt(Math.max(0, Math.round(event.atNs - event.connectStartNs)));
    }
  }

  #closed(connection: Connection, event: ConnectionEvent): void {
    if (event.kind === 'closed') connection.end(event.isReset ? 'reset' : 'closed', event.atNs, event);
    const process = this.processes.get(connection.pid);
    const { placement, peer } = this.#endsNow(connection, process, event.atNs);
    const of = { connection, process, placement, peer };
    this.#append('connections', event.atNs, toConnectionRow(event, of, this.#timeLine));
    this.#forget(connection);
  }

  #forget(connection: Connection): void {
    this.#connections.delete(connection.id);
    if (this.#last === connection) this.#last = undefined;
    for (const [stream, owner] of this.#holes) if (owner === connection) this.#holes.delete(stream);
  }

  #exchange(connection: Connection, exchange: Exchange): void {
    this.#emittedRequests += 1;
    const process = this.processes.get(connection.pid);
    this.#waiting.add({ exchange, connection, process, sinceNs: this.#nowNs });
  }

  /** Undefined while an end may still become known. */
  #identify(
    { exchange, connection, process }: Pick<IdentifiedExchange, 'exchange' | 'connection' | 'process'>,
    isLast: boolean,
  ): IdentifiedExchange | undefined {
    const placement = this.#cluster.placementOf(process, isLast);
    const peer = this.#peerOf(connection, exchange.requestStartNs, isLast);
    if (placement === undefined || peer === undefined) return undefined;
    return { exchange, connection, process, placement, peer };
  }

  #peerOf(connection: Connection, atNs: number, isLast: boolean): Peer | undefined {
    if (connection.peer !== undefined) return connection.peer;
    const { addresses } = connection;
    const atWallNs = this.#timeLine.wallNs(atNs);
    const peer = this.#cluster.peerOf(addresses?.remoteAddress, atWallNs, isLast);
    const mayChange = addresses === undefined || !this.#cluster.isSettled(atWallNs);
    if (!mayChange && peer?.unresolvedReason !== 'not_yet_known') connection.peer = peer;
    return peer;
  }

  #placementNow(process: ProcessIdentity | undefined): Placement {
    return this.#cluster.placementOf(process, true) ?? noPlacement;
  }

  #endsNow(connection: Connection, process: ProcessIdentity | undefined, atNs: number) {
    const peer = this.#peerOf(connection, connection.openedNs ?? atNs, true) ?? noPeer;
    return { placement: this.#placementNow(process), peer };
  }

  #writeRequest(identified: IdentifiedExchange): void {
    const day = this.#timeLine.dayOf(identified.exchange.requestStartNs);
    writeRequestRow(this.#options.batcher.builder('requests', day), identified, this.#rowContext);
  }

  #append<T extends TableName>(table: T, atNs: number, row: BatchRow<T>, sinceNs?: number): void {
    this.#options.batcher.append(table, this.#timeLine.dayOf(atNs), row, sinceNs);
  }

  #advance(nowNs: number): void {
    if (nowNs > this.#nowNs) this.#nowNs = nowNs;
    if (this.#nowNs < this.#nextTickNs) return;
    this.#nextTickNs = (Math.floor(this.#nowNs / TICK_NS) + 1) * TICK_NS;
    this.#onTick();
  }

  #onTick(): void {
    this.#ticks += 1;
    for (const [stream, connection] of this.#holes) this.#settleHole(stream, connection);
    if (this.#waiting.settle(this.#nowNs) > 0) this.#options.batcher.hurry('requests');
    if (this.#ticks % SWEEP_TICKS === 0) this.#sweep();
    this.#writeLosses();
    this.#options.batcher.sealOld({
      nowNs: this.#nowNs,
      rowsToNs: this.#rowsToNs(),
      toWallNs: (atNs) => this.#timeLine.wallNs(atNs),
    });
  }

  /** Up to what the source still has, and what waits behind a hole or for its pods. */
  #rowsToNs(): number | undefined {
    const { handedOverToNs } = this.#options;
    const toNs = handedOverToNs === undefined ? this.#nowNs : handedOverToNs();
    if (toNs === undefined) return undefined;
    let rowsToNs = Math.min(toNs, this.#nowNs, this.#waiting.earliestStartNs());
    for (const stream of this.#holes.keys()) rowsToNs = Math.min(rowsToNs, stream.holeSinceNs);
    return rowsToNs;
  }

  #settleHole(stream: OrderedStream, _connection: Connection): void {
    const isOld = this.#nowNs - stream.holeSinceNs >= this.#options.limits.holePatienceNs;
    if (stream.hasHole && !isOld) return;
    stream.settle();
    this.#holes.delete(stream);
  }

  #writeLosses(): void {
    for (const entry of this.#ledger.take())
      this.#append('loss', entry.startNs, toLossRow(entry, this.#timeLine), entry.startNs);
  }

  /** Old requests time out, idle connections go, and memory is held within its bound. */
  #sweep(): void {
    const { requestTimeoutNs, idleConnectionNs, maxHeldBytesTotal } = this.#options.limits;
    let heldBytes = 0;
    for (const connection of this.#connections.values()) {
      connection.expire(this.#nowNs, requestTimeoutNs);
      if (this.#nowNs - connection.lastEventNs >= idleConnectionNs) this.#expireIdle(connection);
      else heldBytes += connection.heldBytes;
    }
    this.#heldBytes = heldBytes;
    if (heldBytes > maxHeldBytesTotal) this.#shrink(heldBytes - maxHeldBytesTotal);
  }

  #expireIdle(connection: Connection): void {
    connection.end('agent_stopped', this.#nowNs);
    this.#forget(connection);
  }

  /** The largest holders stop being parsed until enough is free. */
  #shrink(excessBytes: number): void {
    const byHeldBytes = [...this.#connections.values()]
      .map((connection) => ({ connection, heldBytes: connection.heldBytes }))
      .sort((a, b) => b.heldBytes - a.heldBytes);
    let freedBytes = 0;
    for (const { connection, heldBytes } of byHeldBytes) {
      if (freedBytes >= excessBytes || heldBytes === 0) return;
      connection.abandon(this.#nowNs);
      freedBytes += heldBytes;
      this.#heldBytes -= heldBytes;
    }
  }
}
