import { ForwardingSink } from '../sources/forwarding-sink.ts';
import type { ConnectionEvent, DataEvent, EventSink, ProcessEvent } from '../sources/source.ts';
import type { Redactor } from '../redaction/redactor.ts';
import { PendingMethods, StreamMasker } from './stream-masker.ts';
import type { PendingBytes } from './stream-masker.ts';

/** Of one connection; past it what waits is masked as it stands. */
const MAX_CONNECTION_BYTES = 512 * 1024;
const MAX_TOTAL_BYTES = 32 * 1024 * 1024;
const MAX_CONNECTIONS = 65_536;
/** What an event costs beside its bytes. */
const EVENT_BYTES = 256;

type Waiting =
  | { readonly kind: 'data'; readonly event: DataEvent; readonly pending: PendingBytes }
  | { readonly kind: 'connection'; readonly event: ConnectionEvent };

interface MaskedStream {
  readonly masker: StreamMasker;
  nextPosition: number;
}

interface MaskedConnection {
  readonly waiting: Waiting[];
  readonly streams: Map<string, MaskedStream>;
  readonly methods: { readonly socket: PendingMethods; readonly tls: PendingMethods };
  heldBytes: number;
}

/**
 * Takes secrets out of the bytes of events before they go on, equal length for equal length. An event waits
 * until all of it is decided; the order of the events of one connection stays.
 */
export class MaskingSink extends ForwardingSink {
  readonly #redactor: Redactor;
  readonly #connections = new Map<number, MaskedConnection>();
  #heldBytes = 0;

  constructor(next: EventSink, redactor: Redactor) {
    super(next);
    this.#redactor = redactor;
  }

  override data(event: DataEvent): void {
    const connection = this.#connection(event.connectionId);
    const stream = this.#stream(connection, event);
    const pending = { bytes: Buffer.from(event.bytes), isDone: event.bytes.length === 0 };
    connection.waiting.push({ kind: 'data', event: { ...event, bytes: pending.bytes }, pending });
    this.#hold(connection, pending.bytes.length + EVENT_BYTES);
    if (stream.nextPosition >= 0 && event.position !== stream.nextPosition)
      stream.masker.gap(Math.max(0, event.position - stream.nextPosition));
    if (isTlsRecord(event)) pending.isDone = true;
    else if (!pending.isDone) stream.masker.push(pending);
    if (event.trueBytes > event.bytes.length) stream.masker.gap(event.trueBytes - event.bytes.length);
    stream.nextPosition = event.position + event.trueBytes;
    if (connection.heldBytes > MAX_CONNECTION_BYTES) finish(connection);
    this.#drain(connection);
    if (this.#heldBytes > MAX_TOTAL_BYTES) this.finishAll();
  }

  override connection(event: ConnectionEvent): void {
    const isEnd = event.kind === 'closed' || event.kind === 'failed';
    const connection = this.#connection(event.connectionId);
    connection.waiting.push({ kind: 'connection', event });
    this.#hold(connection, EVENT_BYTES);
    if (isEnd) finish(connection);
    this.#drain(connection);
    if (isEnd) this.#connections.delete(event.connectionId);
  }

  override process(event: ProcessEvent): void {
    this.next.process({ ...event, commandLine: this.#redactor.commandLine(event.commandLine) });
  }

  /** Everything that waits goes on, masked as far as it can be. */
  finishAll(): void {
    for (const connection of this.#connections.values()) {
      finish(connection);
      this.#drain(connection);
    }
  }

  #hold(connection: MaskedConnection, bytes: number): void {
    connection.heldBytes += bytes;
    this.#heldBytes += bytes;
  }

  #drain(connection: MaskedConnection): void {
    for (;;) {
      const first = connection.waiting[0];
      if (first === undefined || (first.kind === 'data' && !first.pending.isDone)) return;
      connection.waiting.shift();
      this.#hold(connection, -EVENT_BYTES - (first.kind === 'data' ? first.pending.bytes.length : 0));
      if (first.kind === 'data') this.next.data(first.event);
      else this.next.connection(first.event);
    }
  }

  #connection(id: number): MaskedConnection {
    const known = this.#connections.get(id);
    if (known !== undefined) return known;
    if (this.#connections.size >= MAX_CONNECTIONS) this.#forgetOldest();
    const methods = { socket: new PendingMethods(), tls: new PendingMethods() };
    const connection = { waiting: [], streams: new Map<string, MaskedStream>(), methods, heldBytes: 0 };
    this.#connections.set(id, connection);
    return connection;
  }

  #forgetOldest(): void {
    for (const [id, connection] of this.#connections) {
      finish(connection);
      this.#drain(connection);
      this.#connections.delete(id);
      return;
    }
  }

  #stream(connection: MaskedConnection, event: DataEvent): MaskedStream {
    const key = `${event.direction}/${event.isPlaintextOfTls}`;
    const known = connection.streams.get(key);
    if (known !== undefined) return known;
    const methods = event.isPlaintextOfTls ? connection.methods.tls : connection.methods.socket;
    const stream = { masker: new StreamMasker(this.#redactor, methods), nextPosition: -1 };
    connection.streams.set(key, stream);
    return stream;
  }
}

function finish(connection: MaskedConnection): void {
  for (const { masker } of connection.streams.values()) masker.finish();
}

/** Ciphertext holds nothing to find, and its records must stay what they are. */
function isTlsRecord({ bytes, isPlaintextOfTls }: DataEvent): boolean {
  const [type = 0, major, minor = 5] = bytes;
  return !isPlaintextOfTls && type >= 20 && type <= 23 && major === 3 && minor <= 4;
}
