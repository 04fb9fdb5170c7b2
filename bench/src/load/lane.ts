import { readFileSync } from 'node:fs';
import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { LoadOrder } from './open-loop.ts';

const HEAD_END = Buffer.from('\r\n\r\n');
/** `HTTP/1.1 200`: where the status stands. */
const STATUS_AT = 9;
const READ_BYTES = 65_536;

/** One connection with at most one request under way; more wait in its queue. */
export class Lane {
  readonly #socket: Socket;
  readonly #queue: { readonly dueMs: number; readonly request: Buffer }[] = [];
  readonly #onAnswer: (dueMs: number) => void;
  readonly #onFault: (fault: Error) => void;
  #head = Buffer.alloc(0);
  #hasHead = false;
  /** Of the body of the answer that is coming in. */
  #leftBytes = 0;

  private constructor(socket: Socket, handlers: LaneHandlers) {
    this.#socket = socket;
    this.#onAnswer = handlers.onAnswer;
    this.#onFault = handlers.onFault;
    socket.setNoDelay(true);
    socket.on('error', handlers.onFault);
    socket.on('close', () => handlers.onFault(new Error('the server closed a connection')));
  }

  static open({ port, certificate }: LoadOrder, handlers: LaneHandlers): Promise<Lane> {
    return new Promise((resolve, reject) => {
      let lane: Lane | undefined;
      const ready = (): void => {
        socket.off('error', reject);
        lane = new Lane(socket, handlers);
        resolve(lane);
      };
      // One buffer for every read of a plain connection; TLS hands over buffers of its own.
      const onread = {
        buffer: new Uint8Array(READ_BYTES),
        callback: (count: number, bytes: Uint8Array) => {
          lane?.receive(Buffer.from(bytes.buffer, bytes.byteOffset, count));
          return true;
        },
      };
      const socket: Socket =
        certificate === undefined
          ? connectPlain({ host: '127.0.0.1', port, onread }, ready)
          : connectTls({ host: 'localhost', port, ca: readFileSync(certificate) }, ready);
      if (certificate !== undefined) socket.on('data', (chunk: Buffer) => lane?.receive(chunk));
      socket.once('error', reject);
    });
  }

  send(dueMs: number, request: Buffer): void {
    this.#queue.push({ dueMs, request });
    if (this.#queue.length === 1) this.#socket.write(request);
  }

  close(): void {
    this.#socket.removeAllListeners('close');
    this.#socket.destroy();
  }

  receive(chunk: Buffer): void {
    if (this.#hasHead) this.#leftBytes -= chunk.length;
    else this.#readHead(chunk);
    if (this.#leftBytes < 0) this.#onFault(new Error('an answer is longer than its Content-Length'));
    else if (this.#hasHead && this.#leftBytes === 0) this.#answered();
  }

  #readHead(chunk: Buffer): void {
    const bytes = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk]);
    const end = bytes.indexOf(HEAD_END);
    this.#head = end < 0 ? Buffer.from(bytes) : Buffer.alloc(0);
    if (end < 0) return;
    const head = bytes.toString('latin1', 0, end);
    const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
    if (head.slice(STATUS_AT, STATUS_AT + 3) !== '200' || length === undefined) {
      this.#onFault(new Error(`an answer that was not asked for: ${head.split('\r\n', 1)[0]}`));
      return;
    }
    this.#hasHead = true;
    this.#leftBytes = Number(length) - (bytes.length - end - HEAD_END.length);
  }

  #answered(): void {
    this.#hasHead = false;
    const done = this.#queue.shift();
    if (done !== undefined) this.#onAnswer(done.dueMs);
    const next = this.#queue[0];
    if (next !== undefined) this.#socket.write(next.request);
  }
}

export interface LaneHandlers {
  onAnswer(dueMs: number): void;
  onFault(fault: Error): void;
}
