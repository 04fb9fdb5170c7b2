import { readFileSync } from 'node:fs';
import { connect as connectPlain, type Socket } from 'node:net';
import { parentPort, workerData, Worker } from 'node:worker_threads';
import { connect as connectTls } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { quantile } from './statistics.ts';

/**
 * Requests at fixed times, whether or not the earlier ones were answered: latency counts from the time
 * at which a request was due, so a slow server cannot hide behind a waiting client (no coordinated
 * omission).
 */
export interface OpenLoopOptions {
  readonly port: number;
  readonly certificate?: string;
  readonly path: string;
  readonly ratePerSecond: number;
  readonly seconds: number;
  readonly connections: number;
  readonly noncePrefix: string;
}

export interface OpenLoopResult {
  readonly sent: number;
  readonly answered: number;
  readonly p50Us: number;
  readonly p99Us: number;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const DRAIN_MS = 2_000;

/** Runs in a worker thread, so that the caller's own work does not delay the sending. */
export function runOpenLoop(options: OpenLoopOptions): Promise<OpenLoopResult> {
  const worker = new Worker(fileURLToPath(import.meta.url), { workerData: options });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

/** One connection with at most one request under way; more wait in its queue. */
class Lane {
  readonly #socket: Socket;
  readonly #queue: { dueMs: number; request: Buffer }[] = [];
  readonly #onAnswer: (latencyUs: number) => void;
  #pending: Buffer = Buffer.alloc(0);
  #bodyLeft = -1;

  constructor(socket: Socket, onAnswer: (latencyUs: number) => void) {
    this.#socket = socket;
    this.#onAnswer = onAnswer;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#receive(chunk));
  }

  get waiting(): number {
    return this.#queue.length;
  }

  send(dueMs: number, request: Buffer): void {
    this.#queue.push({ dueMs, request });
    if (this.#queue.length === 1) this.#socket.write(request);
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    let rest = chunk;
    if (this.#bodyLeft < 0) {
      this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
      const end = this.#pending.indexOf(HEAD_END);
      if (end < 0) return;
      const head = this.#pending.toString('latin1', 0, end);
      this.#bodyLeft = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      rest = this.#pending.subarray(end + HEAD_END.length);
      this.#pending = Buffer.alloc(0);
    }
    this.#bodyLeft -= rest.length;
    if (this.#bodyLeft > 0) return;
    this.#bodyLeft = -1;
    const done = this.#queue.shift();
    if (done !== undefined) this.#onAnswer((performance.now() - done.dueMs) * 1000);
    const next = this.#queue[0];
    if (next !== undefined) this.#socket.write(next.request);
  }
}

async function openLane(options: OpenLoopOptions, onAnswer: (latencyUs: number) => void): Promise<Lane> {
  const { port, certificate } = options;
  return new Promise((resolve, reject) => {
    const socket: Socket =
      certificate === undefined
        ? connectPlain({ host: '127.0.0.1', port }, ready)
        : connectTls({ host: 'localhost', port, ca: readFileSync(certificate) }, ready);
    socket.once('error', reject);
    function ready(): void {
      socket.off('error', reject);
      socket.on('error', () => undefined);
      resolve(new Lane(socket, onAnswer));
    }
  });
}

async function drive(options: OpenLoopOptions): Promise<OpenLoopResult> {
  const total = Math.round(options.ratePerSecond * options.seconds);
  const latenciesUs = new Float64Array(total);
  let answered = 0;
  const lanes: Lane[] = [];
  for (let index = 0; index < options.connections; index += 1) {
    lanes.push(await openLane(options, (latencyUs) => void (latenciesUs[answered++] = latencyUs)));
  }
  const startMs = performance.now() + 50;
  let sent = 0;
  await new Promise<void>((resolve) => {
    const tick = (): void => {
      const nowMs = performance.now();
      while (sent < total) {
        const dueMs = startMs + (sent * 1000) / options.ratePerSecond;
        if (dueMs > nowMs) break;
        lanes[sent % lanes.length]?.send(dueMs, requestOf(options, sent));
        sent += 1;
      }
      const isLate = nowMs > startMs + options.seconds * 1000 + DRAIN_MS;
      if ((sent === total && answered === total) || isLate) return resolve();
      setTimeout(tick, 1);
    };
    tick();
  });
  for (const lane of lanes) lane.close();
  const sorted = latenciesUs.subarray(0, answered).sort();
  return { sent, answered, p50Us: quantile(sorted, 0.5), p99Us: quantile(sorted, 0.99) };
}

function requestOf(options: OpenLoopOptions, index: number): Buffer {
  const target = `${options.path}?n=${options.noncePrefix}${index}`;
  return Buffer.from(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: open-loop\r\n\r\n`, 'latin1');
}

if (parentPort !== null && workerData !== null) {
  const port = parentPort;
  void drive(workerData as OpenLoopOptions).then((result) => port.postMessage(result)); // Proof: only runOpenLoop starts this worker.
}
